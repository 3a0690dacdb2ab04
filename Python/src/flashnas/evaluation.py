"""Designs in batches of arrays."""

import re
from typing import TYPE_CHECKING, Any, NamedTuple, Tuple

import numpy as np
import numpy.typing as npt

from ._files import Files
from ._library import Handle, library, taken
from ._options import flat
from ._options import options as _options
from .errors import FlashnasError, UsageError

if TYPE_CHECKING:
    import pandas

#: How many points are evaluated between two looks at Ctrl-C (chosen: some milliseconds, in the processor's caches).
_AT_A_TIME = 1 << 14

Column = npt.NDArray[np.float64]


class Evaluation(NamedTuple):
    """What is known of points, one number a point in each array. NaN stands where no model gives a value."""

    #: From 0 to 1.
    accuracy: Column
    latency_s: Column
    energy_j: Column
    area_mm2: Column
    #: In its own direction.
    objective: Column
    #: By how much bounds are missed in all, each in parts of its limit; 0 where all are kept.
    violation: Column

    @property
    def feasible(self) -> npt.NDArray[np.bool_]:
        """Whether all bounds are kept."""
        return np.asarray(self.violation == 0)

    def frame(self) -> "pandas.DataFrame":
        """The arrays as columns of a frame of pandas, which has to be installed."""
        import pandas

        return pandas.DataFrame(self._asdict())


class Evaluator:
    """The designs of a question, whose models are loaded once.

    Parameters
    ----------
    space : str, path or dict, optional
        The space; by default that of the shipped problem.
    **options
        Options of `search`: ``hardware, accuracy, maximize, min_accuracy, …``

    Attributes
    ----------
    variables : tuple of str
        The variables of a point, in order: those of the space, then free parameters of the hardware.

    Raises
    ------
    UsageError, DataError, FlashnasError
        As `search`.

    Notes
    -----
    May be called from several threads at once, which then run at once: the interpreter's lock is released.

    Examples
    --------
    >>> designs = flashnas.Evaluator("dense3-fashion", hardware="systolic-os-32x32")
    >>> designs([[8, 7, 12, 16, 7, 24, 32, 7, 48]]).latency_s
    """

    def __init__(self, space: Any = None, **options: Any) -> None:
        lib = library()
        self._handle = Handle("evaluator", lib.flashnas_evaluator_create())
        with Files() as files:
            try:
                for name, values in _options({"space": space, **options}, files):
                    for text in flat(values):
                        value = None if text is None else text.encode()
                        self._handle.check(lib.flashnas_evaluator_set(self._handle.pointer, name.encode(), value))
                self._handle.check(lib.flashnas_evaluator_load(self._handle.pointer))
            except FlashnasError as failure:
                raise type(failure)(files.shown(failure.message)) from None
        names = [
            taken(lib.flashnas_evaluator_variable(self._handle.pointer, index))
            for index in range(lib.flashnas_evaluator_variables(self._handle.pointer))
        ]
        self.variables: Tuple[str, ...] = tuple(name for name in names if name is not None)

    def __call__(self, points: npt.ArrayLike) -> Evaluation:
        """Evaluates points.

        Parameters
        ----------
        points : array_like of int, shape (n, number of variables), or a frame of pandas with the variables as columns
            A number is the variable's value, or the place in its list, from 0, of a word or of a hardware parameter's
            value. An array of 64-bit integers in C order is not copied. One point may be given as one row.

        Returns
        -------
        Evaluation
            Arrays of n numbers. They equal what a search finds within 1e-12 of themselves.

        Raises
        ------
        UsageError
            A number that its variable does not take, or another number of variables.
        """
        rows = _rows(points, self.variables)
        count, width = rows.shape
        found = Evaluation(*(np.empty(count) for _ in Evaluation._fields))
        evaluate_batch, handle = library().flashnas_evaluate_batch, self._handle
        first = rows.ctypes.data
        columns = [column.ctypes.data for column in found]
        for start in range(0, max(count, 1), _AT_A_TIME):
            places = (column + 8 * start for column in columns)
            code = evaluate_batch(
                handle.pointer, first + 8 * width * start, min(_AT_A_TIME, count - start), width, *places
            )
            if code < 0:
                _fail(handle, code, start)
        return found


def _fail(handle: Handle, code: int, start: int) -> None:
    """Raises the failure of a part of the points, its row counted from the first of all."""
    try:
        handle.check(code)
    except FlashnasError as failure:
        message = re.sub(r"^points\[(\d+)\]", lambda match: f"points[{start + int(match.group(1))}]", failure.message)
        raise type(failure)(message) from None


def _rows(points: Any, variables: Tuple[str, ...]) -> npt.NDArray[np.int64]:
    """Points as rows of 64-bit integers in C order."""
    if hasattr(points, "columns") and hasattr(points, "to_numpy"):
        missing = [name for name in variables if name not in points.columns]
        if missing:
            raise UsageError(f"points: columns missing, found no {', '.join(missing)}, allowed {', '.join(variables)}")
        points = points[list(variables)].to_numpy()
    array = np.asarray(points)
    if array.size == 0:
        return np.empty((0, len(variables)), dtype=np.int64)
    if array.ndim == 1:
        array = array.reshape(1, -1)
    if array.ndim != 2:
        raise UsageError(f"points: found {array.ndim} dimensions, allowed 2: a row for each point")
    with np.errstate(invalid="ignore"):
        rows = np.ascontiguousarray(array, dtype=np.int64) if array.dtype.kind in "iuf" else None
    if rows is None or (rows.dtype != array.dtype and not np.array_equal(rows, array)):
        raise UsageError(f"points: not integers, found {array.dtype}, allowed 64-bit integers")
    return rows


def evaluate(space: Any, points: npt.ArrayLike, **options: Any) -> Evaluation:
    """Evaluates points of a space: accuracy and costs, the objective, and by how much bounds are missed.

    Parameters
    ----------
    space : str, path or dict
        A space's name, its file, or what the file holds.
    points : array_like of int, shape (n, number of variables)
        As of `Evaluator`, which is what to use for many calls: models are loaded once.
    **options
        Options of `search`: ``hardware, accuracy, maximize, min_accuracy, …``

    Returns
    -------
    Evaluation
        Arrays of n numbers: ``accuracy, latency_s, energy_j, area_mm2, objective, violation``.

    Raises
    ------
    UsageError, DataError, FlashnasError
        As `search`; a number that its variable does not take is an error too.

    Examples
    --------
    >>> flashnas.evaluate("dense3-fashion", [[8, 7, 12, 16, 7, 24, 32, 7, 48]]).accuracy
    """
    return Evaluator(space, **options)(points)
