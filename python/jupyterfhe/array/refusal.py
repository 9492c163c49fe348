"""What encrypted arrays do not do: each with the reason and what to write instead."""

from ..core.errors import JupyterFHEError


class Refused(JupyterFHEError, TypeError):
    """An operation that encrypted numbers do not have, or not yet."""

    advice = "Compute it after decryption."


WHEN_OPEN = "Decide on the owner's side after decryption, or compute both branches and combine them: mask * a + (1 - mask) * b."

WORDS = {
    "__bool__": ("whether an encrypted number is true is not known here", WHEN_OPEN),
    "__float__": ("an encrypted number has no float here", "Keep computing with it; client.decrypt_array opens results."),
    "__array__": ("encrypted numbers cannot become a plain array",
                  "Use numpy's functions on the encrypted array itself; client.decrypt_array opens results."),
    "__index__": ("an encrypted number is no index", "Indices are public; select with a mask: np.where(public, x, 0)."),
    "__iter__": ("a loop over slots would pull every number out with rotations of its own",
                 "Use np.sum, np.mean, x @ w and the like, which work on all numbers at once."),
    "compare": ("this comparison of encrypted numbers is one that this version does not have",
                "Write it with < <= == != >= > and jf.options.resolution, or compare after decryption."),
    "divide": ("a division by encrypted numbers needs their range to leave 0 out",
               "Declare it: y.within(low, high); or return numerator and denominator and divide after decryption."),
    "approximate": ("this function needs a polynomial approximation over a declared range, which this version does not have",
                    "Apply it after decryption, write it with np.exp, np.log, np.sqrt, np.tanh, np.sin and division, or use "
                    "np.polyval with coefficients of your own."),
    "order": ("this function of order is one that this version does not have",
              "There are np.min, max, argmin, argmax, median, quantile, sort and argsort, with jf.options.resolution; or "
              "finish after decryption."),
    "size": ("the result's size would tell encrypted numbers", "Keep the shape and use a mask: np.where(public_mask, x, 0)."),
    "out": ("an array in the clear cannot take encrypted results",
            "Write the result to a new name: y = y + x instead of y += x."),
    "format": ("an encrypted number has no digits to show here", "Print it without a format, or format what decryption gives."),
    "picture": ("a picture that is made here would need the numbers",
                "Write jf.plot.line, scatter, bar, hist or heatmap: the reader's vault draws. Else decrypt first."),
}

DRAWERS = {"matplotlib", "seaborn", "plotly", "bokeh", "altair"}
CALLERS = 40  # frames that are looked at: a drawing library converts its arguments a few calls below the person's own


def drawing(frame):
    """Whether code of a drawing library is among the callers, which need another advice.

    Parameters
    ----------
    frame : frame
        Where to begin.

    Returns
    -------
    bool
    """
    for _ in range(CALLERS):
        if frame is None:
            return False
        if frame.f_globals.get("__name__", "").partition(".")[0] in DRAWERS:
            return True
        frame = frame.f_back
    return False


_KINDS = {
    "compare": ("isclose allclose array_equal signbit isfinite isnan "
                "isinf"),
    "order": ("argmax argmin max min amax amin sort argsort median quantile percentile searchsorted digitize histogram maximum "
              "minimum fmax fmin clip partition argpartition lexsort ptp nanmax nanmin sign heaviside floor ceil rint round "
              "around trunc fix mod remainder fmod floor_divide divmod modf"),
    "approximate": ("exp exp2 expm1 log log1p log2 log10 sqrt cbrt reciprocal tanh sinh cosh sin cos tan arcsin arccos arctan "
                    "absolute abs fabs std corrcoef norm inv solve lstsq pinv det svd qr eigh eig cholesky logaddexp hypot "
                    "float_power arctan2 angle"),
    "size": "nonzero unique argwhere flatnonzero extract compress trim_zeros union1d intersect1d setdiff1d bincount",
    "__array__": "array2string array_repr array_str save savetxt savez frombuffer copyto put putmask place",
}
REASONS = {name: kind for kind, names in _KINDS.items() for name in names.split()}


def refuse(kind, name=None):
    """The exception for a kind of operation.

    Parameters
    ----------
    kind : str
        A key of ``WORDS``.
    name : str, optional
        What was called.

    Returns
    -------
    Refused
    """
    reason, rewrite = WORDS[kind]
    return Refused(f"{name}: {reason}" if name else reason, rewrite)


def unknown(name):
    """The exception for a numpy function that nothing here implements."""
    kind = REASONS.get(name)
    if kind:
        return refuse(kind, f"np.{name}")
    return Refused(f"np.{name} is not implemented for encrypted arrays",
                   "Most of numpy can be written with sums, products and matmul; else compute it after decryption.")
