"""Minimisation of functions under constraints."""

import ctypes
from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple, Union

import numpy as np
import numpy.typing as npt

from . import _library
from ._constraints import StandardConstraints
from ._interrupt import Interrupts
from ._library import Handle, library
from .errors import UsageError

Vector = npt.NDArray[np.float64]

_MESSAGES = {
    _library.DONE: "Finer searches brought nothing more.",
    _library.INFEASIBLE: "No feasible point was found.",
    _library.INTERRUPTED: "The search was interrupted.",
    _library.TARGET: "The target was reached.",
    _library.ITERATIONS: "The iterations asked for were done.",
    _library.BUDGET: "As many points as allowed were evaluated.",
    _library.TIME_LIMIT: "The time was over.",
    _library.UNBOUNDED: "The objective falls for ever towards an open end of the bounds.",
}
#: Endings that are a success where a feasible point was found.
_SUCCESSES = {_library.DONE, _library.TARGET, _library.ITERATIONS, _library.BUDGET, _library.TIME_LIMIT}


class MinimizeResult(Dict[str, Any]):
    """What a minimisation found: a dictionary whose entries are attributes too, as SciPy's ``OptimizeResult``."""

    #: The best point: feasible, or else of least violation; ``None`` where none was evaluated.
    x: Optional[Vector]
    #: f there; NaN where it was not asked for.
    fun: float
    #: Whether x is feasible, and the search was neither unbounded nor interrupted.
    success: bool
    #: Why the search ended, as in flashnas.h.
    status: int
    message: str
    #: Points that were evaluated.
    nfev: int
    #: Levels of the search.
    nit: int
    #: The feasible local minima, best first, a row each, and f there.
    xl: Vector
    funl: Vector

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None

    def __dir__(self) -> List[str]:
        return [*super().__dir__(), *self]

    def __repr__(self) -> str:
        width = max((len(name) for name in self), default=0)
        return "\n".join(f"{name:>{width}}: {value!r}" for name, value in self.items())


def minimize(
    f: Callable[[Vector], Any],
    bounds: Any,
    constraints: Any = (),
    integrality: Optional[npt.ArrayLike] = None,
    method: str = "shgo",
    *,
    max_evaluations: Optional[int] = None,
    max_time: Optional[float] = None,
    tolerance: float = 1e-8,
    constraint_tolerance: float = 1e-8,
    target: Optional[float] = None,
    seed: int = 0,
    iterations: Optional[int] = None,
) -> MinimizeResult:
    """The global minimum of a function within bounds and under constraints.

    Parameters
    ----------
    f : callable
        ``f(x)`` of a 1-D array of floats: a number. ±∞ or NaN makes the point infeasible.
    bounds : sequence of (min, max), or scipy.optimize.Bounds
        The ends of each variable; ``None`` or ±∞ where there is none. x lies within them exactly.
    constraints : dict, SciPy's constraint object, or a sequence of them
        ``{"type": "ineq", "fun": g}`` for g(x) ≥ 0, ``"eq"`` for g(x) = 0; g is a number or a vector, whose length is
        asked for once before the search, in the middle of the bounds; ``"args"`` are further arguments of g. ±∞ or NaN
        is a violation.
    integrality : array_like, optional
        Which variables are integers: 1, or 0 for a real one; one number for all.
    method : {"shgo", "hierarchical"}
        Simplicial homology global optimisation; or its hierarchical form for integers alone.
    max_evaluations : int, optional
        Points to evaluate at most.
    max_time : float, optional
        Seconds at most.
    tolerance : float
        How exact a local search is, in parts of the bounds, and how near to the target is there.
    constraint_tolerance : float
        What constraints may be off by, in their own units.
    target : float, optional
        The search ends where f is as small.
    seed : int
        Of every random choice: the same seed gives the same result.
    iterations : int, optional
        Levels to search, 1 to 64; by default as many as bring something.

    Returns
    -------
    MinimizeResult
        With ``x, fun, success, status, message, nfev, nit, xl, funl``. Without a feasible point ``success`` is false
        and x is the point of least violation.

    Raises
    ------
    UsageError
        Bounds, an option or a size is wrong (a ``ValueError``).
    KeyboardInterrupt
        Ctrl-C was pressed.
    Exception
        What f or a constraint raises goes on as it is.

    Examples
    --------
    >>> result = flashnas.minimize(lambda x: x[0] ** 2 + x[1] ** 2, [(-5, 5), (-5, 5)],
    ...                            {"type": "ineq", "fun": lambda x: x[0] + x[1] - 1})
    >>> result.x
    array([0.5, 0.5])
    """
    if not callable(f):
        raise TypeError(f"f: found {type(f).__name__}, allowed a function")
    lower, upper = _ends(bounds)
    mask = _mask(integrality, lower.size)
    functions = _Functions(f, StandardConstraints(constraints, _middle(lower, upper, mask)), lower.size)
    problem = _problem(lower, upper, mask, functions)
    options = _options_of(
        method,
        {
            "max-evaluations": max_evaluations,
            "max-time": max_time,
            "tolerance": tolerance,
            "constraint-tolerance": constraint_tolerance,
            "target": target,
            "seed": seed,
            "iterations": iterations,
        },
    )
    found = ctypes.c_void_p()
    with functions.interrupts.deferred():
        code = library().flashnas_minimize(problem.pointer, options.pointer, ctypes.byref(found))
        result = Handle("result", found.value)
    if functions.failures:
        raise functions.failures[0]
    return _read(result, problem.check(code), lower.size)


