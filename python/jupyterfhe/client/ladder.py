"""A ring above a folder of keys, so that programs deeper than the data's own ring can be computed. docs/adr/0038."""

from pathlib import Path

from ..core.above import ABOVE, LIFT, LOWER
from ..core.bootstrap import wants
from ..core.errors import ParameterError
from ..core.parameters import Parameters
from . import files
from .keys import PARAMS_FILE, SecretKey


def add_ladder(folder, secret, params="deep-lean", *, rotations="powers", shared=False, tell=None):
    """Give a folder of keys a ring above it: evaluation keys of larger parameters, and the keys that lead there and back.

    Data and results stay in the ring that they have, and under the secret that they have; what was encrypted before can climb
    too. The larger ring has a secret of its own, which is wiped when its keys are made: nobody needs it.

    Parameters
    ----------
    folder : path-like
        Where the evaluation keys of `secret` lie; a folder ``above`` appears there, complete or not at all.
    secret : SecretKey
    params : str or jupyterfhe.core.Parameters, default='deep-lean'
        With levels for bootstrapping, and the primes of `secret`'s own: 'deep-lean' or 'deep' above 'ml', 'deep-small' above
        'stats'.
    rotations : 'powers' or iterable of int, default='powers'
        Rotations to make keys for in the larger ring; others are made of several in a row.
    shared : bool, default=False
        Whether to make keys of four rotations more, 29 MB each with 'deep-lean'. With those of the default, bootstraps are of
        all slots of the larger ring, so that everything can be brought back, comparisons too. With these, bootstraps of the
        data's own slots take a fifth less time where nothing was compared, and chunks of an array share ciphertexts up there,
        two and two, where a program treats them alike. Where the larger ring is twice as large.
    tell : callable, optional
        Called with the number of keys made since the last call.

    Returns
    -------
    Path
        Of the new folder.

    Raises
    ------
    ParameterError
        When `params` have no levels for bootstrapping.
    ContextError
        When the two are not on one ladder.
    StorageError
        When there is a ring above already.

    Notes
    -----
    Memory: a key at a time, at most 60 MB with 'deep-lean'. Time: docs/perf.md.
    """
    params = Parameters.preset(params) if isinstance(params, str) else params
    if params.bootstrap_levels is None:
        raise ParameterError(f"parameters {params.name} have no levels for bootstrapping: nothing would be gained above")
    log_slots, tell = secret.params.log_n - 1, tell or (lambda count: None)
    sizes = [params.log_n - 1, log_slots] if shared and params.log_n == secret.params.log_n + 1 else [params.log_n - 1]
    rotations = [1 << i for i in range(log_slots)] if rotations == "powers" else rotations
    with SecretKey.generate(params) as upper, files.staged(Path(folder) / ABOVE) as part:
        files.write_new(part / PARAMS_FILE, params.to_bytes())
        for name, data in zip((LIFT, LOWER), upper.rung_bytes(secret), strict=True):
            files.write_new(part / name, data)
        tell(2)
        upper.add_bootstrap(part, *sizes)
        tell(len({k for n in sizes for k in wants(params, n).rotations}) + 4)
        for k in rotations:
            upper.add_rotations(part, [k])
            tell(1)
    return Path(folder) / ABOVE
