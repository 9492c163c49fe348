"""What the OpenFHE benchmarks share: a context of ours in size and secret, at 128 bits where the library lets it."""

from __future__ import annotations

from collections.abc import Callable

import openfhe as fhe


def finish(parameters, log_n: int, depth: int, security, secret=fhe.UNIFORM_TERNARY) -> fhe.CryptoContext:
    """Give parameters what no scheme changes, and make the context.

    Parameters
    ----------
    parameters : CCParams object of a scheme
        Its own settings may be made before.
    log_n : int
        The ring has degree 2^log_n.
    depth : int
        Products in a row that the parameters must carry.
    security : openfhe.SecurityLevel
    secret : openfhe.SecretKeyDist

    Returns
    -------
    openfhe.CryptoContext
        With keys, hybrid key switching and products enabled.

    Raises
    ------
    RuntimeError
        When the library finds the ring too small for this depth at this security.
    """
    parameters.SetRingDim(1 << log_n)
    parameters.SetMultiplicativeDepth(depth)
    parameters.SetKeySwitchTechnique(fhe.HYBRID)
    parameters.SetSecretKeyDist(secret)
    parameters.SetSecurityLevel(security)
    cc = fhe.GenCryptoContext(parameters)
    for feature in (fhe.PKE, fhe.KEYSWITCH, fhe.LEVELEDSHE):
        cc.Enable(feature)
    return cc


def at_128_bits(make: Callable[[object], fhe.CryptoContext], otherwise: str) -> tuple[fhe.CryptoContext, str]:
    """Ask for 128 bits; where the library refuses, keep ring and chain and say so.

    Parameters
    ----------
    make : callable
        From a security level to a context.
    otherwise : str
        What to say of a context that misses the limit.

    Returns
    -------
    context : openfhe.CryptoContext
    note : str
        Empty, or `otherwise`.
    """
    try:
        return make(fhe.SecurityLevel.HEStd_128_classic), ""
    except RuntimeError:
        return make(fhe.SecurityLevel.HEStd_NotSet), otherwise
