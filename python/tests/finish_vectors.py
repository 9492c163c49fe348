"""What operations of finished results must give, from rational and decimal arithmetic alone: writes protocol/vectors/finish.

Shares no line with :mod:`jupyterfhe.client.finishing` or the vault: ends come from exact fractions, tails from a series of positive
terms in 60 digits. ``python -m finish_vectors`` in this folder writes the file; tests of both languages read it.
"""

import json
import math
from decimal import Decimal, getcontext
from fractions import Fraction
from itertools import product
from pathlib import Path

PLACE = Path(__file__).resolve().parents[2] / "protocol/vectors/finish"
ABOUT = ("rule: operands are numbers with bounds; `low` is the largest double not above, `high` the smallest double not below all true results, "
         "null where the result is undefined, -inf and inf where nothing is known; `exact`: no rounding is allowed. tail: a probability, as the two "
         "doubles beside it. recipe: nodes over arrays, and true results of outputs for several true inputs, as two doubles each. Ends must hold "
         "`low` and `high`, and be no wider than a few doubles (rules) or `wide` times their distance (recipes). Where arrays have `likely` bounds, "
         "`probable` are true results for inputs within these: each number, which is that of the worst case, lies within its probable bound of them; "
         "`shown` says which numbers the worst case leaves undefined (undefined), unknown (unknown), or bounds (proved).")
getcontext().prec = 60


# ---- doubles beside exact numbers ----
def below(x):
    """The largest double that is not above a fraction."""
    near = x.numerator / x.denominator
    return near if Fraction(near) <= x else math.nextafter(near, -math.inf)


def above(x):
    """The smallest double that is not below a fraction."""
    return -below(-x)


def exactly(x):
    """A decimal or double as a fraction."""
    return Fraction(x)


# ---- single operations ----
def spread(value, bound):
    """Ends of a decrypted number; exact where its bound is 0."""
    if bound == 0:
        return Fraction(value), Fraction(value)
    return Fraction(math.nextafter(value - bound, -math.inf)), Fraction(math.nextafter(value + bound, math.inf))


def corners(op, a, b):
    """Least and largest result over two intervals."""
    found = [op(x, y) for x, y in product(a, b)]
    return min(found), max(found)


def quotient(a, b):
    """Division as the protocol has it: None where undefined."""
    if b == (0, 0):
        return None if a[0] <= 0 <= a[1] else (math.inf, math.inf) if a[0] > 0 else (-math.inf, -math.inf)
    if b[0] <= 0 <= b[1]:
        return -math.inf, math.inf
    return corners(lambda x, y: x / y, a, b)


def root(x):
    """A square root to 60 digits."""
    return Fraction((Decimal(x.numerator) / Decimal(x.denominator)).sqrt())


def rooted(a):
    """Roots of what is not negative."""
    return None if a[1] < 0 else (root(max(a[0], Fraction(0))), root(max(a[1], Fraction(0))))


HULLS = {"add": lambda a, b: (a[0] + b[0], a[1] + b[1]), "sub": lambda a, b: (a[0] - b[1], a[1] - b[0]),
         "mul": lambda a, b: corners(lambda x, y: x * y, a, b), "div": quotient, "sqrt": rooted,
         "larger": lambda a, b: (max(a[0], b[0]), max(a[1], b[1]))}
NUMBERS = [(0.0, 0.0), (3.0, 0.0), (-7.0, 0.0), (0.1, 0.0), (2.5, 0.125), (-2.5, 1e-9), (1e-9, 1e-6), (1e12, 0.5), (-1e-12, 1e-15), (4.0, 0.0),
           (4503599627370497.0, 0.0)]


def entry(hull):
    """Two doubles around a hull; None where it is undefined."""
    if hull is None:
        return None, None
    return tuple(x if isinstance(x, float) else side(x) for x, side in zip(hull, (below, above), strict=True))


def rule(op, *operands):
    """A case of numbers side by side."""
    ends = [entry(HULLS[op](*(spread(*x) for x in row))) for row in zip(*operands, strict=True)]
    return {"kind": "rule", "op": op, "operands": [{"values": [v for v, _ in o], "bounds": [b for _, b in o]} for o in operands],
            "low": [low for low, _ in ends], "high": [high for _, high in ends],
            "exact": [_is_exact(op, row) for row in zip(*operands, strict=True)]}


def _is_exact(op, row):
    """Integers that give one below 2^52."""
    if op not in ("add", "sub", "mul") or any(b != 0 or v != int(v) or abs(v) > 2**52 for v, b in row):
        return False
    hull = HULLS[op](*(spread(*x) for x in row))
    return abs(hull[0]) <= 2**52


def rules():
    """Every pair of numbers, or every number."""
    pairs = list(product(NUMBERS, NUMBERS))
    two = [rule(op, [a for a, _ in pairs], [b for _, b in pairs]) for op in ("add", "sub", "mul", "div", "larger")]
    return [*two, rule("sqrt", NUMBERS)]


