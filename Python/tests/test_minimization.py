"""Minimisation: what it finds, what it refuses, what goes through it."""

import math
import threading

import flashnas
import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, NonlinearConstraint


def sphere(x):
    return float(x @ x)


def test_it_reads_like_scipys():
    result = flashnas.minimize(sphere, [(-5, 5), (-5, 5)], {"type": "ineq", "fun": lambda x: x[0] + x[1] - 1})
    assert result.success and result.message
    assert result.x == pytest.approx([0.5, 0.5], abs=1e-6) and result.fun == pytest.approx(0.5, abs=1e-6)
    assert result["x"] is result.x and result.nfev > 0 and result.nit > 0
    assert result.xl.shape[1] == 2 and result.funl[0] == result.fun and (np.diff(result.funl) >= 0).all()
    assert "success: True" in repr(result) and "x" in dir(result)
    with pytest.raises(AttributeError):
        result.nothing


def test_f_gets_a_vector_of_floats_of_its_own():
    seen = []

    def f(x):
        assert isinstance(x, np.ndarray) and x.dtype == np.float64 and x.shape == (2,)
        seen.append(x)
        x += 100  # is nobody else's
        return sphere(x - 100)

    result = flashnas.minimize(f, [(-5, 5), (-5, 5)])
    assert result.x == pytest.approx([0, 0], abs=1e-6) and len({id(x) for x in seen}) == len(seen)


def test_x_lies_within_the_bounds_exactly_and_open_ends_are_none_or_infinite():
    low, high = 0.1, 0.7
    result = flashnas.minimize(lambda x: x[0] - x[1], [(low, high), (low, high)])
    assert list(result.x) == [low, high]
    for open_ends in [[(None, None)], [(-np.inf, np.inf)], Bounds([-np.inf], [np.inf])]:
        assert flashnas.minimize(lambda x: (x[0] - 3) ** 2, open_ends).x == pytest.approx([3], abs=1e-6)
    assert flashnas.minimize(sphere, [(2, 2), (1, 5)]).x == pytest.approx([2, 1])


def test_vector_constraints_arguments_and_equalities():
    constraints = [
        {"type": "ineq", "fun": lambda x, a: np.array([x[0] - a, x[1] - a]), "args": (1,)},
        {"type": "eq", "fun": lambda x: x[0] + x[1] - 3},
    ]
    result = flashnas.minimize(lambda x: x[0] ** 2 + 2 * x[1] ** 2, [(0, 10), (0, 10)], constraints)
    assert result.success and result.x == pytest.approx([2, 1], abs=1e-6)
    assert abs(result.x.sum() - 3) <= 1e-8 and (result.x >= 1 - 1e-8).all()


def test_scipys_constraint_objects():
    f = lambda x: (x[0] - 2) ** 2 + (x[1] - 2) ** 2  # noqa: E731
    linear = LinearConstraint([[1, 1], [1, -1]], [-np.inf, 0], [2, 0])
    assert flashnas.minimize(f, [(-5, 5)] * 2, linear).x == pytest.approx([1, 1], abs=1e-6)
    ring = NonlinearConstraint(lambda x: x[0] ** 2 + x[1] ** 2, 0.5, 1)
    assert flashnas.minimize(f, [(-5, 5)] * 2, [ring]).x == pytest.approx([math.sqrt(0.5)] * 2, abs=1e-6)


def test_the_constraint_tolerance_is_absolute_in_the_users_units():
    for tolerance in (1e-2, 1e-8):
        result = flashnas.minimize(
            lambda x: x[0],
            [(0, 2000)],
            {"type": "ineq", "fun": lambda x: 1000 * x[0] - 5000},
            constraint_tolerance=tolerance,
        )
        assert result.success and 1000 * result.x[0] - 5000 >= -tolerance


@pytest.mark.parametrize("method", ["shgo", "hierarchical"])
def test_integers(method):
    values = set()

    def f(x):
        values.update(x.tolist())
        return (x[0] - 2.4) ** 2 + (x[1] + 1.7) ** 2

    result = flashnas.minimize(f, [(-5, 5), (-5.5, 5)], {"type": "ineq", "fun": lambda x: x[0] - 2.5}, [1, 1], method)
    assert result.success and list(result.x) == [3, -2] and result.x.dtype == np.float64
    assert all(value.is_integer() for value in values)


