"""Sums of products of integers share a relinearisation: chains of sums whose terms are products become one operation."""

import collections

MOST = 64  # products of one sum: their factors are in memory together


def merged(graph):
    """Operations of a graph, in their order, with ``mul_sum`` in the place of sums of products.

    Parameters
    ----------
    graph : jupyterfhe.plan.execute.Graph

    Returns
    -------
    list of (Value, tuple)
        As ``graph.order``; the values that ``mul_sum`` reads are its factors, pair by pair.

    Notes
    -----
    A product, or a sum of them, that somebody else reads or wants stays one of its own.
    """
    uses = collections.Counter(a for _, (_, args, _) in graph.order for a in args)
    uses.update(graph.wanted)
    pairs, gone = {}, set()
    for value, (op, args, _) in graph.order:
        if op == "mul":
            pairs[value] = args
        elif op == "add" and args[0] is not args[1] and all(a in pairs and uses[a] == 1 for a in args):
            factors = pairs[args[0]] + pairs[args[1]]
            if len(factors) <= 2 * MOST:
                pairs[value] = factors
                gone.update(args)
    return [(value, ("mul_sum", pairs[value], None) if made[0] == "add" and value in pairs else made)
            for value, made in graph.order if value not in gone]