# ---- tails ----
def log_gamma(x):
    """ln Gamma to about 50 digits: Stirling's series from 60 on."""
    shift = Decimal(0)
    while x < 60:
        shift += x.ln()
        x += 1
    bernoulli = [(1, 6), (-1, 30), (1, 42), (-1, 30), (5, 66), (-691, 2730), (7, 6), (-3617, 510), (43867, 798), (-174611, 330),
                 (854513, 138), (-236364091, 2730), (8553103, 6)]
    series = sum(Decimal(p) / Decimal(q) / (2 * k * (2 * k - 1)) / x ** (2 * k - 1) for k, (p, q) in enumerate(bernoulli, 1))
    pi = Decimal("3.14159265358979323846264338327950288419716939937510582097494459")
    return (x - Decimal("0.5")) * x.ln() - x + (2 * pi).ln() / 2 + series - shift


def beta(a, b, x):
    """I_x(a, b) by x^a (1-x)^b/(a B(a, b)) times a sum of positive terms. (DLMF 8.17.8)"""
    if x > (a + 1) / (a + b + 2):
        return 1 - beta(b, a, 1 - x)
    term = total = Decimal(1)
    n = 0
    while term > total * Decimal(10) ** -50:
        term *= (a + b + n) * x / (a + 1 + n)
        total += term
        n += 1
    logs = a * x.ln() + b * (1 - x).ln() - a.ln() + log_gamma(a + b) - log_gamma(a) - log_gamma(b)
    return logs.exp() * total


def gamma_lower(a, x):
    """P(a, x) by a sum of positive terms. (DLMF 8.11.4)"""
    term = total = Decimal(1)
    n = 0
    while term > total * Decimal(10) ** -58:
        n += 1
        term *= x / (a + n)
        total += term
    return (a * x.ln() - x - log_gamma(a + 1)).exp() * total


def tail(op, *operands):
    """A probability, between the doubles beside it."""
    values = [Decimal(v) for v in operands]
    if op == "t_two_sided":
        t, df = values
        p = beta(df / 2, Decimal("0.5"), df / (df + t * t))
    elif op == "f_upper":
        f, d1, d2 = values
        p = beta(d2 / 2, d1 / 2, d2 / (d2 + d1 * f))
    else:
        x, df = (values[0] ** 2, Decimal(1)) if op == "normal_two_sided" else values
        p = 1 - gamma_lower(df / 2, x / 2)
    return {"kind": "tail", "op": op, "operands": list(operands), "low": below(Fraction(p)), "high": above(Fraction(p))}


def tails():
    """From small to large, near and far."""
    ts = [tail("t_two_sided", t, df) for t in (1e-4, 0.3, 2.0, -5.5, 30.0) for df in (1.0, 2.5, 9.0, 396.25, 20000.0)]
    fs = [tail("f_upper", f, d1, d2) for f in (0.01, 1.0, 3.7, 25.0) for d1 in (1.0, 4.0, 17.0) for d2 in (1.0, 12.0, 5000.0)]
    cs = [tail("chi2_upper", x, df) for x in (0.01, 2.0, 11.5, 60.0) for df in (1.0, 3.0, 24.0)]
    return [*ts, *fs, *cs, *(tail("normal_two_sided", z) for z in (1e-5, 0.7, -1.96, 6.0))]


# ---- whole recipes ----
def evaluated(nodes, arrays):
    """True results of a recipe for exact inputs; None where undefined. Operations on single numbers and rows alone."""
    out = []
    for op, *rest in nodes:
        if op == "part":
            array, start, shape = rest
            row = arrays[array][start:start + (shape[0] if shape else 1)]
            out.append(row if shape else row[0])
        elif op == "number":
            out.append([Fraction(v) for v in rest[1]] if rest[0] else Fraction(rest[1][0]))
        else:
            out.append(_each(op, [out[i] for i in rest[0]]))
    return out


def _each(op, operands):
    if op == "stack":
        return list(operands)
    if op == "sum":
        return sum(operands[0])
    long = max((len(o) for o in operands if isinstance(o, list)), default=None)
    rows = [o if isinstance(o, list) else [o] * (long or 1) for o in operands]
    found = [_one(op, row) for row in zip(*rows, strict=True)]
    return found if long is not None else found[0]


def _one(op, row):
    if any(x is None for x in row):
        return None
    if op == "at_least":
        return row[2] if row[0] >= row[1] else None
    if op == "whole":
        return Fraction(round(row[0]))
    if op == "t_two_sided":
        t, df = (Decimal(x.numerator) / Decimal(x.denominator) for x in row)
        return Fraction(beta(df / 2, Decimal("0.5"), df / (df + t * t)))
    found = HULLS[op](*((x, x) for x in row))
    return None if found is None else found[0]


