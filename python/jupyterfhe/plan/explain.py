"""What a plan costs, in words and numbers."""

import collections
import re

from ..core.containers import human
from .progress import remaining

WORDS = {"sum": "sums of products", "to_level": "level changes", "inner_sum": "sums over slots", "rotate": "rotations",
         "rotate_sum": "sums of rotations", "input": "inputs", "add": "additions", "sub": "subtractions", "poly": "polynomials",
         "mul_int": "products by integers", "add_const": "additions of constants", "add_vector": "additions of public vectors",
         "linmap": "linear maps", "bootstrap": "bootstraps", "conjugate": "conjugations", "settle": "real parts",
         "lookup": "tables in bootstraps",
         "neg": "negations", "lift": "lifts to a larger ring", "lower": "returns from it"}
LINE = re.compile(r"^%\d+ = (\w+)", re.M)
BOOTSTRAP = re.compile(r"^%(\d+) = bootstrap %(\d+) .*?error <= ([0-9.e+-]+) \(likely \S+\)(?:   ([0-9.e+-]+) ms)?"
                       r"(?:   \((\d+) bootstraps together\))?", re.M)
ERROR = re.compile(r"^%(\d+) = (\w+).*?error <= ([0-9.e+-]+)", re.M)
PARAMETERS = re.compile(r"parameters (\S+)$", re.M)
LIFTED = re.compile(r"^%\d+ = input .*?   level \d+ of (\S+)", re.M)
MS = re.compile(r"   ([0-9.e+-]+) ms")


def tree(plan):
    """Where the time goes: kinds of operations with how many there are and what they take.

    Parameters
    ----------
    plan : Plan

    Returns
    -------
    list of (str, int, float)
        Words, count, seconds; the dearest first.
    """
    counts, seconds = collections.Counter(), collections.Counter()
    for line in plan.text.splitlines():
        if match := LINE.match(line):
            name = WORDS.get(match[1], match[1])
            counts[name] += 1
            if time := MS.search(line):
                seconds[name] += float(time[1]) / 1000
    return sorted(((name, n, seconds[name]) for name, n in counts.items()), key=lambda row: -row[2])


def bootstraps(plan):
    """Where levels come back, and what that costs.

    Parameters
    ----------
    plan : Plan

    Returns
    -------
    list of (str, float, float, float)
        Words for what is bootstrapped, seconds, its error bound before and after; in the order of the run. Seconds of
        bootstraps that go together are those of the first.
    """
    made = {number: (op, float(error)) for number, op, error in ERROR.findall(plan.text)}
    return [(f"%{read} = {WORDS.get(made[read][0], made[read][0])}", float(ms or 0) / 1000, made[read][1], float(error))
            for _, read, error, ms, _ in BOOTSTRAP.findall(plan.text)]


def together(plan):
    """How many bootstraps at most share one reading of their keys.

    Parameters
    ----------
    plan : Plan

    Returns
    -------
    int
        1 where each goes alone, 0 where there are none.
    """
    return max((int(count or 1) for *_, count in BOOTSTRAP.findall(plan.text)), default=0)


def _told(rows, count, at_once):
    """One line of bootstraps; those that are not among the rows look tables up."""
    if not rows:
        return f"{count}, to look tables up"
    shown = ", ".join(what for what, *_ in rows[:6]) + (f" and {len(rows) - 6} more" if len(rows) > 6 else "")
    worst = max(after - before for _, _, before, after in rows)
    seconds = remaining(sum(seconds for _, seconds, _, _ in rows))
    tables = f"; {count - len(rows)} more to look tables up" if count > len(rows) else ""
    grouped = f"up to {at_once} at once, " if at_once > 1 else ""
    return f"{len(rows)}, {grouped}about {seconds} in all, each adds at most {worst:.1e} of error: behind {shown}{tables}"


def _climbed(plan):
    """One line of what goes up and comes down; `tree` has the seconds."""
    f, spent = plan.forecast, {name: seconds for name, _, seconds in tree(plan)}
    up, down = spent.get(WORDS["lift"], 0.0), spent.get(WORDS["lower"], 0.0)
    above, below = PARAMETERS.search(plan.text)[1], LIFTED.search(plan.text)[1]
    return (f"too deep for {below}: {f.lifts} inputs lifted to {above} (about {remaining(up)}), results lowered again "
            f"({f.lowers}, {remaining(down)})")


def facts(plan):
    """What a run takes.

    Parameters
    ----------
    plan : Plan

    Returns
    -------
    dict of str to str
    """
    f = plan.forecast
    placed = {"ring": _climbed(plan)} if f.lifts else {}
    if f.bootstraps:
        placed["bootstraps"] = _told(bootstraps(plan), f.bootstraps, together(plan))
    return {"time": f"about {remaining(f.seconds)} on one thread", "memory": f"at most {human(f.memory_bytes)}, keys "
            f"{human(f.key_bytes)}", "levels": f"{f.depth} used, inputs need {f.level_in}",
            "operations": f"{f.operations}: {f.products} relinearisations, {f.rotations} rotations", **placed}