class _Functions:
    """The user's functions as the library calls them."""

    def __init__(self, f: Callable[[Vector], Any], constraints: StandardConstraints, size: int) -> None:
        self.interrupts = interrupts = Interrupts()
        #: What a function raised; it goes on where the library has returned.
        self.failures: List[BaseException] = []
        self.constraints = constraints
        length = 8 * size
        read, array = ctypes.string_at, np.frombuffer

        def objective(_: int, x: int, value: Any, __: Any) -> int:
            if interrupts.pending:
                return 1
            try:
                interrupts.inside = True
                result = f(array(read(x, length)).copy())
                value[0] = result.item() if isinstance(result, np.ndarray) else result
                interrupts.inside = False
                return 0
            except BaseException as failure:
                interrupts.inside = False
                self.failures.append(failure)
                return 1

        def values_of(function: Callable[[Vector], List[float]]) -> Any:
            def values(_: int, x: int, count: int, place: int, __: Any) -> int:
                if interrupts.pending:
                    return 1
                try:
                    interrupts.inside = True
                    found: Any = (ctypes.c_double * count).from_address(place)
                    found[:] = function(array(read(x, length)))
                    interrupts.inside = False
                    return 0
                except BaseException as failure:
                    interrupts.inside = False
                    self.failures.append(failure)
                    return 1

            return values

        self.objective = _library.Objective(objective)
        self.inequalities = _library.Constraints(values_of(constraints.inequalities))
        self.equalities = _library.Constraints(values_of(constraints.equalities))


def _problem(lower: Vector, upper: Vector, mask: npt.NDArray[np.uint8], functions: _Functions) -> Handle:
    lib = library()
    pointer = lib.flashnas_problem_create(lower.size)
    if not pointer:
        raise UsageError(f"bounds: found {lower.size} variables, allowed at most 10000")
    problem = Handle("problem", pointer)
    check = problem.check
    check(lib.flashnas_problem_set_bounds(pointer, lower.ctypes.data, upper.ctypes.data))
    check(lib.flashnas_problem_set_integers(pointer, mask.ctypes.data))
    check(lib.flashnas_problem_set_objective(pointer, functions.objective, None))
    count, constraints = functions.constraints.inequality_count, functions.inequalities
    check(lib.flashnas_problem_set_inequalities(pointer, count, constraints, None))
    count, constraints = functions.constraints.equality_count, functions.equalities
    check(lib.flashnas_problem_set_equalities(pointer, count, constraints, None))
    return problem