MEANS = [["part", 0, 0, [4]], ["part", 0, 4, [4]], ["part", 0, 8, [4]], ["whole", [0]], ["div", [1, 3]], ["mul", [1, 1]], ["div", [5, 3]], ["sub", [2, 6]],
         ["number", [], [1.0]], ["sub", [3, 8]], ["div", [7, 9]], ["sqrt", [10]], ["number", [], [5.0]], ["at_least", [3, 12, 4]]]
WELCH = [["part", 0, 0, []], ["part", 0, 1, []], ["part", 0, 2, []], ["part", 0, 3, []], ["number", [], [137.0]], ["number", [], [59.0]],
         ["div", [2, 4]], ["div", [3, 5]], ["add", [6, 7]], ["sqrt", [8]], ["sub", [0, 1]], ["div", [10, 9]], ["mul", [8, 8]], ["mul", [6, 6]],
         ["mul", [7, 7]], ["number", [], [136.0]], ["number", [], [58.0]], ["div", [13, 15]], ["div", [14, 16]], ["add", [17, 18]],
         ["div", [12, 19]], ["t_two_sided", [11, 20]]]


def recipe(name, nodes, values, bounds, outputs, wide):
    """A recipe, and what it gives for inputs at the middle and at both ends."""
    return {"kind": "recipe", "name": name, "arrays": [{"shape": [len(values)], "values": values, "bounds": bounds}], "nodes": nodes,
            "outputs": outputs, "truths": _truths(nodes, values, bounds, outputs), "wide": wide}


def _truths(nodes, values, bounds, outputs):
    """True results for inputs at the middle and at both ends."""
    truths = []
    for side in (0, 1, -1):
        inputs = [Fraction(v) + side * (-1) ** i * Fraction(b) for i, (v, b) in enumerate(zip(values, bounds, strict=True))]
        found = evaluated(nodes, [inputs])
        rows = [found[o] if isinstance(found[o], list) else [found[o]] for o in outputs]
        truths.append([[None if x is None else [below(x), above(x)] for x in row] for row in rows])
    return truths


def chances():
    """Means of groups whose counts the worst case does not tell, or hardly: nothing is decided by probable bounds."""
    counts, sums, squares = [12.0, 0.0, 6.0, 40.0], [31.5, 0.0, 7.25, -80.0], [112.0, 0.0, 21.0, 500.0]
    values, outputs = counts + sums + squares, [3, 4, 11, 13]
    bounds, likely = [1.7, 0.0, 6.5, 0.4] + [1e-1, 0.0, 1e-1, 1e-1] * 2, [1e-3, 0.0, 1e-3, 1e-3] + [1e-5, 0.0, 1e-5, 1e-5] * 2
    shown = [["proved"] * 4, ["proved", "undefined", "unknown", "proved"], ["proved", "undefined", "unknown", "proved"],
             ["proved", "undefined", "undefined", "proved"]]  # at least 5: 12 is, by 10.3; 6 probably is, and is not shown
    return {"kind": "chance", "name": "means", "arrays": [{"shape": [12], "values": values, "bounds": bounds, "likely": likely}], "nodes": MEANS,
            "outputs": outputs, "probable": _truths(MEANS, values, [0.5 * b for b in likely], outputs), "shown": shown}


def recipes():
    """Means and deviations of groups, one of them empty and one small; Welch's test."""
    counts, sums, squares = [12.0, 0.0, 3.0, 40.0], [31.5, 0.0, 7.25, -80.0], [112.0, 0.0, 21.0, 500.0]
    return [recipe("means", MEANS, counts + sums + squares, [1e-3, 0.0, 1e-3, 1e-3] + [1e-4, 0.0, 1e-4, 1e-4] * 2, [3, 4, 11, 13], 20),
            recipe("welch", WELCH, [29.9, 31.1, 39.5, 49.2], [1e-6, 1e-6, 1e-5, 1e-5], [11, 20, 21], 20)]


def text():
    """The file."""
    lines = [json.dumps(case, allow_nan=False, default=str) for case in map(_written, [*rules(), *tails(), *recipes(), chances()])]
    return json.dumps({"about": ABOUT})[:-1] + ',\n"cases": [\n' + ",\n".join(lines) + "\n]}\n"


def _written(x):
    """Infinite numbers as texts, which JSON lacks."""
    if isinstance(x, float) and math.isinf(x):
        return "inf" if x > 0 else "-inf"
    if isinstance(x, dict):
        return {k: _written(v) for k, v in x.items()}
    return [_written(v) for v in x] if isinstance(x, (list, tuple)) else x


if __name__ == "__main__":
    PLACE.mkdir(exist_ok=True)
    (PLACE / "cases.json").write_text(text())
