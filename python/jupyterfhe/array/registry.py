"""Which of numpy's functions and ufuncs work on encrypted arrays: each file of ``functions/`` adds its own."""

FUNCTIONS = {}  # numpy's function: ours
UFUNCS = {}  # numpy's ufunc: ours
REDUCTIONS = {}  # numpy's ufunc: what ufunc.reduce does


def implements(*functions):
    """Register a function as the implementation of numpy's.

    Parameters
    ----------
    *functions : callable
        Of numpy, with ``__array_function__``.

    Returns
    -------
    callable
        A decorator.
    """
    def register(ours):
        for function in functions:
            FUNCTIONS[function] = ours
        return ours
    return register


def ufunc(*theirs):
    """Register a function of encrypted arrays and public operands as what a ufunc does.

    Parameters
    ----------
    *theirs : numpy.ufunc

    Returns
    -------
    callable
        A decorator; the function may return NotImplemented.
    """
    def register(ours):
        for function in theirs:
            UFUNCS[function] = ours
        return ours
    return register