def test_a_mixed_problem_and_one_mask_for_all():
    result = flashnas.minimize(lambda x: (x[0] - 2.4) ** 2 + (x[1] - 2.4) ** 2, [(0, 5)] * 2, integrality=[True, False])
    assert result.x == pytest.approx([2, 2.4], abs=1e-6) and result.x[0] == 2
    assert list(flashnas.minimize(sphere, [(1.5, 5)] * 2, integrality=1).x) == [2, 2]


@pytest.mark.parametrize("bad", [math.inf, -math.inf, math.nan])
def test_values_that_are_not_finite_are_violations(bad):
    result = flashnas.minimize(lambda x: bad if x[0] < 1 else x[0], [(-5, 5)])
    assert result.success and result.x[0] == pytest.approx(1, abs=1e-5) and result.x[0] >= 1
    result = flashnas.minimize(lambda x: x[0], [(-5, 5)], {"type": "ineq", "fun": lambda x: bad if x[0] < 1 else 1.0})
    assert result.x[0] >= 1
    nowhere = flashnas.minimize(lambda x: bad, [(-5, 5)])
    assert not nowhere.success


def test_without_a_feasible_point_x_is_the_least_violating_one():
    result = flashnas.minimize(sphere, [(-5, 5)] * 2, {"type": "ineq", "fun": lambda x: x[0] - 6})
    assert not result.success and result.x[0] == pytest.approx(5, abs=1e-6)
    assert result.xl.shape == (0, 2) and result.funl.size == 0 and "feasible" in result.message


def test_an_objective_that_falls_for_ever_is_no_success():
    result = flashnas.minimize(lambda x: x[0], [(None, 5)])
    assert not result.success and "for ever" in result.message


def test_budget_target_iterations_and_time_end_a_search():
    calls = []

    def f(x):
        calls.append(1)
        return sphere(x)

    result = flashnas.minimize(f, [(-5, 5)] * 2, max_evaluations=50)
    assert result.success and result.nfev <= 50 and len(calls) == 50 and "allowed" in result.message
    assert "target" in flashnas.minimize(f, [(-5, 5)] * 2, target=1).message.lower()
    assert flashnas.minimize(f, [(-5, 5)] * 2, iterations=1).nit == 1
    slow = flashnas.minimize(lambda x: math.sin(x[0]) + sum(0 for _ in range(20_000)), [(-500, 500)] * 6, max_time=0.2)
    assert "time" in slow.message.lower()


def test_the_same_seed_gives_the_same_result():
    run = lambda seed: flashnas.minimize(  # noqa: E731
        lambda x: math.sin(3 * x[0]) * math.cos(2 * x[1]) + 0.1 * sphere(x), [(-5, 5)] * 2, seed=seed
    )
    first, second = run(7), run(7)
    assert first.nfev == second.nfev and (first.xl == second.xl).all() and (first.funl == second.funl).all()


def test_values_may_be_numbers_of_numpy_or_arrays_of_one():
    for wrap in (np.float64, np.float32, np.array, lambda v: np.array([v]), int):
        result = flashnas.minimize(lambda x: wrap((x[0] - 1) ** 2), [(-3, 3)])
        assert result.success


@pytest.mark.parametrize("method", ["shgo", "hierarchical"])
@pytest.mark.parametrize("where", ["f", "ineq", "eq"])
def test_exceptions_of_callbacks_go_on_as_they_are(method, where):
    class Mine(Exception):
        pass

    raised, calls = Mine("own"), []

    def fail(x):
        calls.append(1)
        # The first call of a constraint tells how many values it has.
        if len(calls) > 5:
            raise raised
        return 0.0

    constraints = () if where == "f" else {"type": where, "fun": fail}
    with pytest.raises(Mine) as caught:
        flashnas.minimize(
            fail if where == "f" else sphere, [(-5, 5)] * 2, constraints, [1, 1] if method != "shgo" else None, method
        )
    assert caught.value is raised and len(calls) == 6
    assert any(entry.name == "fail" for entry in caught.traceback)
    # The next search knows nothing of it.
    assert flashnas.minimize(sphere, [(-5, 5)]).success


def test_even_exits_and_interrupts_raised_by_f_go_on():
    for kind in (SystemExit, KeyboardInterrupt, GeneratorExit, MemoryError):

        def f(x):
            raise kind

        with pytest.raises(kind):
            flashnas.minimize(f, [(-5, 5)])


