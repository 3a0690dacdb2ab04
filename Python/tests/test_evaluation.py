"""Batches of points on arrays."""

import threading

import flashnas
import numpy as np
import pandas as pd
import pytest
from conftest import POINT, VARIABLES

RANGES = [(4, 12), (4, 10), (0, 24), (8, 24), (4, 10), (0, 48), (16, 48), (4, 10), (0, 96)]


def points(count, seed=0):
    random = np.random.default_rng(seed)
    return np.stack([random.integers(low, high + 1, count) for low, high in RANGES], axis=1)


def same(a, b):
    """Equal within 1e-12 of itself."""
    return np.allclose(a, b, rtol=1e-12, atol=0)


@pytest.mark.parametrize("options", [{}, {"costs": "fitted"}, {"hardware": "imc-reram-isaac32"}, {"confidence": "90%"}])
def test_values_are_those_of_predict_and_of_search(options):
    rows = points(40)
    evaluator = flashnas.Evaluator("dense3-fashion", unbounded=True, **options)
    found = evaluator(rows)
    expected = flashnas.predict(
        space="dense3-fashion", points=pd.DataFrame(rows, columns=evaluator.variables), **options
    ).frame()
    for name in ("accuracy", "latency_s", "energy_j", "area_mm2"):
        assert same(getattr(found, name), expected[name])
    assert found.feasible.all()
    best = flashnas.search(**options)
    if best.feasible:
        own = flashnas.Evaluator(**options)([[best["best"]["point"][name] for name in VARIABLES]])
        assert own.feasible.all()
        assert same(own.objective, best["objective"]["value"])
        for name in ("accuracy", "latency_s", "energy_j", "area_mm2"):
            assert same(getattr(own, name), best["best"][name])


def test_no_point_is_better_than_the_proved_best():
    best = flashnas.search()
    found = flashnas.Evaluator()(points(50_000))
    assert found.feasible.any()
    assert found.objective[found.feasible].max() <= best["objective"]["value"]
    one = flashnas.Evaluator()(points(3))
    assert same(one.objective, one.accuracy / (one.latency_s * one.energy_j * one.area_mm2))


def test_violations_are_what_bounds_are_missed_by_in_parts_of_their_limits():
    found = flashnas.evaluate("dense3-fashion", points(500), min_accuracy=0.9, max_area=1.5)
    expected = np.maximum(0, (0.9 - found.accuracy) / 0.9) + np.maximum(0, (found.area_mm2 - 1.5) / 1.5)
    assert np.allclose(found.violation, expected, rtol=0, atol=1e-12)
    assert ((found.violation == 0) == found.feasible).all() and 0 < found.feasible.sum() < 500


def test_every_layout_of_points_has_the_same_values_and_is_left_alone():
    rows = points(100)
    evaluator = flashnas.Evaluator()
    expected = evaluator(rows)
    kept = rows.copy()
    twice = np.repeat(rows, 2, axis=0)
    for given in [
        rows.tolist(),
        np.asfortranarray(rows),
        rows.astype(np.int32),
        rows.astype(np.uint8),
        rows.astype(float),
        twice[::2],
        pd.DataFrame(rows, columns=VARIABLES)[list(VARIABLES[::-1])],
        rows.astype(">i8"),
    ]:
        found = evaluator(given)
        for column, other in zip(found, expected):
            assert (column == other).all()
    assert (rows == kept).all()
    one = evaluator(rows[0])
    assert one.accuracy.shape == (1,) and one.accuracy[0] == expected.accuracy[0]


def test_parts_of_many_points_fit_together():
    rows = points(40_000)
    evaluator = flashnas.Evaluator()
    found = evaluator(rows)
    for start in (0, 16_383, 16_384, 39_999):
        single = evaluator(rows[start])
        for column, other in zip(found, single):
            assert column[start] == other[0]


def test_no_points_are_no_values():
    for nothing in [[], np.empty((0, 9), dtype=np.int64)]:
        assert flashnas.evaluate("dense3-fashion", nothing).accuracy.shape == (0,)


def test_what_no_model_gives_is_nan():
    found = flashnas.evaluate("dense3-cifar", [[16, 8, 10, 32, 8, 20, 64, 8, 40]], minimize="latency")
    assert np.isnan(found.accuracy).all() and (found.latency_s > 0).all()


