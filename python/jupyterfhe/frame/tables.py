"""Tables of two keys: counts and means by row and column label, and 0/1 columns."""

import numpy as np

from ..core.errors import ArgumentError
from .grouping import GroupBy
from .index import Index
from .refusal import Refused
from .series import EncryptedSeries


def crosstab(rows, columns, margins=False, min_count=0):
    """Rows by two categories, counted.

    Parameters
    ----------
    rows, columns : EncryptedSeries
        Categories or truth values of one frame.
    margins : bool, default=False
        Add a row and a column ``All`` of sums.
    min_count : int, default=0
        Smaller counts come out undefined; not together with `margins`, from which they could be told.

    Returns
    -------
    EncryptedFrame
        Of integers; every declared label has its row and column.

    Notes
    -----
    Cost: a product and a sum over slots for each pair of labels.
    """
    if margins and min_count:
        raise Refused("margins beside suppressed counts: a row's sum tells what one suppressed count of it was",
                      "Choose one of them.")
    cells, key = _two_keys(rows, columns, min_count)
    made = {str(label): [cells[i][j] for i in range(len(cells))] for j, label in enumerate(key.index)}
    index, kind = cells.row_index, "int"
    if min_count:
        from ..array.finish import stack
        made = {n: EncryptedSeries(None, index, n, late=stack(c), kind=kind) for n, c in made.items()}
        return _frame(made, index, cells.keep)
    made = {n: np.stack(c) for n, c in made.items()}
    if margins:
        made = {n: np.concatenate([c, c.sum().reshape(1)]) for n, c in made.items()}
        total = next(iter(made.values())) * 0.0
        for c in made.values():
            total = total + c
        made["All"] = total
        index = Index([*(str(x) for x in index), "All"], index.names)
    return _frame({n: EncryptedSeries(c, index, n, kind=kind) for n, c in made.items()}, index)


class _Cells(list):
    """Counts by row and column, and the labels of the rows."""

    row_index, keep = None, ()


def _two_keys(rows, columns, min_count):
    from .frame import EncryptedFrame

    if rows.index != columns.index or rows.keep != columns.keep:
        raise Refused("two categories of different rows", "Take both of one frame, filtered alike.")
    frame = EncryptedFrame({"rows": rows, "columns": columns}, rows.index, rows.keep)
    groups = GroupBy(frame, [rows, columns], min_count, [])
    counts = groups._released([g.raw_count() for g in groups.groups()])
    wide = len(groups.keys[1].index)
    cells = _Cells(counts[i:i + wide] for i in range(0, len(counts), wide))
    cells.row_index, cells.keep = groups.keys[0].index, groups.kept(wide)
    return cells, groups.keys[1]


def _frame(columns, index, keep=()):
    from .frame import EncryptedFrame
    return EncryptedFrame(columns, index, keep)


def pivot_table(frame, values, index, columns, aggfunc="mean", min_count=0):
    """A value by two keys: one of them down, the other across.

    Parameters
    ----------
    frame : EncryptedFrame
    values, index, columns : str
        Of numbers; of declared categories or truth values.
    aggfunc : {'mean', 'sum', 'count', 'var', 'std', 'sem'}
    min_count : int, default=0
        Groups of fewer rows come out undefined; rows in which all are too small are left out.

    Returns
    -------
    EncryptedFrame
        Every declared label has its row and column; pandas leaves out those without rows.
    """
    from ..array.finish import finished, stack

    groups = frame.groupby([index, columns], min_count)[values]
    cells = groups._column(values, aggfunc)
    down, across = (k.index for k in groups.keys)
    every, wide = finished(cells.cells), len(across)
    made = {str(label): stack([every[i * wide + j] for i in range(len(down))]) for j, label in enumerate(across)}
    return frame.like({n: EncryptedSeries(None, down, n, late=c, kind=cells.kind) for n, c in made.items()}, down,
                      groups.kept(wide))


def get_dummies(data, columns=None):
    """A column of truth values for each label of each category.

    Parameters
    ----------
    data : EncryptedSeries or EncryptedFrame
    columns : list of str, optional
        All categories of a frame by default.

    Returns
    -------
    EncryptedFrame
        Columns ``label`` of a series, ``column_label`` of a frame; false where the value is missing.
    """
    from .frame import EncryptedFrame

    if isinstance(data, EncryptedSeries):
        codes = data._categories("get_dummies")
        made = {str(label): data.like(codes.indicator([i]), valid=None, kind="bool") for i, label in enumerate(codes.index())}
        return EncryptedFrame(made, data.index, data.keep)
    chosen = [n for n, c in data._columns.items() if c.kind == "category"] if columns is None else list(columns)
    if not chosen:
        raise ArgumentError("no column is a category")
    made = {}
    for name, column in data._columns.items():
        if name not in chosen:
            made[name] = column
            continue
        for label, dummy in get_dummies(column)._columns.items():
            made[f"{name}_{label}"] = dummy
    return data.like(made)
