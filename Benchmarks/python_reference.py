#!/usr/bin/env python3
"""The Python package, timed: its batches of points, and `flashnas.minimize` beside SciPy's `shgo`.

    python3 python_reference.py

Prints versions. Then for each line

- `value X…`: the objective of a point of problems/default.yaml;
- `evaluate COUNT`: the seconds of one call that evaluates so many random points of it, from an array of 64-bit integers
into
  new arrays, the models being loaded;
- `minimize PROBLEM METHOD OPTIMUM`: the seconds of processor time, the calls of f, and f of what METHOD finds, `-`
where it
  finds nothing feasible, or nothing in LIMIT seconds.

METHOD is `flashnas` or `shgo`, each as it is set up by default; `flashnas-until` has the known optimum as its target;
`shgo-until` is called with 64, 128, … Sobol points until it finds that. Problems are those of search_reference.py.
"""

import contextlib
import io
import logging
import math
import signal
import sys
import time
import warnings

import flashnas
import numpy
import scipy
from scipy.optimize import shgo

import search_reference
from search_reference import LIMIT, Timeout

RANGES = [(4, 12), (4, 10), (0, 24), (8, 24), (4, 10), (0, 48), (16, 48), (4, 10), (0, 96)]


class Counted:
    """A problem's functions as both minimisers take them."""

    def __init__(self, problem):
        self.calls = 0
        self._problem = problem
        self.bounds = [(float(low), float(high)) for low, high in problem.bounds]
        self.constraints = [
            {"type": kind, "fun": self._vector(functions, sign)}
            for kind, functions, sign in [("ineq", problem.c, -1), ("eq", problem.h, 1)]
            if functions
        ]

    def f(self, x):
        self.calls += 1
        try:
            return self._problem.f(x.tolist())
        except (OverflowError, ZeroDivisionError, ValueError):
            return math.inf

    def _vector(self, functions, sign):
        return lambda x: numpy.array([sign * value for value in functions(x.tolist())])


def near(optimum):
    """How far off the known optimum is found."""
    return max(1e-5, 1e-6 * abs(optimum))


def run(problem, counted, method, optimum):
    """The point that a method finds."""
    f, bounds, constraints = counted.f, counted.bounds, counted.constraints
    if method == "flashnas":
        return flashnas.minimize(f, bounds, constraints).x
    if method == "flashnas-until":
        return flashnas.minimize(f, bounds, constraints, target=optimum + near(optimum) / 2).x
    if method == "shgo":
        return shgo(f, bounds, constraints=constraints or None).x
    points = 64
    while True:
        x = shgo(f, bounds, constraints=constraints or None, n=points, sampling_method="sobol").x
        if x is not None and problem.violation(x.tolist()) <= 1e-6 and problem.f(x.tolist()) <= optimum + near(optimum):
            return x
        points *= 2


def minimize(problem, method, optimum):
    counted = Counted(problem)

    def stop(*_):
        raise Timeout

    signal.signal(signal.SIGPROF, stop)
    start = time.thread_time()
    signal.setitimer(signal.ITIMER_PROF, LIMIT)
    try:
        x = run(problem, counted, method, optimum)
    except Timeout:
        x = None
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    seconds = time.thread_time() - start
    if x is None or problem.violation(x.tolist()) > 1e-6:
        return f"{seconds!r} {counted.calls} -"
    return f"{seconds!r} {counted.calls} {float(problem.f(x.tolist()))!r}"


def evaluate(evaluator, points):
    start = time.perf_counter()
    found = evaluator(points)
    seconds = time.perf_counter() - start
    assert numpy.isfinite(found.objective[-1])
    return repr(seconds)


def main():
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    with contextlib.redirect_stdout(io.StringIO()):  # one of SciPy's functions prints
        problems = {**search_reference.scipy_tests(), **search_reference.GLOBAL}
        for method in ("flashnas", "shgo"):
            minimize(problems["Booth"], method, 0)  # the first call imports and warms up
    evaluator = flashnas.Evaluator()
    random, points = numpy.random.default_rng(9), {}
    print(
        f"Python {sys.version.split()[0]}, flashnas {flashnas.library_version()}, numpy {numpy.__version__}, "
        f"scipy {scipy.__version__}",
        flush=True,
    )
    for line in sys.stdin:
        words = line.split()
        if words[0] == "value":
            text = repr(float(evaluator([int(word) for word in words[1:]]).objective[0]))
        elif words[0] == "evaluate":
            count = int(words[1])
            if count not in points:
                points[count] = numpy.stack([random.integers(low, high + 1, count) for low, high in RANGES], axis=1)
            text = evaluate(evaluator, points[count])
        else:
            with contextlib.redirect_stdout(io.StringIO()):
                text = minimize(problems[words[1]], words[2], float(words[3]))
        print(text, flush=True)


if __name__ == "__main__":
    main()
