"""What can be done with ciphertexts. One function an engine call; each makes a new ciphertext with its proved bounds.

Every function raises :class:`~jupyterfhe.core.errors.JupyterFHEError` where the engine refuses: DepthError when levels are
spent or differ, RangeError when numbers may outgrow the modulus, KeyMissingError for an absent key, ContextError when
parameters differ. None changes its arguments, and all may be called from many threads: the interpreter runs on while they work.
"""

from . import errors
from .ciphertext import Ciphertext
from .engine import engine, ffi, lib


def _plain(function, a, *args, level=None, degree=1):
    """Call without scratch."""
    out = Ciphertext.empty(a.params, a.level if level is None else level, degree)
    with a.params.gate:
        engine.check(function(a.params.pointer, out.pointer, a.pointer, *args))
    return out


def _work(function, size, a, *args, level=None, degree=1):
    """Call with scratch of `size` bytes."""
    out = Ciphertext.empty(a.params, a.level if level is None else level, degree)
    with a.params.gate:
        engine.run(function, size, a.params.pointer, out.pointer, a.pointer, *args)
    return out


def _below(a):
    """The level under a ciphertext's."""
    if a.level == 0:
        raise errors.DepthError("a ciphertext at level 0 has no multiplication left")
    return a.level - 1


# ---- linear ----
def add(a, b):
    """Add slot by slot.

    Parameters
    ----------
    a, b : Ciphertext
        Of one level and scale.

    Returns
    -------
    Ciphertext
    """
    return _plain(lib.jfhe_ckks_add, a, b.pointer, level=max(a.level, b.level), degree=max(a.degree, b.degree))


def sub(a, b):
    """Subtract slot by slot, as :func:`add`."""
    return _plain(lib.jfhe_ckks_sub, a, b.pointer, level=max(a.level, b.level), degree=max(a.degree, b.degree))


def neg(a):
    """Negate every slot."""
    return _plain(lib.jfhe_ckks_neg, a, degree=a.degree)


def add_plain(a, b):
    """Add a :class:`~jupyterfhe.core.Plaintext` of the same scale."""
    return _plain(lib.jfhe_ckks_add_pt, a, b.pointer, degree=a.degree)


def sub_plain(a, b):
    """Subtract a :class:`~jupyterfhe.core.Plaintext` of the same scale."""
    return _plain(lib.jfhe_ckks_sub_pt, a, b.pointer, degree=a.degree)


def add_const(a, c):
    """Add a real or complex number to every slot."""
    c = complex(c)
    return _plain(lib.jfhe_ckks_add_const, a, c.real, c.imag, degree=a.degree)


def mul_int(a, k):
    """Multiply by an integer, abs(k) < 2^31; no level."""
    return _plain(lib.jfhe_ckks_mul_int, a, k, degree=a.degree)


def mul_i(a):
    """Multiply by the imaginary unit; no level, no noise."""
    return _plain(lib.jfhe_ckks_mul_i, a, degree=a.degree)


# ---- products ----
def mul(a, b, keys):
    """Multiply slot by slot, relinearise, rescale: one level.

    Parameters
    ----------
    a, b : Ciphertext
        Of one level.
    keys : EvaluationKeys
        With a relinearisation key.

    Returns
    -------
    Ciphertext
    """
    return _work(lib.jfhe_ckks_mul, lib.jfhe_ckks_mul_scratch(a.params.pointer, a.level), a, b.pointer, keys.need(relin=True),
                 level=_below(a))


def square(a, keys):
    """Multiply by itself, as :func:`mul`, cheaper."""
    return _work(lib.jfhe_ckks_square, lib.jfhe_ckks_mul_scratch(a.params.pointer, a.level), a, keys.need(relin=True),
                 level=_below(a))


def mul_lazy(a, b):
    """The product without relinearisation and rescaling: degree 2, the scales multiplied, the same level."""
    return _plain(lib.jfhe_ckks_mul_lazy, a, b.pointer, degree=2)


def relin(a, keys):
    """Degree 2 to degree 1 at the same level."""
    return _work(lib.jfhe_ckks_relin, lib.jfhe_ckks_mul_scratch(a.params.pointer, a.level), a, keys.need(relin=True))


def relin_rescale(a, keys):
    """Degree 2 to degree 1 and one level down, in one division."""
    return _work(lib.jfhe_ckks_relin_rescale, lib.jfhe_ckks_mul_scratch(a.params.pointer, a.level), a, keys.need(relin=True),
                 level=_below(a))


def mul_plain(a, b):
    """Multiply by a :class:`~jupyterfhe.core.Plaintext` without rescaling: the scales multiply."""
    return _plain(lib.jfhe_ckks_mul_pt, a, b.pointer, degree=a.degree)


def mul_const(a, c):
    """Multiply every slot by a real number: one level, canonical scale."""
    return _work(lib.jfhe_ckks_mul_const, lib.jfhe_ckks_rescale_scratch(a.params.pointer, a.level), a, c, level=_below(a))


# ---- levels ----
def rescale(a):
    """Divide by the level's step: one level down."""
    return _work(lib.jfhe_ckks_rescale, lib.jfhe_ckks_rescale_scratch(a.params.pointer, a.level), a, level=_below(a),
                 degree=a.degree)


def to_level(a, level):
    """Go down to a level at its canonical scale; the same level and scale copy."""
    return _work(lib.jfhe_ckks_to_level, lib.jfhe_ckks_rescale_scratch(a.params.pointer, a.level), a, level, level=level,
                 degree=a.degree)


def drop_level(a, level):
    """Go down to a level keeping the scale."""
    return _work(lib.jfhe_ckks_drop_level, lib.jfhe_ckks_rescale_scratch(a.params.pointer, a.level), a, level, level=level,
                 degree=a.degree)