def test_searches_nest_and_run_in_threads():
    def outer(x):
        return flashnas.minimize(lambda y: (y[0] - x[0]) ** 2 + x[0] ** 2, [(-2, 2)], iterations=1).fun

    assert flashnas.minimize(outer, [(-2, 2)], max_evaluations=60).x == pytest.approx([0], abs=1e-3)
    found = [None] * 4

    def run(index):
        found[index] = flashnas.minimize(lambda x: (x[0] - index) ** 2, [(-9, 9)]).x[0]

    threads = [threading.Thread(target=run, args=(index,)) for index in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == pytest.approx([0, 1, 2, 3], abs=1e-6)


ONE = [(-5, 5)]


@pytest.mark.parametrize(
    "call, kind, words",
    [
        (lambda: flashnas.minimize(3, ONE), TypeError, "f: found int"),
        (lambda: flashnas.minimize(sphere, []), ValueError, "variables"),
        (lambda: flashnas.minimize(sphere, [(5, -5)]), ValueError, "bounds[0]"),
        (lambda: flashnas.minimize(sphere, [(math.nan, 5)]), ValueError, "bounds[0]"),
        (lambda: flashnas.minimize(sphere, [(1, 2, 3)]), ValueError, "bounds[0]"),
        (lambda: flashnas.minimize(sphere, [3]), ValueError, "bounds[0]"),
        (lambda: flashnas.minimize(sphere, [(0, 1)] * 10_001), ValueError, "10001 variables"),
        (lambda: flashnas.minimize(sphere, ONE, integrality=[1, 0]), ValueError, "integrality"),
        (lambda: flashnas.minimize(sphere, ONE, integrality=2), ValueError, "integrality"),
        (lambda: flashnas.minimize(sphere, [(None, 5)], integrality=1), ValueError, "bounds[0]"),
        (lambda: flashnas.minimize(sphere, [(0.2, 0.8)], integrality=1), ValueError, "bounds[0]"),
        (lambda: flashnas.minimize(sphere, ONE, method="newton"), ValueError, "method"),
        (lambda: flashnas.minimize(sphere, ONE, method=None), TypeError, "method"),
        (lambda: flashnas.minimize(sphere, ONE, method="hierarchical"), ValueError, "hierarchical"),
        (lambda: flashnas.minimize(sphere, ONE, {"type": "le", "fun": sphere}), ValueError, "constraints[0]: type"),
        (lambda: flashnas.minimize(sphere, ONE, {"type": "eq"}), TypeError, "constraints[0]: fun"),
        (lambda: flashnas.minimize(sphere, ONE, [3]), TypeError, "constraints[0]"),
        (lambda: flashnas.minimize(sphere, ONE, {"type": "eq", "fun": lambda x: "a"}), TypeError, "real numbers"),
        (
            lambda: flashnas.minimize(sphere, ONE, {"type": "eq", "fun": lambda x: [0] * (1 + (x[0] > 1))}),
            ValueError,
            "constraints[0]: found 2 values, expected 1",
        ),
        (lambda: flashnas.minimize(lambda x: None, ONE), TypeError, "None"),
        (lambda: flashnas.minimize(lambda x: 1j, ONE), TypeError, "complex"),
        (lambda: flashnas.minimize(lambda x: np.zeros(2), ONE), ValueError, "size 1"),
        (lambda: flashnas.minimize(sphere, ONE, max_evaluations=0), ValueError, "max_evaluations"),
        (lambda: flashnas.minimize(sphere, ONE, max_time=-1), ValueError, "max_time"),
        (lambda: flashnas.minimize(sphere, ONE, tolerance=0), ValueError, "tolerance"),
        (lambda: flashnas.minimize(sphere, ONE, constraint_tolerance=math.nan), ValueError, "constraint_tolerance"),
        (lambda: flashnas.minimize(sphere, ONE, target=math.inf), ValueError, "target"),
        (lambda: flashnas.minimize(sphere, ONE, iterations=65), ValueError, "iterations"),
        (lambda: flashnas.minimize(sphere, ONE, iterations=1.5), ValueError, "iterations"),
        (lambda: flashnas.minimize(sphere, ONE, seed=-1), ValueError, "seed"),
        (lambda: flashnas.minimize(sphere, ONE, seed=2**53 + 1), ValueError, "seed"),
        (lambda: flashnas.minimize(sphere, ONE, seed=10**400), ValueError, "seed"),
    ],
)
def test_wrong_arguments_are_refused(call, kind, words):
    with pytest.raises(kind) as caught:
        call()
    assert words in str(caught.value)
