"""What a cell shows of an encrypted value: a reference, never a value (protocol/kernel.md)."""

import html
import sys
import time

import numpy as np

from ..array import EncryptedArray
from ..core.errors import JupyterFHEError
from ..plan.notes import assumed_of
from .transport import line

MIME = "application/vnd.jupyterfhe.ref+json"


def kind_of(value):
    """What sort of thing it is, in the protocol's words.

    Parameters
    ----------
    value : EncryptedArray or EncryptedTable

    Returns
    -------
    str
    """
    return ("array" if value.shape else "scalar") if isinstance(value, EncryptedArray) else "table"


def columns_of(value):
    """What is public of a table's columns; None for arrays.

    Parameters
    ----------
    value : EncryptedArray or EncryptedTable

    Returns
    -------
    list of dict or None
    """
    if isinstance(value, EncryptedArray):
        return None
    return [{"name": c.name, "kind": c.kind, "missing": c.masked} for c in value.columns]


def origin_of(origin):
    """The dataset that something was opened as, or None.

    Parameters
    ----------
    origin : Origin or None

    Returns
    -------
    dict or None
    """
    return {"name": origin.name, "snapshot": origin.snapshot} if origin is not None and origin.name else None


def name_of(value):
    """The variable of the notebook that holds a value, or None; IPython is not loaded to find out.

    Parameters
    ----------
    value : object

    Returns
    -------
    str or None
    """
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    names = [] if shell is None else [n for n, v in list(shell.user_ns.items()) if v is value and not n.startswith("_")]
    return names[-1] if names else None  # the youngest


def reference(space, value):
    """Compute a value, put it into the store, and refer to it.

    Parameters
    ----------
    space : Space
    value : EncryptedArray or EncryptedTable

    Returns
    -------
    dict
    """
    start, origin = time.monotonic(), space.origins.get(value)
    out = {"version": 1, "kind": kind_of(value), "workspace": space.store.workspace, "name": name_of(value),
           "scheme": "BGV" if getattr(value, "exact", False) else "CKKS",
           "params": value.session.params.hash, "preset": value.session.params.name, "key_id": value.session.keys.key_id,
           "shape": list(value.shape), "columns": columns_of(value), "dataset": origin_of(origin)}
    if isinstance(value, EncryptedArray):
        out |= _array(space, value, origin)
    else:
        out |= {"dtype": "table", "levels_left": value.table.level, "error_bound": None, "assumed": [], "reused": True}
        out |= _kept(origin.tree)
    return out | {"seconds": round(time.monotonic() - start, 3)}


def _kept(tree, memo=None, program=None, inputs=()):
    return {"tree": tree.json, "tree_hash": tree.hash, "size": tree.size, "memo": memo, "program": program,
            "inputs": list(inputs)}


def _array(space, value, origin):
    if origin is not None:
        return _facts(value) | {"reused": True} | _kept(origin.tree)
    space.adopt(value)
    reused = value.session.results.compute(value)
    kept = space.results.keep(value)
    return _facts(value) | {"reused": reused} | _kept(kept.tree, kept.memo, kept.program, kept.inputs)


def _facts(value):
    stored = [v.stored for v in value.values]
    bound = float(np.max(value.error_bound(), initial=0.0))
    return {"dtype": str(value.dtype), "levels_left": min((s.level for s in stored), default=None),
            "error_bound": bound if np.isfinite(bound) else None, "assumed": assumed_of(value.values)}


def bundle(space, value):
    """What a cell shows, by MIME type.

    Parameters
    ----------
    space : Space or None
        None shows text alone.
    value : EncryptedArray or EncryptedTable

    Returns
    -------
    dict
    """
    # a table of a folder is in no store
    away = not isinstance(value, EncryptedArray) and space is not None and space.origins.get(value) is None
    if space is None or value.session.is_clear or away:
        return {"text/plain": repr(value), "text/html": value._repr_html_()}
    return shown(value, MIME, lambda: reference(space, value))


def shown(value, mime, make):
    """A bundle with what `make` gives, or with the reason why it gives nothing.

    Parameters
    ----------
    value : object
        With a ``repr``, and maybe a form in HTML.
    mime : str
    make : callable

    Returns
    -------
    dict
    """
    def words():
        markup = value._repr_html_() if hasattr(value, "_repr_html_") else f"<p>{html.escape(repr(value))}</p>"
        return {"text/plain": repr(value), "text/html": markup}

    try:
        return {mime: make()} | words()  # in this order: the words tell what was computed
    except (JupyterFHEError, OSError) as why:
        said = line(str(why), 2000)
        return {"text/plain": f"{value!r}\nnot shown: {said}",
                "text/html": f"{words()['text/html']}<p><strong>Not shown:</strong> {html.escape(said)}</p>"}
