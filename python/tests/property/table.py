"""The table of numpy's functions that encrypted arrays have: what each was tested with, and what it refuses.

``tools/numpy_docs`` makes docs/numpy.md of it, so the document says no more than tests prove.
"""

from dataclasses import dataclass, field

CASES = {}  # by name, in the order of the document
ORDER = ("Element by element", "By approximation over the declared range",
         "Comparisons, told apart as far as jf.options.resolution says",
         "Order, by all pairs, told apart as far as jf.options.resolution says", "Sums, means, moments", "Vectors and matrices",
         "Shapes, views", "Joining, picking, moving", "Public facts")
REAL = ("float64", "float32", "int16")
ALL = (*REAL, "bool", "complex128")
NUMBERS = (*REAL, "complex128")


@dataclass(frozen=True)
class Case:
    """A function and how it is tested.

    Attributes
    ----------
    name : str
        As after ``np.``.
    family : str
        Heading in the document.
    example : str
        An expression of the names in :func:`names`: tested, and its cost is what the document states.
    make : callable of Pick
        Draws an example: a function of arrays, and its operands.
    dtypes : tuple of str
        Of operands, mixed.
    axes : (int, int)
        Fewest and most.
    public : bool
        Whether one of two operands may be in the clear.
    empty : bool
        Whether arrays without numbers are drawn.
    scales : tuple of int
        Exponents of the numbers' range.
    options : str
        Arguments that are drawn.
    refused : dict of str to str
        What is refused, in words: an expression that must be.
    remark : str
    settings : dict
        Of ``jupyterfhe.options``, under which it is called.
    deep : bool or str
        Whether it needs more than three levels; 'order' for more than the tests encrypt with.
    close : float
        Largest error bound that says something, as a part of the result's declared range.
    """

    name: str
    family: str
    example: str
    make: callable
    dtypes: tuple = ALL
    axes: tuple = (0, 3)
    public: bool = False
    empty: bool = True
    scales: tuple = (0, 0, 0, 0, -30, -7, 5, 20)
    options: str = ""
    refused: dict = field(default_factory=dict)
    remark: str = ""
    settings: dict = field(default_factory=dict)
    deep: bool | str = False
    close: float = 0.05

    @property
    def theirs(self):
        """numpy's function."""
        import numpy as np
        found = np
        for part in self.name.split("."):
            found = getattr(found, part)
        return found


def proves(name, family, example, **declared):
    """Enter a function that draws examples for numpy's `name`.

    Parameters
    ----------
    name, family, example, **declared
        Of :class:`Case`.

    Returns
    -------
    callable
        A decorator.
    """
    def enter(make):
        assert name not in CASES, name
        CASES[name] = Case(name, family, example, make, **declared)
        return make
    return enter


def names(rng, n):
    """What examples may name: encrypted x, y (vectors), u, v (three numbers), k (three whole ones of [0, 3]), s (one), X (a table of three columns), Q (3 by 3), z
    (complex), p, q (truth values); public w (a vector), W (3 by 2), c (a mask).

    Parameters
    ----------
    rng : numpy.random.Generator
    n : int
        Rows.

    Returns
    -------
    (dict, dict)
        What is encrypted, what is public.
    """
    import numpy as np
    x, y = rng.uniform(-1, 1, (2, n))
    sealed = {"x": x, "y": y, "u": rng.uniform(-1, 1, 3), "v": rng.uniform(0.5, 1, 3), "k": np.array([3.0, 0.0, 2.0]),
              "s": np.array(0.75),
              "X": rng.uniform(-1, 1, (n, 3)), "Q": rng.uniform(-1, 1, (3, 3)),
              "z": (rng.uniform(-1, 1, n) + 1j * rng.uniform(-1, 1, n)) / 2, "p": rng.random(n) < 0.5, "q": rng.random(n) < 0.5}
    public = {"w": rng.uniform(-1, 1, n), "W": rng.uniform(-1, 1, (3, 2)), "c": rng.random(n) < 0.5}
    return sealed, public
