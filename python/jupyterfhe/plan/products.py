"""What is done to a graph of integers before it is planned: equal operations once, sums of products for one relinearisation."""

import collections

MOST = 64  # products of one sum: their factors are in memory together


def once(graph):
    """Operations of a graph, in their order, equal ones made once.

    Parameters
    ----------
    graph : jupyterfhe.plan.execute.Graph

    Returns
    -------
    (list of (Value, tuple), list of Value)
        As ``graph.order`` and ``graph.wanted``: of equal values the first.
    """
    known, same, order = {}, {}, []
    for value, (op, args, data) in graph.order:
        made = op, tuple(same.get(a, a) for a in args), data
        first = known.setdefault(made, value)
        if first is value:
            order.append((value, made))
        else:
            same[value] = first
    return order, [same.get(v, v) for v in graph.wanted]


def merged(order, wanted):
    """Operations with ``mul_sum`` in the place of sums of products.

    Parameters
    ----------
    order, wanted : list
        As :func:`once` gives them.

    Returns
    -------
    list of (Value, tuple)
        The values that ``mul_sum`` reads are its factors, pair by pair.

    Notes
    -----
    A product, or a sum of them, that somebody else reads or wants stays one of its own.
    """
    uses = collections.Counter(a for _, (_, args, _) in order for a in args)
    uses.update(wanted)
    pairs, gone = {}, set()
    for value, (op, args, _) in order:
        if op == "mul":
            pairs[value] = args
        elif op == "add" and args[0] is not args[1] and all(a in pairs and uses[a] == 1 for a in args):
            factors = pairs[args[0]] + pairs[args[1]]
            if len(factors) <= 2 * MOST:
                pairs[value] = factors
                gone.update(args)
    return [(value, ("mul_sum", pairs[value], None) if made[0] == "add" and value in pairs else made)
            for value, made in order if value not in gone]