def _options_of(method: str, numbers: Dict[str, Union[int, float, None]]) -> Handle:
    lib = library()
    options = Handle("options", lib.flashnas_options_create())
    if not isinstance(method, str):
        raise TypeError(f"method: found {type(method).__name__}, allowed 'shgo', 'hierarchical'")
    options.check(lib.flashnas_options_set_word(options.pointer, b"method", method.encode()))
    for name, value in numbers.items():
        if value is None:
            continue
        try:
            number = float(value)
        except OverflowError:
            number = float("inf")
        if number != value and number == number:
            raise UsageError(f"{name.replace('-', '_')}: too large, found {value}")
        code = lib.flashnas_options_set_number(options.pointer, name.encode(), number)
        try:
            options.check(code)
        except UsageError as failure:
            raise UsageError(failure.message.replace(name, name.replace("-", "_"))) from None
    return options


def _read(result: Handle, status: int, size: int) -> MinimizeResult:
    lib = library()
    points: List[Tuple[Vector, float, float]] = []
    for index in range(lib.flashnas_result_count(result.pointer)):
        x, value, violation = np.empty(size), ctypes.c_double(), ctypes.c_double()
        result.check(
            lib.flashnas_result_point(
                result.pointer, index, x.ctypes.data, ctypes.byref(value), ctypes.byref(violation)
            )
        )
        points.append((x, value.value, violation.value))
    minima = sorted((point for point in points if point[2] == 0), key=lambda point: point[1])
    return MinimizeResult(
        x=points[0][0] if points else None,
        fun=points[0][1] if points else float("nan"),
        success=status in _SUCCESSES and bool(points) and points[0][2] == 0,
        status=status,
        message=_MESSAGES[status],
        nfev=lib.flashnas_result_evaluations(result.pointer),
        nit=lib.flashnas_result_iterations(result.pointer),
        xl=np.array([x for x, _, _ in minima]).reshape(-1, size),
        funl=np.array([value for _, value, _ in minima]),
    )


def _ends(bounds: Any) -> Tuple[Vector, Vector]:
    """The lower and the upper ends of the variables."""
    if hasattr(bounds, "lb") and hasattr(bounds, "ub"):
        lower, upper = np.broadcast_arrays(np.atleast_1d(bounds.lb), np.atleast_1d(bounds.ub))
        pairs: Sequence[Any] = list(zip(lower, upper))
    else:
        pairs = list(bounds)
    ends = np.empty((2, len(pairs)))
    for index, pair in enumerate(pairs):
        try:
            low, high = pair
        except (TypeError, ValueError):
            raise UsageError(f"bounds[{index}]: found {pair!r}, allowed a pair (min, max)") from None
        ends[0, index] = -np.inf if low is None else low
        ends[1, index] = np.inf if high is None else high
    return ends[0], ends[1]


def _mask(integrality: Optional[npt.ArrayLike], size: int) -> npt.NDArray[np.uint8]:
    """A byte for each variable: 1 for an integer."""
    given = np.asarray(0 if integrality is None else integrality)
    if given.dtype.kind not in "biuf" or not np.isin(given, (0, 1)).all():
        raise UsageError(f"integrality: found {integrality!r}, allowed 0 and 1")
    if given.ndim > 0 and given.shape != (size,):
        raise UsageError(f"integrality: found shape {given.shape}, allowed ({size},)")
    return np.ascontiguousarray(np.broadcast_to(given, size), dtype=np.uint8)


def _middle(lower: Vector, upper: Vector, mask: npt.NDArray[np.uint8]) -> Vector:
    """A point within bounds: their middle, or as near to 0 as an open end lets."""
    with np.errstate(invalid="ignore", over="ignore"):
        middle = lower / 2 + upper / 2
    inner = np.where(np.isfinite(middle), middle, np.clip(0.0, lower, upper))
    return np.where(mask == 1, np.clip(np.ceil(inner), lower, np.floor(upper)), inner)
