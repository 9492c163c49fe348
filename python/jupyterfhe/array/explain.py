"""What computing an array takes and shows, as text and as a table."""

import collections
import html

import numpy as np

from ..plan import Graph, foresee
from ..plan.bridge import Bridge
from ..plan.explain import facts, tree
from ..plan.notes import ASSUMED, notes_of
from ..plan.progress import remaining


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


def _told(crossing):
    """What goes from one scheme to the other, and what is computed first for it."""
    words = "; ".join(f"{name} of {n} number{'s' if n > 1 else ''}"
                      for name, n in collections.Counter(b.words for b in crossing).items())
    plans = [foresee([b.source], b.level)[1] for b in crossing if b.source.stored is None]
    return f"{words}, about {remaining(sum(p.forecast.seconds for p in plans))} before" if plans else words


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
        crossing = [stored for _, stored in graph.leaves if isinstance(stored, Bridge)]
        if crossing:
            self.facts["schemes"] = _told(crossing)
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