# ---- slots ----
def rotate(a, k, keys):
    """Rotate to the left: ``out[i] = a[(i + k) % slots]``.

    Parameters
    ----------
    a : Ciphertext
    k : int
        Negative rotates to the right.
    keys : EvaluationKeys
        With the key of this rotation.

    Returns
    -------
    Ciphertext
    """
    ring = keys.need(rotations=[k] if k % a.slots else [])
    return _work(lib.jfhe_ckks_rotate, lib.jfhe_ckks_rotate_scratch(a.params.pointer, a.level), a, k, ring)


def rotate_many(a, rotations, keys):
    """Several rotations of one ciphertext for one decomposition, as :func:`rotate`.

    Parameters
    ----------
    a : Ciphertext
    rotations : sequence of int
    keys : EvaluationKeys

    Returns
    -------
    list of Ciphertext
    """
    ring, ctx = keys.need(rotations=[k for k in rotations if k % a.slots]), a.params.pointer
    out = [Ciphertext.empty(a.params, a.level) for _ in rotations]
    with a.params.gate:
        engine.run(lib.jfhe_ckks_rotate_many, lib.jfhe_ckks_rotate_many_scratch(ctx, a.level), ctx,
                   ffi.new("jfhe_ct *[]", [c.pointer for c in out]), a.pointer, ffi.new("int32_t[]", list(rotations)),
                   len(out), ring)
    return out


def rotate_sum(a, rotations, keys):
    """The sum of several rotations, 0 standing for `a` itself; one decomposition, no level."""
    ring = keys.need(rotations=[k for k in rotations if k % a.slots])
    return _work(lib.jfhe_rotate_sum, lib.jfhe_rotate_sum_scratch(a.params.pointer, a.level), a,
                 ffi.new("int32_t[]", list(rotations)), len(rotations), ring)


def conjugate(a, keys):
    """Conjugate every slot."""
    return _work(lib.jfhe_ckks_conjugate, lib.jfhe_ckks_rotate_scratch(a.params.pointer, a.level), a,
                 keys.need(conjugate=True))


def inner_sum(a, keys, count=None, stride=1):
    """Sums of slots: ``out[i] = a[i] + a[i + stride] + ... + a[i + (count - 1) * stride]``.

    Parameters
    ----------
    a : Ciphertext
    keys : EvaluationKeys
        With the rotations ``stride * 2**t`` below ``stride * count``.
    count : int, optional
        A power of two; all slots by default.
    stride : int, default=1

    Returns
    -------
    Ciphertext
    """
    count = a.slots // stride if count is None else count
    ring = keys.need(rotations=[stride << t for t in range(count.bit_length() - 1)])
    return _work(lib.jfhe_ckks_inner_sum, lib.jfhe_ckks_inner_sum_scratch(a.params.pointer, a.level), a, stride, count, ring)


def gather(parts, keys):
    """The means of many ciphertexts' slots, as coefficients of one.

    Parameters
    ----------
    parts : sequence of Ciphertext
        Of one level, scale and secret.
    keys : EvaluationKeys
        With conjugation and rotations by 1, 2, 4, ...

    Returns
    -------
    Ciphertext
        Coefficient ``i * N / 2**l``, l = ceil(log2(len(parts))), is the mean of the real parts of ``parts[i]``.
    """
    first, steps = parts[0], (len(parts) - 1).bit_length()
    ring = keys.need(conjugate=steps > 0, rotations=[1 << t for t in range(steps - 1)])
    out, ctx = Ciphertext.empty(first.params, first.level), first.params.pointer
    with first.params.gate:
        engine.run(lib.jfhe_ckks_gather, lib.jfhe_ckks_gather_scratch(ctx, first.level, len(parts)), ctx, out.pointer,
                   ffi.new("jfhe_ct *[]", [c.pointer for c in parts]), len(parts), ring)
    return out


# ---- circuits ----
def linmap(a, matrix, keys):
    """Apply a :class:`~jupyterfhe.core.LinearMap`: one level.

    Parameters
    ----------
    a : Ciphertext
        With the map's slots.
    matrix : LinearMap
    keys : EvaluationKeys
        With ``matrix.rotations``.

    Returns
    -------
    Ciphertext
    """
    below, ring = _below(a), keys.need(rotations=matrix.rotations)
    matrix.prepare(a.level)
    return _work(lib.jfhe_linmap_apply, lib.jfhe_linmap_scratch(a.params.pointer, matrix.pointer, a.level), a, matrix.pointer,
                 ring, level=below)


def poly(a, polynomial, keys, promised=False):
    """Evaluate a :class:`~jupyterfhe.core.Polynomial` slot by slot: ``polynomial.depth`` levels.

    Parameters
    ----------
    a : Ciphertext
    polynomial : Polynomial
    keys : EvaluationKeys
        With a relinearisation key.
    promised : bool, default=False
        The caller vouches that every number is real and lies in the polynomial's interval. A wrong promise makes bounds wrong.

    Returns
    -------
    Ciphertext
    """
    if a.level < polynomial.depth:
        raise errors.DepthError(f"{polynomial} needs {polynomial.depth} levels, {a.level} are left",
                                "Take a lower degree, or parameters with more depth.")
    return _work(lib.jfhe_poly_eval, lib.jfhe_poly_eval_scratch(a.params.pointer, polynomial.pointer, a.level), a,
                 polynomial.pointer, lib.JFHE_POLY_PROMISED if promised else 0, keys.need(relin=True),
                 level=a.level - polynomial.depth)


def product_bound(a, b):
    """Worst-case error of a slot of ``mul(a, b)``, before it is computed.

    Returns
    -------
    float
    """
    return lib.jfhe_ckks_bound_mul(a.params.pointer, a.pointer, b.pointer)
