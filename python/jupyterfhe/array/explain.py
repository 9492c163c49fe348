"""What computing an array takes and shows, as text and as a table."""

import html

import numpy as np

from ..plan import Graph
from ..plan.explain import facts, tree
from ..plan.notes import ASSUMED, notes_of


def table(title, rows):
    """An HTML table of facts.

    Parameters
    ----------
    title : str
    rows : dict of str to str

    Returns
    -------
    str
    """
    body = "".join(f"<tr><th>{html.escape(name)}</th><td>{html.escape(text)}</td></tr>" for name, text in rows.items())
    return f"<table><caption>{html.escape(title)}</caption>{body}</table>"


class Explanation:
    """Time, memory, levels, error bound, and what is revealed, before anything runs.

    Parameters
    ----------
    array : EncryptedArray
    details : bool
        Whether to show the plan, a line an operation.

    Attributes
    ----------
    facts : dict of str to str
    tree : list of (str, int, float)
        Kinds of operations, how many, seconds.
    plan : Plan or None
        None when nothing is left to compute.
    """

    def __init__(self, array, details):
        """Plan."""
        known, self.plan = array._outlook()
        self._details = details
        self.facts = facts(self.plan) if self.plan else {"time": "computed already"}
        self.tree = tree(self.plan) if self.plan else []
        if known:
            worst = array.errors({v: parts[1] for v, parts in known.items()})
            likely = array.errors({v: parts[2] for v, parts in known.items()})
            self.facts["error"] = (f"at most {np.max(worst):.2e}, likely below {np.max(likely):.2e}" if np.any(worst)
                                   else "none: exact integers")
        self.facts["scheme"] = array.describe_scheme()
        graph = Graph(array.values)
        words = notes_of([*array.values, *(v for v, _ in graph.order), *(v for v, _ in graph.leaves)])
        for name, told in (("assumed", True), ("approximate", False)):
            said = [w.removeprefix(ASSUMED) for w in words if w.startswith(ASSUMED) == told]
            if said:
                self.facts[name] = "; ".join(said[:8]) + (f"; and {len(said) - 8} more" if len(said) > 8 else "")
        self.facts["revealed"] = (f"shape {array.shape}, dtype, ranges (all within [{array.bounds[0]:.6g}, "
                                  f"{array.bounds[1]:.6g}]) and this program; no value")

    def __str__(self):
        """All of it."""
        lines = [f"{name:<11} {text}" for name, text in self.facts.items()]
        lines += [f"  {n:>7} {name:<28} {1000 * seconds:10.3g} ms" for name, n, seconds in self.tree]
        return "\n".join([*lines, self.plan.text] if self._details and self.plan else lines)

    __repr__ = __str__

    def _repr_html_(self):
        rows = dict(self.facts)
        rows.update({f"· {name}": f"{n}, {1000 * seconds:.3g} ms" for name, n, seconds in self.tree})
        text = f"<pre>{html.escape(self.plan.text)}</pre>" if self._details and self.plan else ""
        return table("cost", rows) + text
