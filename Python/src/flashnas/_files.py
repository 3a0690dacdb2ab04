"""Tables and documents of Python as files, for as long as a question takes."""

import csv
import json
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Any, Iterable, List, Mapping, Optional, Sequence, Tuple, Type

import numpy as np

from .errors import UsageError

#: What is a table by columns, and no document, where it is a mapping.
_TABLES = {"points", "data", "add_to", "proxy", "truth"}


def is_table(value: Any) -> bool:
    """Whether a value is a table: a frame of pandas, an array with names or in two dimensions, a list of rows.

    A row is a mapping, and no document, which has a schema.
    """
    if hasattr(value, "columns") and hasattr(value, "to_csv"):
        return True
    if isinstance(value, np.ndarray):
        return value.dtype.names is not None or value.ndim == 2
    return (
        isinstance(value, (list, tuple))
        and bool(value)
        and all(isinstance(row, Mapping) and "schema" not in row for row in value)
    )


class Files:
    """A folder that is made when it is needed, and removed at the end."""

    def __init__(self) -> None:
        self._folder: Optional["tempfile.TemporaryDirectory[str]"] = None
        self._count = 0

    def __enter__(self) -> "Files":
        return self

    def __exit__(
        self, kind: Optional[Type[BaseException]], failure: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        if self._folder:
            self._folder.cleanup()

    def write(self, name: str, value: Any) -> str:
        """Writes a table as CSV, a mapping as JSON, and tells the path."""
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="flashnas-")
        self._count += 1
        folder = Path(self._folder.name) / str(self._count)
        folder.mkdir()
        if is_table(value) or name in _TABLES:
            path = folder / f"{name}.csv"
            columns, rows = _table(name, value)
            with open(path, "w", newline="", encoding="utf-8") as file:
                writer = csv.writer(file, lineterminator="\n")
                writer.writerow(columns)
                writer.writerows(rows)
        else:
            path = folder / f"{name}.json"
            try:
                text = json.dumps(value, allow_nan=False, default=_plain)
            except (TypeError, ValueError) as fault:
                raise UsageError(f"{name}: not a document, {fault}, allowed what JSON holds") from fault
            path.write_text(text, encoding="utf-8")
        return str(path)

    def shown(self, message: str) -> str:
        """A message in which these files are called by their names alone."""
        if self._folder is None:
            return message
        for number in range(1, self._count + 1):
            message = message.replace(f"{self._folder.name}/{number}/", "")
        return message


def _plain(value: Any) -> Any:
    """A value of NumPy as one of Python."""
    if isinstance(value, (np.generic, np.ndarray)):
        return value.tolist()
    raise TypeError(f"found {type(value).__name__}")


def _table(name: str, value: Any) -> Tuple[Sequence[str], Iterable[Sequence[Any]]]:
    """The names of the columns, and the rows; what is missing is an empty cell."""
    if hasattr(value, "columns") and hasattr(value, "to_csv"):
        cells = value.astype(object).where(value.notna(), None)
        return [str(column) for column in value.columns], cells.itertuples(index=False, name=None)
    if isinstance(value, np.ndarray):
        if value.dtype.names is None:
            raise UsageError(
                f"{name}: no names of columns, found an array, allowed a frame of pandas, a list of mappings, "
                "a mapping of columns, an array with names"
            )
        return value.dtype.names, value.tolist()
    if isinstance(value, Mapping):
        columns = [np.asarray(column).tolist() for column in value.values()]
        if len({len(column) if isinstance(column, list) else -1 for column in columns}) > 1:
            raise UsageError(f"{name}: columns of different lengths, allowed one length")
        return list(value), list(zip(*columns))
    names: List[str] = []
    for row in value:
        names += [key for key in row if key not in names]
    return names, [[row.get(key) for key in names] for row in value]
