"""What a manifest says in public: kind, rows, columns, chunks. The store takes it as if a stranger had written it.

Read here are the members that versions, diff and rebase need; whether numbers make sense is for those who compute with them.
"""

from . import shapes
from .errors import Refused
from .trees import MANIFEST

TABLE, ARRAY, RESULT = "jupyterfhe-table-1", "jupyterfhe array", "jupyterfhe result"
SHAPES = ("frame", "series", "record")  # of results
ARRAYS_MAX, OUTPUTS_MAX = 64, 4096
DIMENSIONS_MAX = 32
COLUMNS_MAX = 4096
COUNT_MAX = 1 << 40
_CODE = "bad_manifest"


def read(data, tree):
    """Check a manifest against the tree that holds it.

    Parameters
    ----------
    data : bytes
    tree : Tree

    Returns
    -------
    dict
    """
    root = shapes.parse(data, MANIFEST, _CODE)
    form = root.get("format")
    if form == TABLE:
        _table(root, tree)
    elif form == ARRAY:
        _array(root, tree)
    elif form == RESULT:
        _result(root, tree)
    else:
        raise Refused(_CODE, f"{MANIFEST} is of no known format", f"Known are {TABLE!r}, {ARRAY!r} and {RESULT!r}.")
    return root


def _need(condition, what):
    if not condition:
        raise Refused(_CODE, f"{MANIFEST}: {what}")


def _count(value, what):
    _need(type(value) is int and 0 <= value <= COUNT_MAX, f"{what} is missing or out of range")


def _label(value, what):
    _need(type(value) is str and 0 < len(value) <= 1000 and value.isprintable(), f"{what} is missing or no text")


def _table(root, tree):
    _count(root.get("rows"), "'rows'")
    _need(root.get("params") is None or (type(root["params"]) is str and len(root["params"]) == 64), "'params' is no hash")
    columns = root.get("columns")
    _need(type(columns) is list and 0 < len(columns) <= COLUMNS_MAX, "'columns' is missing, empty or too long")
    names = set()
    for column in columns:
        _need(type(column) is dict, "a column is no object")
        _label(column.get("name"), "the name of a column")
        _need(column["name"] not in names, "two columns have one name")
        names.add(column["name"])
        found = list(listed(column))
        _need(found, "a column lists no files")
        for files in found:
            _files(files, tree)


def listed(column):
    """Lists of the files of a column: values and mask of its approximate encryption, then those of its exact one.

    Parameters
    ----------
    column : dict

    Yields
    ------
    object
        Not checked; what is not there is left out.
    """
    exact = column.get("exact")
    _need(exact is None or type(exact) is dict, "the exact part of a column is no object")
    for part in (column, exact or {}):
        yield from (part[name] for name in ("files", "mask") if part.get(name) is not None)


def _files(value, tree):
    _need(type(value) is list, "a column lists no files")
    for entry in value:
        _need(type(entry) is dict and set(entry) == {"name", "sha256"}, "a file of a column is not well-formed")
        name, sha256 = entry["name"], entry["sha256"]
        _need(type(name) is str and type(sha256) is str, "a file of a column is not well-formed")
        _need(tree.files.get(name, ("",))[0] == sha256, "a column names a file that the tree has not, or with another hash")


def _array(root, tree, first=0):
    """Of a result's array, `first` is the number of its first file."""
    shape = root.get("shape")
    _need(type(shape) is list and len(shape) <= DIMENSIONS_MAX, "'shape' is missing or too long")
    for length in shape:
        _count(length, "an entry of 'shape'")
    _label(root.get("dtype"), "'dtype'")
    _need(root.get("params") is None or (type(root["params"]) is str and len(root["params"]) == 64), "'params' is no hash")
    count = root.get("ciphertexts")
    _need(type(count) is int and 0 <= count <= len(tree.files), "'ciphertexts' is missing or more than there are files")
    hashes = root.get("sha256")
    _need(hashes is None or (type(hashes) is list and len(hashes) == count), "'sha256' is no list of all ciphertexts")
    for i in range(count):
        held = tree.files.get(f"{first + i}.jfhe")
        _need(held is not None, "a ciphertext is not in the tree")
        _need(hashes is None or hashes[i] == held[0], "a ciphertext has another hash in the tree")


def _result(root, tree):
    """Nodes and labels are looked at by the reader alone: here they are as many as they say, and no more."""
    arrays, outputs, index = (root.get(n) for n in ("arrays", "outputs", "index"))
    _need(type(arrays) is list and 0 < len(arrays) <= ARRAYS_MAX, "'arrays' is missing, empty or too long")
    first = 0
    for array in arrays:
        _need(type(array) is dict and array.get("format") == ARRAY, "an entry of 'arrays' is no array")
        _need(all(array.get(n) == arrays[0].get(n) for n in ("key", "params")), "its arrays are under different keys")
        _array(array, tree, first)
        first += array["ciphertexts"]
    _need(root.get("shape") in SHAPES, "'shape' is missing or unknown")
    _need(type(outputs) is list and 0 < len(outputs) <= OUTPUTS_MAX and all(type(o) is dict for o in outputs),
          "'outputs' is missing, empty or too long")
    _need(type(root.get("title")) is str and len(root["title"]) <= 1000, "'title' is missing or no text")
    _need((index is None) == (root["shape"] == "record"), "'index' is missing, or there where it has no place")
    if index is not None:
        _need(type(index) is dict, "'index' is no object")
        _count(_rows(index), "the length of 'index'")


def _rows(index):
    """How many rows an index labels; None where it does not say."""
    labels, ends = index.get("labels"), index.get("range")
    if type(labels) is list:
        return len(labels)
    fine = type(ends) is list and len(ends) == 3 and all(type(e) is int and abs(e) <= COUNT_MAX for e in ends) and ends[2]
    return len(range(*ends)) if fine else None


def kind(root):
    """`table`, `array` or `scalar`; of results `frame`, `series` or `record`."""
    if root["format"] == TABLE:
        return "table"
    if root["format"] == RESULT:
        return root["shape"]
    return "array" if root["shape"] else "scalar"


def check_key(root, key_id):
    """Refuse a manifest under another key than was said."""
    holder = root["arrays"][0] if root["format"] == RESULT else root
    said = holder.get("key_id" if root["format"] == TABLE else "key")
    _need(said in (None, key_id), "it is under another key than the request says")


def summary(root):
    """What lists show of a manifest.

    Returns
    -------
    dict
    """
    if root["format"] == RESULT:
        return _result_summary(root)
    table = root["format"] == TABLE
    columns = len(root["columns"]) if table else None
    shape = [root["rows"], columns] if table else root["shape"]
    return {"format": root["format"], "params": root.get("params"), "shape": shape, "rows": shape[0] if shape else None,
            "columns": columns, "dtype": None if table else root["dtype"]}


def _result_summary(root):
    rows = None if root["index"] is None else _rows(root["index"])
    columns = None if root["shape"] == "series" else len(root["outputs"])
    return {"format": RESULT, "params": root["arrays"][0].get("params"), "shape": [n for n in (rows, columns) if n is not None],
            "rows": rows, "columns": columns, "dtype": root["title"] or root["shape"]}
