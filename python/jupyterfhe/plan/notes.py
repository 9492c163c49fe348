"""What was assumed or approximated on the way to a value, for ``explain()``: words beside expressions, no part of programs."""

import weakref

ASSUMED = "assumed: "
_notes = weakref.WeakKeyDictionary()


def note(value, text):
    """Remember words about a value.

    Parameters
    ----------
    value : Value
    text : str
    """
    _notes[value] = tuple(dict.fromkeys((*_notes.get(value, ()), text)))


def handed_on(value, other):
    """Let another value, the same numbers under a promise, have a value's words.

    Parameters
    ----------
    value, other : Value

    Returns
    -------
    Value
        The other.
    """
    if value in _notes:
        _notes[other] = _notes[value]
    return other


def notes_of(values):
    """Words about values, each once.

    Parameters
    ----------
    values : iterable of Value

    Returns
    -------
    list of str
    """
    return list(dict.fromkeys(text for v in values for text in _notes.get(v, ())))


def assumed_of(values):
    """What the caller promised on the way to values, and nothing here checked; each once.

    Parameters
    ----------
    values : iterable of Value

    Returns
    -------
    list of str
    """
    return [text.removeprefix(ASSUMED) for text in notes_of(values) if text.startswith(ASSUMED)]


def inherit(graph, values=None):
    """Let values keep what was assumed on the way to them, when they forget the way.

    Parameters
    ----------
    graph : Graph
    values : iterable of Value, optional
        Those that the graph was for by default, which have been computed.
    """
    if not len(_notes):
        return
    for text in notes_of([*(v for v, _ in graph.leaves), *(v for v, _ in graph.order)]):
        if text.startswith(ASSUMED):
            for value in graph.wanted if values is None else values:
                note(value, text)
