"""numpy's functions on encrypted arrays, a family a file; importing them registers them."""

from . import along, approximate, choosing, compare, divide, extremes, order  # isort: skip
from . import products, reductions, rounding, shapes, solve, steps  # isort: skip

__all__ = ["along", "approximate", "choosing", "compare", "divide", "extremes", "order", "products", "reductions", "rounding",
           "shapes", "solve", "steps"]
