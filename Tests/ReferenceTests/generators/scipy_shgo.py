#!/usr/bin/env python3
"""Remakes References/scipy-shgo.json: the problems of SciPy's own tests of shgo, and what its shgo makes of them.

    pip install scipy==1.17.1 numpy==2.4.6
    python3 Tests/ReferenceTests/generators/scipy_shgo.py

The functions are those of scipy.optimize.tests.test__shgo, as installed: its tests are run, and each call of shgo is kept
with its result. pytest is not needed; a stand-in lets the module load. Left out: tests that SciPy skips, that call no
shgo, or that pose a problem again with other solvers, derivatives or processes; and a table of which one point is better.
"""

import contextlib
import io
import logging
import sys
import types
import warnings

import numpy
import scipy
from scipy.optimize import NonlinearConstraint, shgo

from reference_json import REFERENCES, write

TESTS = [
    ("TestShgoSobolTestFunctions", ["test_f1_1_sobol", "test_f1_2_sobol", "test_f1_3_sobol", "test_f2_1_sobol",
                                    "test_f2_2_sobol", "test_f3_sobol", "test_f4_sobol", "test_f5_1_sobol"]),
    ("TestShgoSimplicialTestFunctions", ["test_f5_1_lj_symmetry"]),
    ("TestShgoArguments", ["test_args_gh14589", "test_args_gh23517", "test_18_bounds_class", "test_20_constrained_args",
                           "test_21_1_jac_true", "test_21_3_hess_options_rosen", "test_21_arg_tuple_sobol"]),
    ("TestShgoFailures", ["test_5_1_1_infeasible_sobol"]),
    ("TestShgoReturns", ["test_1_nfev_simplicial"]),
    (None, ["test_vector_constraint", "test_trust_constr", "test_equality_constraints"]),
]


class Problem:
    """One problem in one form: f, g(x) >= 0 and h(x) = 0 of a point, all of floats."""

    def __init__(self, name, function, bounds, arguments, constraints):
        self.name = name
        pairs = zip(bounds.lb, bounds.ub) if hasattr(bounds, "lb") else bounds
        self.bounds = [[None if end is None else float(end) for end in pair] for pair in pairs]
        self._function, self._arguments = function, arguments
        if constraints is None:
            constraints = []
        elif isinstance(constraints, (dict, NonlinearConstraint)):
            constraints = [constraints]
        self._constraints = list(constraints)

    def f(self, x):
        value = self._function(numpy.asarray(x, dtype=float), *self._arguments)
        return float(numpy.squeeze(value[0] if isinstance(value, tuple) else value))

    def constraints(self, x):
        """The values of g and of h."""
        x = numpy.asarray(x, dtype=float)
        g, h = [], []
        for constraint in self._constraints:
            if isinstance(constraint, dict):
                values = numpy.atleast_1d(constraint["fun"](x, *constraint.get("args", ())))
                (g if constraint["type"] == "ineq" else h).extend(float(value) for value in values)
                continue
            values = numpy.atleast_1d(constraint.fun(x))
            lower, upper = (numpy.broadcast_to(end, values.shape) for end in (constraint.lb, constraint.ub))
            for value, low, high in zip(values, lower, upper):
                if low == high:
                    h.append(float(value - low))
                    continue
                if numpy.isfinite(low):
                    g.append(float(value - low))
                if numpy.isfinite(high):
                    g.append(float(high - value))
        return g, h

    def samples(self):
        """The functions at four points of the box, -5 to 5 where it is open."""
        random = numpy.random.default_rng(6)
        found = []
        for _ in range(4):
            x = [round(float(random.uniform(-5 if low is None else low, 5 if high is None else high)), 6)
                 for low, high in self.bounds]
            g, h = self.constraints(x)
            found.append({"x": x, "f": self.f(x), "g": g, "h": h})
        return found


def module():
    """scipy.optimize.tests.test__shgo."""
    class Mark:
        def __getattr__(self, name):
            def mark(*arguments, **named):
                # Bare, a mark is given the test itself.
                return arguments[0] if arguments and callable(arguments[0]) else lambda function: function
            return mark

    stand_in = types.ModuleType("pytest")
    stand_in.mark, stand_in.raises, stand_in.warns = Mark(), None, None
    stand_in.fixture, stand_in.param = Mark().fixture, lambda *values, **named: values
    kept = sys.modules.get("pytest")
    sys.modules["pytest"] = stand_in
    try:
        import scipy.optimize.tests.test__shgo as tests
    finally:
        del sys.modules["pytest"]
        if kept:
            sys.modules["pytest"] = kept
    return tests


def expected(function):
    """What a test's own record of a problem expects: x, f, and the local minima's values."""
    record = getattr(function, "__self__", None)
    if record is None or not hasattr(record, "expected_x"):
        return None

    def numbers(value):
        return None if value is None else [float(number) for number in numpy.ravel(value)]
    fun = numbers(record.expected_fun)
    return {"x": numbers(record.expected_x), "fun": fun[0] if fun else None, "funl": numbers(record.expected_funl)}


def problems():
    """(problem, what its test expects, shgo's result, samples), each problem once, named after the test that poses it first."""
    tests = module()
    calls = []

    def recorder(func, bounds, args=(), constraints=None, **named):
        result = shgo(func, bounds, args=args, constraints=constraints, **named)
        calls.append((Problem(name, func, bounds, args, constraints), expected(func), result))
        return result

    tests.shgo = recorder
    with contextlib.redirect_stdout(io.StringIO()):  # they print
        for group, names in TESTS:
            for name in names:
                getattr(getattr(tests, group)() if group else tests, name)()
        name = "test_s"  # posed by tests only with thousands of points, or in processes
        tests.run_test(tests.test_s)
    tests.shgo = shgo
    found = {}
    for call in calls:
        problem = call[0]
        with contextlib.redirect_stdout(io.StringIO()):
            samples = problem.samples()
        values = [[round(v, 9) for v in [sample["f"], *sample["g"], *sample["h"]]] for sample in samples]
        key = repr((problem.bounds, values))
        if key not in found:
            count = sum(other[0].name.split("#")[0] == problem.name for other in found.values())
            problem.name += f"#{count + 1}" if count else ""
            found[key] = (*call, samples)
    return list(found.values())


def rounded(value):
    """Six digits, five decimals at most: what local searches leave over differs from machine to machine."""
    return round(float(f"{float(numpy.squeeze(value)):.6g}"), 5) + 0.0


def main():
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    rows = []
    for problem, expectation, result, samples in problems():
        row = {"name": problem.name, "bounds": problem.bounds, "samples": samples}
        if expectation:
            row["expected"] = expectation
        found = result.success and result.x is not None
        row["shgo"] = {"success": bool(result.success), "fun": rounded(result.fun) if found else None}
        rows.append(row)
    write(REFERENCES / "scipy-shgo.json", {
        "source": "SciPy: scipy.optimize.shgo on the problems of scipy.optimize.tests.test__shgo",
        "version": f"scipy {scipy.__version__}, numpy {numpy.__version__}",
        "command": "python3 Tests/ReferenceTests/generators/scipy_shgo.py",
        "tolerance": 1e-5,
        "about": "g(x) >= 0, h(x) = 0; null ends: none. The tolerance is SciPy's own, absolute, of minima; functions agree "
                 "to 1e-12. expected: what the test asserts. shgo: what SciPy's shgo found there, to six digits, "
                 "five decimals at most.",
        "problems": rows,
    })


if __name__ == "__main__":
    main()
