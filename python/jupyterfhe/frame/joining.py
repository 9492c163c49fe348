"""Frames put together: below each other, side by side, and by a key of few declared labels."""

import numpy as np

from ..array import EncryptedArray
from ..array.finish import Finished
from ..array.functions.within import within
from ..array.layout import afford
from ..core.errors import ArgumentError
from ..plan.notes import ASSUMED, note
from . import lookups, windows
from .index import Index
from .products import product
from .refusal import Refused
from .series import EncryptedSeries


def concat(parts, axis=0):
    """Series or frames below each other, or side by side.

    Parameters
    ----------
    parts : list of EncryptedFrame, or list of EncryptedSeries
    axis : {0, 1}, default=0

    Returns
    -------
    EncryptedFrame or EncryptedSeries

    Notes
    -----
    Cost: below each other a rotation a ciphertext and one level, unless the upper part fills its last ciphertext; side by side
    nothing.
    """
    from .frame import EncryptedFrame

    parts = list(parts)
    if not parts or axis not in (0, 1):
        raise ArgumentError("concat takes a list of frames or series, and axis 0 or 1")
    single = all(isinstance(p, EncryptedSeries) for p in parts)
    if any(p.keep for p in parts):
        raise Refused("concat of filtered frames", "Put them together, then filter.")
    if axis == 1:
        columns = {}
        for i, p in enumerate(parts):
            for name, c in ({p.name or str(i): p} if isinstance(p, EncryptedSeries) else p._columns).items():
                if name in columns:
                    raise ArgumentError(f"two columns are called {name!r}", "Rename one: df.rename({...}).")
                columns[name] = c
        index = parts[0].index
        for p in parts[1:]:
            index = index.union(p.index)
        return EncryptedFrame({n: windows.reindex(c, index) for n, c in columns.items()}, index)
    if single:
        return _below(parts)
    names = parts[0].columns
    if any(p.columns != names for p in parts):
        raise Refused("frames of different columns below each other", "Choose the same columns of each, in one order.")
    made = {n: _below([p._columns[n] for p in parts]) for n in names}
    return EncryptedFrame(made, next(iter(made.values())).index)


def _below(parts):
    """One series of several."""
    first = parts[0]
    if any(p.late is not None for p in parts):
        raise Refused("numbers that are finished at decryption below each other", "Put together what they are made of.")
    if any((p.kind, p.epoch, p.categories) != (first.kind, first.epoch, first.categories) for p in parts):
        raise Refused(f"columns {first.name!r} of different kinds below each other", "Encrypt both with the same declaration.")
    labels = [label for p in parts for label in p.index]
    ranged = all(isinstance(p.index.labels, range) for p in parts)
    index = Index(range(len(labels))) if ranged else Index(labels, first.index.names)
    codes = None
    if first.codes is not None:
        from .categorical import EncryptedCategorical
        arrays = np.concatenate([p.codes.array for p in parts])
        codes = EncryptedCategorical(arrays, first.codes.count, first.codes.labels, _valid(parts), first.codes.source)
    rest = np.concatenate([_moved(p, first.offset) for p in parts])
    return first.like(rest, index=index, valid=_valid(parts), offset=first.offset, kind=first.kind, epoch=first.epoch,
                      categories=first.categories, source=first.source, codes=codes)


def _moved(series, offset):
    """A series' rest for another offset."""
    gap = series.offset - offset
    if gap == 0:
        return series.rest
    return series.rest + gap if series.valid is None else series.rest + gap * series._valid_numbers


def _valid(parts):
    if all(p.valid is None for p in parts):
        return None
    if all(p.valid is None or isinstance(p.valid, np.ndarray) for p in parts):
        return np.concatenate([np.ones(len(p.index), bool) if p.valid is None else p.valid for p in parts])
    return np.concatenate([p.rest * 0.0 + 1.0 if p.valid is None else p.valid if isinstance(p.valid, EncryptedArray)
                           else p.rest * 0.0 + p.valid.astype(float) for p in parts])


def merge(left, right, on, how="left"):
    """Columns of a small table beside rows of a large one, by a key of declared labels.

    Parameters
    ----------
    left : EncryptedFrame
        With the category `on`.
    right : EncryptedFrame, or dict of str to (dict of label to number)
        Each label once: a frame with the encrypted key `on` too, a frame whose public index holds labels
        (``other.groupby(on).sum()`` say), or public numbers by column.
    on : str
        Categories whose labels are public, truth values, or integers of a small declared range.
    how : {'left', 'inner'}
        'inner' filters out rows whose label the right side lacks.

    Returns
    -------
    EncryptedFrame
        Missing where the right side lacks the label.

    Notes
    -----
    Cost: one product a label and column; a level beyond the key's masks. Of two encrypted keys, the right side's columns are
    gathered by label first: a product and a sum over slots more, and a level; where a third is left, errors count once instead
    of for each label (docs/adr/0047). That no label is on the right side twice is believed there. A missing key finds nothing.
    """
    from .frame import EncryptedFrame

    if how not in ("left", "inner"):
        raise Refused(f"merge with how={how!r}: the result's rows would depend on secret keys", "Use 'left' or 'inner'.")
    key = left._columns.get(on)
    if key is None:
        raise ArgumentError(f"the frame has no column {on!r}")
    codes = key._categories("merge")
    if isinstance(right, EncryptedFrame) and on in right:
        return _by_key(left, right, on, how)
    table, labels = _small(right, on)
    known = [i for i, label in enumerate(codes.index()) if label in labels]
    if not known:
        raise ArgumentError(f"no label of {on!r} is on the right side")
    there = None if len(known) == len(codes) and codes.valid is None else codes.indicator(known)
    made = dict(left._columns)
    for name, column in table.items():
        if name in made:
            raise ArgumentError(f"both sides have a column {name!r}", "Rename one first.")
        cells = {i: column[labels[codes.index()[i]]] for i in known}
        made[name] = EncryptedSeries(_looked_up(codes, cells), left.index, name, valid=there)
    keep = left.keep if there is None or how == "left" else (*left.keep, there)
    return left.like(made, keep=keep)


