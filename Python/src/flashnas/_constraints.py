"""Constraints as SciPy has them, in standard form: c(x) <= 0 and h(x) = 0."""

from typing import Any, Callable, Iterable, List, Sequence, Tuple

import numpy as np
import numpy.typing as npt

Vector = npt.NDArray[np.float64]

#: Which of a constraint's values become which of the standard form's: sign · (value − limit).
_Part = Tuple[float, float, int]


class Constraint:
    """One constraint of the user: its function, and what its values have to be."""

    def __init__(self, given: Any, index: int, probe: Vector) -> None:
        where = f"constraints[{index}]"
        self.arguments: Tuple[Any, ...] = ()
        #: Of each value of the function: sign, limit.
        self.inequalities: List[_Part] = []
        self.equalities: List[_Part] = []
        if isinstance(given, dict):
            self._read_dictionary(given, where)
            values = self.values(probe)
            parts = self.inequalities if given["type"] == "ineq" else self.equalities
            # g(x) >= 0 is -g(x) <= 0.
            sign = -1.0 if given["type"] == "ineq" else 1.0
            parts.extend((sign, 0.0, place) for place in range(len(values)))
        elif hasattr(given, "lb") and hasattr(given, "ub") and (hasattr(given, "fun") or hasattr(given, "A")):
            self.function = given.fun if hasattr(given, "fun") else _linear(given.A)
            values = self.values(probe)
            self._read_ends(np.broadcast_to(given.lb, len(values)), np.broadcast_to(given.ub, len(values)), where)
        else:
            raise TypeError(
                f"{where}: found {type(given).__name__}, allowed {{'type': 'ineq' or 'eq', 'fun': g}} or one of "
                "SciPy's constraints"
            )
        self.size = len(values)
        self._where = where

    def _read_dictionary(self, given: Any, where: str) -> None:
        if given.get("type") not in ("ineq", "eq"):
            raise ValueError(f"{where}: type: found {given.get('type')!r}, allowed 'ineq', 'eq'")
        if not callable(given.get("fun")):
            raise TypeError(f"{where}: fun: found {type(given.get('fun')).__name__}, allowed a function")
        self.function = given["fun"]
        self.arguments = tuple(given.get("args", ()))

    def _read_ends(self, lower: Vector, upper: Vector, where: str) -> None:
        for place, (low, high) in enumerate(zip(lower, upper)):
            if not low <= high:
                raise ValueError(f"{where}: lb to ub: no value, found {low} to {high}")
            if low == high:
                self.equalities.append((1.0, float(low), place))
                continue
            if low > -np.inf:
                self.inequalities.append((-1.0, float(low), place))
            if high < np.inf:
                self.inequalities.append((1.0, float(high), place))

    def values(self, x: Vector) -> List[float]:
        """The function's values at x, of which it gets a copy."""
        found = self.function(x.copy(), *self.arguments)
        if isinstance(found, float):
            return [found]
        values = np.asarray(found)
        if values.dtype.kind not in "biuf":
            raise TypeError(f"a constraint's value: found {values.dtype}, allowed real numbers")
        return [float(value) for value in np.ravel(values)]

    def parts(self, x: Vector, which: Sequence[_Part]) -> Iterable[float]:
        """Values in standard form."""
        values = self.values(x)
        if len(values) != self.size:
            raise ValueError(f"{self._where}: found {len(values)} values, expected {self.size} as at first")
        return [sign * (values[place] - limit) for sign, limit, place in which]


def _linear(matrix: Any) -> Callable[[Vector], Any]:
    return lambda x: matrix @ x


class StandardConstraints:
    """All constraints of a problem: functions of x for c and h, and how many values they have."""

    def __init__(self, given: Any, probe: Vector) -> None:
        one = isinstance(given, dict) or hasattr(given, "lb")
        constraints = [
            Constraint(each, index, probe) for index, each in enumerate([given] if one else list(given or ()))
        ]
        self._inequalities = [each for each in constraints if each.inequalities]
        self._equalities = [each for each in constraints if each.equalities]
        self.inequality_count = sum(len(each.inequalities) for each in constraints)
        self.equality_count = sum(len(each.equalities) for each in constraints)

    def inequalities(self, x: Vector) -> List[float]:
        return [value for each in self._inequalities for value in each.parts(x, each.inequalities)]

    def equalities(self, x: Vector) -> List[float]:
        return [value for each in self._equalities for value in each.parts(x, each.equalities)]
