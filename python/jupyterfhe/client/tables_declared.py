"""What an owner declares of columns."""

import datetime
import math
import re

from ..core import errors
from ..core.tables import CATEGORIES_MAX, KINDS, TEXT_MAX, WHOLE
from .tables_cells import DATE, NUMBER
from .tables_rows import TableError
from .tables_schema import Spec


def parse_override(text):
    """Read ``NAME:key=value,key=value``.

    Parameters
    ----------
    text : str

    Returns
    -------
    (str, dict)

    Raises
    ------
    ArgumentError
    """
    name, colon, rest = text.rpartition(":")
    while colon and "=" not in rest:
        name, colon, more = name.rpartition(":")
        rest = f"{more}:{rest}"
    if not colon or not name:
        raise errors.ArgumentError(f"--column wants NAME:key=value, not {text!r}",
                                   "For example: --column age:type=int,bounds=0..120")
    out = {}
    for part in rest.split(","):
        key, equals, value = part.partition("=")
        check = _KEYS.get(key.strip())
        if not equals or check is None:
            raise errors.ArgumentError(f"--column {name}: {part!r} is not one of {', '.join(f'{k}=' for k in _KEYS)}",
                                       "For example: --column age:type=int,bounds=0..120")
        try:
            out[key.strip()] = check(value.strip())
        except ValueError as why:
            raise errors.ArgumentError(f"--column {name}: {key.strip()}= {why}", "See: jupyterfhe help encrypt") from None
    return name, out


def _one_of(*words):
    def check(value):
        if value not in words:
            raise ValueError(f"is one of {', '.join(words)}")
        return value
    return check


def _bounds(value):
    low, dots, high = value.partition("..")
    wrong = "wants LOW..HIGH, two numbers or dates, the lower first"
    if not dots:
        raise ValueError(wrong)
    out = []
    for end in (low, high):
        try:
            out.append(float(end) if re.match(NUMBER, end) else datetime.datetime.fromisoformat(end))
        except ValueError:
            raise ValueError(wrong) from None
    numbers = isinstance(out[0], float)
    if type(out[0]) is not type(out[1]) or (numbers and not all(map(math.isfinite, out))):
        raise ValueError(wrong)
    if not numbers:
        out = [d.astimezone(datetime.UTC).replace(tzinfo=None) if d.tzinfo else d for d in out]
    if not out[0] < out[1]:
        raise ValueError(wrong)
    return tuple(out)


def _labels(value):
    labels = value.split("|")
    if len(labels) != len(set(labels)) or len(labels) > CATEGORIES_MAX or any(len(v) > TEXT_MAX for v in labels):
        raise ValueError("wants different labels, a|b|c")
    return labels


def _epoch(value):
    if not re.match(DATE, value):
        raise ValueError("wants a date as 2000-01-01")
    return datetime.date.fromisoformat(value).isoformat()


_KEYS = {"type": _one_of(*KINDS), "bounds": _bounds, "categories": _labels, "labels": _one_of("public", "private"),
         "missing": _one_of("mask", "refuse"), "unit": lambda v: v[:64], "epoch": _epoch,
         "exact": _one_of("no", "yes", "both")}


def specify(survey, chosen, labels="public", missing="auto", exact=None):
    """The :class:`Spec` of a surveyed column with what the owner declared.

    Parameters
    ----------
    survey : Survey
    chosen : dict
        As :func:`parse_override` gives it.
    labels : {'public', 'private'}
    missing : {'auto', 'mask', 'refuse'}
    exact : {'both', 'yes', 'no'}, optional
        Of whole numbers, where the owner declared nothing of the column; both by default.

    Returns
    -------
    Spec

    Raises
    ------
    TableError, ArgumentError
        When nothing fits, saying what to do.
    """
    name = survey.name
    kind = chosen.get("type") or ("category" if "categories" in chosen else survey.kind)
    if kind is None:
        what = "has no value at all" if not survey.live else f"holds more than {survey.most} different texts"
        raise TableError(f"column {name!r} {what}", f"Nothing was written. Leave it out with --drop {name!r}" +
                         (f", or declare its labels with --column '{name}:categories=a|b|c'." if survey.live else "."))
    spec = Spec(name, kind)
    spec.missing = chosen.get("missing", missing)
    spec.public_labels = chosen.get("labels", labels) == "public"
    spec.unit = chosen.get("unit", spec.unit)
    if kind in WHOLE:
        spec.exact = chosen.get("exact", exact) or "both"
        spec.exact_declared = "exact" in chosen or exact is not None
    elif chosen.get("exact", "no") != "no":
        raise errors.ArgumentError(f"--column {name}: exact= is for whole numbers, this is {kind}",
                                   "Leave it out, or declare type=int.")
    if kind == "category":
        spec.labels = chosen.get("categories") or survey.labels
        if not spec.labels or len(spec.labels) > CATEGORIES_MAX or max(map(len, spec.labels)) > TEXT_MAX:
            what = "no labels" if survey.labels == [] else "too many labels, or too long ones"
            raise TableError(f"column {name!r} has {what}", "Nothing was written. Declare them, "
                             f"--column '{name}:categories=a|b|c', or leave it out with --drop {name!r}.")
    if "epoch" in chosen:
        if spec.epoch is None:
            raise errors.ArgumentError(f"--column {name}: epoch= is for dates, this is {kind}", "Leave it out.")
        spec.epoch = chosen["epoch"]
    if "bounds" in chosen:
        _declare(spec, *chosen["bounds"])
    return spec


def _declare(spec, low, high):
    dates = isinstance(low, datetime.datetime)
    if spec.kind in ("bool", "category") or dates != (spec.epoch is not None):
        what = "dates" if dates else "numbers"
        raise errors.ArgumentError(f"--column {spec.name}: bounds= of {what} do not fit type {spec.kind}",
                                   "Leave them out, or change the type.")
    if dates:
        start = datetime.datetime.fromisoformat(spec.epoch)
        per = 86400.0 if spec.kind == "date" else 1.0
        low, high = ((d - start).total_seconds() / per for d in (low, high))
        low, high = (math.floor(low), math.ceil(high)) if spec.kind == "date" else (low, high)
    spec.lo, spec.hi, spec.declared = float(low), float(high), True
