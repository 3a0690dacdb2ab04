"""The minima of SciPy's own tests of shgo, and of ten of its global benchmark functions."""

import contextlib
import io
import math
import warnings

import flashnas
import numpy as np
import pytest
import scipy_shgo
import search_reference

#: SciPy's own tolerance of minima, here of the larger ones in parts.
TOLERANCE = 1e-5

#: A problem where the settings of SciPy's test stop at a local minimum: the least value, which is feasible.
BELOW = {"test_equality_constraints": 0.288361624}

#: What is published of the functions, as SciPy's benchmarks have it.
GLOBAL = {
    "Adjiman": -2.02180678,
    "Bird": -106.7645367198034,
    "Branin01": 0.39788735772973816,
    "EggHolder": -959.640662711,
    "GoldsteinPrice": 3,
    "Hartmann6": -3.32236801141551,
    "HolderTable": -19.20850256788675,
    "Michalewicz": -1.8013034100985537,
    "Shekel10": -10.5364098166921,
    "SixHumpCamel": -1.031628453489877,
}


@pytest.fixture(scope="module")
def problems():
    """(problem, what its test expects, SciPy's result) by name."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return {problem.name: (problem, expected, result) for problem, expected, result, _ in scipy_shgo.problems()}


def minimum(problem):
    """What flashnas finds; SciPy's functions print."""
    g, h = problem.constraints(np.zeros(len(problem.bounds)))
    constraints = [
        {"type": kind, "fun": lambda x, place=place: np.array(problem.constraints(x)[place])}
        for kind, place, values in (("ineq", 0, g), ("eq", 1, h))
        if values
    ]
    with contextlib.redirect_stdout(io.StringIO()), np.errstate(all="ignore"):
        return flashnas.minimize(problem.f, problem.bounds, constraints, max_evaluations=100_000)


def near(a, b):
    return abs(a - b) <= TOLERANCE * max(1, abs(b))


def test_scipys_own_problems_have_the_same_minima(problems):
    assert len(problems) >= 24
    for name, (problem, expected, scipys) in problems.items():
        found = minimum(problem)
        if not scipys.success:
            assert not found.success, name
            continue
        assert found.success, name
        best = BELOW.get(name, float(np.squeeze(scipys.fun)))
        assert near(found.fun, best), (name, found.fun, best)
        if expected and expected["fun"] is not None:
            assert near(found.fun, expected["fun"]), (name, found.fun, expected["fun"])
        # Feasible by the functions themselves.
        g, h = problem.constraints(found.x)
        assert all(value >= -1e-8 for value in g) and all(abs(value) <= 1e-8 for value in h), name
        assert all(
            (low is None or low <= x) and (high is None or x <= high) for x, (low, high) in zip(found.x, problem.bounds)
        )
        assert found.fun == problem.f(found.x), name


@pytest.mark.parametrize("name", GLOBAL)
def test_global_functions_have_the_published_minima_and_none_of_scipys_is_below(name):
    problem = search_reference.GLOBAL[name]
    found = flashnas.minimize(lambda x: problem.f(x.tolist()), problem.bounds, max_evaluations=100_000)
    assert found.success and near(found.fun, GLOBAL[name])
    assert found.fun == problem.f(found.x.tolist())
    scipys = search_reference.shgo(lambda x: problem.f(x.tolist()), problem.bounds)
    assert not math.isfinite(scipys.fun) or found.fun <= scipys.fun + TOLERANCE * max(1, abs(scipys.fun))