def test_words_and_hardware_parameters_are_places_in_their_lists():
    evaluator = flashnas.Evaluator("dense3-fashion", hardware="systolic-codesign", unbounded=True)
    assert evaluator.variables[:9] == VARIABLES and len(evaluator.variables) > 9
    point = list(POINT.values()) + [0] * (len(evaluator.variables) - 9)
    assert (evaluator([point]).latency_s > 0).all()
    with pytest.raises(flashnas.UsageError, match=r"points\[0\]: .*places 0 to"):
        evaluator([list(POINT.values()) + [99] * (len(evaluator.variables) - 9)])


def test_of_several_targets_each_value_is_of_the_worst():
    targets = ["systolic-ws-32x32", "systolic-os-32x32"]
    rows = points(20)
    both = flashnas.evaluate("dense3-fashion", rows, hardware=targets, unbounded=True)
    each = [flashnas.evaluate("dense3-fashion", rows, hardware=target, unbounded=True) for target in targets]
    assert same(both.latency_s, np.maximum(each[0].latency_s, each[1].latency_s))
    assert same(both.objective, np.minimum(each[0].objective, each[1].objective))


def test_a_frame_has_the_arrays_as_columns():
    frame = flashnas.evaluate("dense3-fashion", points(4)).frame()
    assert list(frame.columns) == ["accuracy", "latency_s", "energy_j", "area_mm2", "objective", "violation"]
    assert len(frame) == 4


@pytest.mark.parametrize(
    "given, words",
    [
        ([[3, 7, 12, 16, 7, 24, 32, 7, 48]], "points[0]: width1: out of range, found 3, allowed 4 to 12"),
        ([[8, 7, 12]], "allowed points of 9"),
        ([[8.5, 7, 12, 16, 7, 24, 32, 7, 48]], "not integers"),
        ([[float("nan"), 7, 12, 16, 7, 24, 32, 7, 48]], "not integers"),
        ([["a"] * 9], "not integers"),
        (np.full((1, 9), 2**64 - 1, dtype=np.uint64), "not integers"),
        (np.zeros((1, 1, 9), dtype=int), "3 dimensions"),
        ([[True] * 9], "not integers"),
        (pd.DataFrame([POINT]).drop(columns="skip2"), "columns missing, found no skip2"),
    ],
)
def test_wrong_points_are_refused(given, words):
    with pytest.raises(flashnas.UsageError) as caught:
        flashnas.evaluate("dense3-fashion", given)
    assert words in caught.value.message


def test_a_wrong_point_is_told_by_its_row_among_all():
    rows = points(40_000)
    rows[33_333, 0] = 13
    with pytest.raises(
        flashnas.UsageError, match=r"^points\[33333\]: width1: out of range, found 13, allowed 4 to 12$"
    ):
        flashnas.Evaluator()(rows)


@pytest.mark.parametrize(
    "options, words",
    [
        ({"space": "nowhere"}, "nowhere"),
        ({"nothing": 1}, "--nothing"),
        ({"max_latency": "1"}, "s ms us ns"),
        ({"accuracy": {"form": "flash"}}, "accuracy.json"),
        ({"output": "x"}, "output"),
    ],
)
def test_wrong_options_are_refused_when_models_are_loaded(options, words):
    with pytest.raises(flashnas.FlashnasError) as caught:
        flashnas.Evaluator(**options)
    assert words in caught.value.message and "flashnas-" not in caught.value.message


def test_threads_share_an_evaluator_and_run_at_once():
    evaluator = flashnas.Evaluator("dense3-fashion")
    rows = points(20_000)
    expected = evaluator(rows)
    found = [None] * 4

    def run(index):
        found[index] = evaluator(rows)

    threads = [threading.Thread(target=run, args=(index,)) for index in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for result in found:
        for column, other in zip(result, expected):
            assert (column == other).all()


def test_the_interpreter_is_free_while_points_are_evaluated():
    """Another thread counts while one call is in the library: it would stand still under a lock that is held."""
    evaluator = flashnas.Evaluator("resnet-cifar", minimize="latency")
    rows = np.tile(np.array([16, 3, 32, 3, 64, 3]), (16_000, 1))
    is_done, steps = threading.Event(), []

    def run():
        evaluator(rows)
        is_done.set()

    thread = threading.Thread(target=run)
    thread.start()
    while not is_done.wait(0.0005):
        steps.append(1)
    thread.join()
    assert len(steps) > 3
