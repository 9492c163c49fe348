"""Cells as numbers. Each reader of texts gives numbers and which of them could be read; texts come trimmed and not missing."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

MISSING = ("", "NA", "N/A", "n/a", "NaN", "nan", "null", "NULL", "None")  # words for a missing value, in CSV alone
TRUE, FALSE = ("true", "yes"), ("false", "no")  # in any case
DAY = 86400e6  # microseconds
NUMBER = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$"
DATE = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
TIME = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?(Z|[+-][0-9]{2}:?[0-9]{2})?$"


def flags(array):
    """Booleans of pyarrow as an ndarray."""
    return array.to_numpy(zero_copy_only=False).astype(bool)


def trimmed(array):
    """Texts without blanks around them."""
    return pc.utf8_trim(array, " \t")


def _by_mask(array, pattern, convert):
    """Convert the texts that match, all at once where possible, else one by one."""
    good = flags(pc.match_substring_regex(array, pattern))
    out = np.zeros(len(array))
    if good.any():
        texts = array.filter(pa.array(good))
        try:
            out[good] = convert(texts)
        except (pa.ArrowInvalid, ValueError):
            for i, text in zip(np.flatnonzero(good), texts, strict=True):
                try:
                    out[i] = convert(pa.array([text.as_py()]))[0]
                except (pa.ArrowInvalid, ValueError):
                    good[i] = False
    return out, good


def _doubles(texts):
    return texts.cast(pa.float64()).to_numpy(zero_copy_only=False)


def numbers_of(array):
    """Of trimmed texts."""
    try:
        out = _doubles(pc.replace_substring_regex(array, r"^\+", "") if flags(pc.starts_with(array, "+")).any() else array)
        if np.isfinite(out).all():
            return out, np.ones(len(array), dtype=bool)
    except pa.ArrowInvalid:
        pass
    return _by_mask(array, NUMBER, lambda texts: _doubles(pc.replace_substring_regex(texts, r"^\+", "")))


def booleans_of(array):
    """1 and 0 of words for true and false."""
    lower = pc.utf8_lower(array)
    yes, no = (flags(pc.is_in(lower, pa.array(words))) for words in (TRUE, FALSE))
    return yes.astype(float), yes | no


def dates_of(array):
    """Days since 1970-01-01."""
    return _by_mask(array, DATE, lambda texts: texts.cast(pa.date32()).cast(pa.int32()).to_numpy(zero_copy_only=False))


def times_of(array):
    """Microseconds since 1970-01-01; without an offset UTC is meant. A date is its midnight."""
    out, good = _by_mask(array, TIME, _micros)
    days, are = dates_of(array)
    return np.where(are, days * DAY, out), good | are


def _micros(texts):
    """Of texts that look like times. Further digits are cut: every time until 2255 is a double then."""
    offset = flags(pc.match_substring_regex(texts, r"(Z|[+-][0-9]{2}:?[0-9]{2})$"))
    out = np.empty(len(texts))
    for mask, kind in ((offset, pa.timestamp("us", "UTC")), (~offset, pa.timestamp("us"))):
        if mask.any():
            part = pc.replace_substring_regex(texts.filter(pa.array(mask)), r"(\.[0-9]{6})[0-9]+", r"\1")
            out[mask] = part.cast(kind).cast(pa.int64()).to_numpy(zero_copy_only=False)
    return out


READ = {"float": numbers_of, "int": numbers_of, "bool": booleans_of, "date": dates_of, "datetime": times_of}


def typed_numbers(array):
    """Numbers of a typed array, and the kind that its type says; (None, None) for texts.

    Parameters
    ----------
    array : pyarrow.Array
        Without nulls.

    Returns
    -------
    (ndarray, str)
    """
    kind = array.type
    if pa.types.is_integer(kind):
        return array.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False), "int"
    if pa.types.is_floating(kind):
        return array.to_numpy(zero_copy_only=False), "float"
    if pa.types.is_boolean(kind):
        return array.to_numpy(zero_copy_only=False).astype(float), "bool"
    if pa.types.is_date(kind):
        return array.cast(pa.date32()).cast(pa.int32()).to_numpy(zero_copy_only=False).astype(float), "date"
    if pa.types.is_timestamp(kind):
        micros = array.cast(pa.timestamp("us", kind.tz), safe=False).cast(pa.int64())
        return micros.to_numpy(zero_copy_only=False).astype(float), "datetime"
    return None, None


def split_missing(cells, words):
    """Which cells are missing, and the others.

    Parameters
    ----------
    cells : Cells
    words : sequence of str
        Words that say so in a CSV.

    Returns
    -------
    (ndarray of bool, pyarrow.Array)
    """
    array = cells.array
    missing = flags(pc.is_null(array, nan_is_null=True))
    if cells.words:
        missing |= flags(pc.fill_null(pc.is_in(trimmed(array), pa.array(words, pa.string())), False))
    return missing, array.filter(pa.array(~missing)) if missing.any() else array
