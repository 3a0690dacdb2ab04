"""Keywords of Python as options of the command line."""

import numbers
import os
import re
from typing import Any, Iterator, List, Mapping, Optional, Tuple, Union

import numpy as np

from ._files import Files, is_table
from .errors import UsageError

#: What a bare number is given in: SI, and mm² for areas.
_UNITS = [("latency", "s"), ("time_limit", "s"), ("energy", "J"), ("area", "mm2"), ("power", "W")]
#: Options whose values name variables or metrics: one text for each of them,
_REPEATED = {"fix", "range", "dim", "min", "max"}
#: or one for all.
_JOINED = {"point", "reference"}
#: Options whose lists are one text with commas.
_LISTS = {"quantities", "learning_curve", "top"}

Values = Union[bool, List[str]]


def options(keywords: Mapping[str, Any], files: Files) -> Iterator[Tuple[str, Values]]:
    """Each option's name without dashes, and what it is given: a switch, or texts; of ``None`` nothing."""
    for name, value in keywords.items():
        if value is not None:
            yield name.replace("_", "-"), _values(name, value, files)


def arguments(named: Mapping[str, Any], files: Files) -> List[str]:
    """The texts of arguments, of which each may be a list; names are what messages call them."""
    found: List[str] = []
    for name, value in named.items():
        if value is not None:
            values = _values(name, value, files)
            if isinstance(values, bool):
                raise UsageError(f"{name}: not a file, found {value!r}, allowed a path or a document")
            found += values
    return found


def _values(name: str, value: Any, files: Files) -> Values:
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if isinstance(value, Mapping) and name in _REPEATED | _JOINED:
        pairs = [f"{key}={_end(entry)}" for key, entry in value.items()]
        return pairs if name in _REPEATED else [",".join(pairs)]
    if isinstance(value, Mapping) or is_table(value):
        return [files.write(name, value)]
    if isinstance(value, (list, tuple, set, frozenset, np.ndarray)):
        if name in _LISTS:
            return [",".join(_text(name, entry) for entry in value)]
        return [text for entry in value for text in _one(name, entry, files)]
    return [_text(name, value)]


def _one(name: str, value: Any, files: Files) -> List[str]:
    """The text of one entry of a list."""
    values = _values(name, value, files)
    if isinstance(values, bool):
        raise UsageError(f"{name}: found {value!r} in a list, allowed texts and numbers")
    return values


def _text(name: str, value: Any) -> str:
    if isinstance(value, (str, os.PathLike)):
        return os.fspath(value) if isinstance(value, os.PathLike) else value
    if isinstance(value, numbers.Real):
        return _number(value) + _unit(name)
    raise UsageError(f"{name}: not an option's value, found {type(value).__name__}, allowed texts and numbers")


def _number(value: numbers.Real) -> str:
    """The shortest text that is read as the same number."""
    if isinstance(value, numbers.Integral):
        return str(int(value))
    return repr(float(value))


def _unit(name: str) -> str:
    for word, unit in _UNITS:
        if re.fullmatch(f"((min|max)_)?{word}", name):
            return unit
    return ""


def _end(value: Any) -> str:
    """A variable's value, or its range as a pair of ends."""
    if isinstance(value, tuple) and len(value) == 2:
        return f"{_end(value[0])}..{_end(value[1])}"
    return _text("value", value)


def flat(value: Values) -> List[Optional[str]]:
    """The values of an option one by one; ``None`` for a switch that is set."""
    if isinstance(value, bool):
        return [None] if value else []
    return list(value)