def _by_key(left, right, on, how):
    """By keys that are encrypted on both sides: rows of the right side stand under their labels, which the left side looks up.

    A row of one-hot masks of the left key times one of the right key is the matrix of which keys are equal; summed over the
    right side's rows before it is multiplied, it costs labels, not pairs of rows.
    """
    mine, theirs = (side._columns[on]._categories("merge") for side in (left, right))
    if mine.labels is None or theirs.labels is None:
        raise Refused(f"a merge on {on!r}, whose labels the owner kept: two tables may number them differently",
                      "Declare the labels public, or encrypt the key as integers.")
    shared = {i: theirs.labels.index(x) for i, x in enumerate(mine.labels) if x in theirs.labels}
    if not shared:
        raise ArgumentError(f"no label of {on!r} is on the right side")
    columns = {n: c for n, c in right._columns.items() if n != on}
    afford(len(shared) * (len(columns) + 1) * 16, f"a merge by {len(shared):,} labels of {len(columns)} columns",
           "Merge fewer columns at a time.")
    made, under = dict(left._columns), {i: (*right.keep, theirs.indicator([j])) for i, j in shared.items()}
    there = _found(mine, under, (), 0.0, 1.0)
    for name, column in columns.items():
        if name in made:
            raise ArgumentError(f"both sides have a column {name!r}", "Rename one first.")
        if column.kind == "category":
            raise Refused(f"a merge that brings the category {name!r}", "right.get_dummies() gives 0/1 columns, which it "
                          "brings.")
        low, high = column.filled.bounds
        values = _found(mine, under, (column.filled,), min(low, 0.0), max(high, 0.0))
        valid = there if column.valid is None else _found(mine, under, (column.valid,), 0.0, 1.0)
        made[name] = EncryptedSeries(values, left.index, name, valid=valid, kind=column.kind, epoch=column.epoch)
    return left.like(made, keep=left.keep if how == "left" else (*left.keep, there))


def _found(codes, under, factors, low, high):
    """Numbers of the right side by label, one at most each, in the rows of the left side."""
    def narrowed(array):  # exact integers are not off by a share of their range
        return array if getattr(array, "exact", False) else within(array, low, high)

    parts = {i: product([*factors, *u], summed=False) for i, u in under.items()}
    cells = lookups.gathered(parts, low, high, codes.array.shape[0])
    if cells is not None:
        return lookups.looked_up(codes, _believed(cells), low, high)
    cells = _believed({i: np.sum(product([*factors, *u])) for i, u in under.items()})
    return narrowed(_looked_up(codes, {i: narrowed(cell) for i, cell in cells.items()}))


def _believed(cells):
    """Numbers with what is believed of them."""
    for cell in cells.values():
        for value in cell.values:
            note(value, f"{ASSUMED}no label is on the right side of a merge twice")
    return cells


def _looked_up(codes, cells):
    total = None
    for i, number in cells.items():
        if isinstance(number, Finished):
            raise Refused("a merge with numbers that are finished at decryption", "Merge sums and counts, and divide "
                          "afterwards.")
        part = codes.indicator([i]) * number
        total = part if total is None else total + part
    return total


def _small(right, on):
    """Columns as lists by place, and the place of each label."""
    if isinstance(right, dict):
        labels = sorted({label for column in right.values() for label in column})
        if any(set(column) != set(labels) for column in right.values()):
            raise ArgumentError("columns of the right side have different labels")
        return {n: [float(c[x]) for x in labels] for n, c in right.items()}, {x: i for i, x in enumerate(labels)}
    if right.keep or not right.index.unique or isinstance(right.index.labels, range):
        raise Refused("merge with a frame whose rows are no labels", f"Bring it to one row a label first: "
                      f"right.groupby({on!r}).sum().")
    columns = {}
    for name, c in right._columns.items():
        if c.late is not None:
            raise Refused("a merge with numbers that are finished at decryption", "Merge sums and counts, and divide "
                          "afterwards.")
        values = c.values
        columns[name] = [values[i] for i in range(len(right.index))]
    return columns, {label: i for i, label in enumerate(right.index)}
