"""Questions: the surface of the command line, its answers and its errors."""

import csv
import json
import threading

import flashnas
import numpy as np
import pandas as pd
import pytest
from conftest import POINT, VARIABLES


def test_a_search_without_options_solves_the_shipped_problem():
    found = flashnas.search()
    assert found["schema"] == "flashnas.search/1"
    assert found["certificate"]["status"] == "optimal"
    assert found.feasible and found.code == 0 and found.notices == []
    assert all(constraint["slack"] >= 0 for constraint in found["constraints"])
    frame = found.frame()
    assert len(frame) == 1
    assert tuple(frame.columns[:9]) == VARIABLES
    assert frame["accuracy"][0] == found["best"]["accuracy"]


def test_numbers_are_si_and_mean_what_texts_with_units_mean():
    texts = flashnas.search(
        max_latency="60us", max_energy="25uJ", max_area="1.4mm2", min_accuracy="90.5%", seed=3, timing=None
    )
    numbers = flashnas.search(
        max_latency=60e-6, max_energy=np.float64(25e-6), max_area=1.4, min_accuracy=0.905, seed=np.int64(3)
    )
    assert texts["constraints"] == numbers["constraints"]
    assert texts["best"] == numbers["best"]


def test_counts_switches_and_variables_are_options():
    found = flashnas.search(
        unbounded=True,
        minimize="energy",
        max_macs=5_000_000,
        fix={"width1": 8},
        range={"depth2": (5, 7)},
        certify=False,
    )
    point = found["best"]["point"]
    assert point["width1"] == 8 and 5 <= point["depth2"] <= 7
    assert found["best"]["macs"] <= 5_000_000
    assert {variable["name"]: (variable["lower"], variable["upper"]) for variable in found["space"]["variables"]}[
        "depth2"
    ] == (5, 7)


def test_no_feasible_point_is_a_result():
    found = flashnas.search(min_accuracy=0.99)
    assert not found.feasible and found.code == 2
    assert found["best"] is None and found["closest"]["accuracy"] < 0.99
    assert found["certificate"]["status"] == "infeasible"
    assert found.frame()["accuracy"][0] == found["closest"]["accuracy"]


def test_a_front_is_a_frame():
    found = flashnas.pareto(unbounded=True, quantities=("accuracy", "energy"), points=5)
    frame = found.frame()
    assert found["quantities"] == ["accuracy", "energy_j"]
    assert len(frame) == len(found["front"]) >= 3
    assert frame["accuracy"].is_monotonic_decreasing and frame["energy_j"].is_monotonic_decreasing


def test_points_are_mappings_lists_frames_columns_and_files(tmp_path):
    one = flashnas.predict(space="dense3-fashion", point=POINT)
    path = tmp_path / "points.csv"
    frame = pd.DataFrame([POINT])
    frame.to_csv(path, index=False)
    structured = np.array([tuple(POINT.values())], dtype=[(name, "i8") for name in POINT])
    for points in [[POINT], frame, {name: [value] for name, value in POINT.items()}, path, str(path), structured]:
        assert flashnas.predict(space="dense3-fashion", points=points)["points"] == one["points"]
    assert one.frame()["nn_degree"][0] == 112


def test_sample_simulate_fit_and_search_go_hand_in_hand():
    plan = flashnas.sample("dense3-fashion", 25, design="sobol", seed=1).frame()
    assert plan.shape == (25, 9)
    costs = flashnas.simulate(space="dense3-fashion", points=plan).frame()
    assert (costs["cycles"] > 0).all()
    hardware = flashnas.fit_hardware(costs.drop(columns="cycles"), space="dense3-fashion")
    assert hardware["quantities"]["latency_s"]["samples"] == 25
    assert set(hardware.frame()["quantity"]) == {"latency_s", "energy_j", "area_mm2"}
    found = flashnas.search(hardware=hardware, max_area=1.4, min_accuracy=0.9)
    assert found.feasible and found["costs"] == "fitted"


def test_a_model_fitted_from_a_frame_is_that_of_the_file(samples, tmp_path):
    from_file = flashnas.fit_accuracy(samples)
    with open(samples, newline="") as file:
        # As they are written: a number's last digit may move else.
        from_frame = flashnas.fit_accuracy(pd.DataFrame(csv.DictReader(file)))
    assert from_frame == from_file
    assert from_frame["samples"] == 33 and from_frame["leave_one_out"]["rmse"] < 0.01
    assert list(from_frame.frame()["name"]) == ["a", "b", "c"]
    document = tmp_path / "model.json"
    document.write_text(json.dumps(from_file))
    assert (
        flashnas.search(accuracy=from_frame)["best"]
        == flashnas.search(accuracy=document)["best"]
        == flashnas.search()["best"]
    )


def test_metrics_of_points_and_of_descriptions():
    network = {
        "schema": "flashnas.network/1",
        "name": "mine",
        "input": {"channels": 1, "height": 28, "width": 28, "classes": 10},
        "cells": [{"type": "dense", "width": 8, "depth": 7, "skip": 12}],
    }
    one = flashnas.metrics(network)
    assert one["networks"][0]["name"] == "mine"
    both = flashnas.metrics([network, network])
    assert len(both.frame()) == 2
    assert flashnas.metrics(space="dense3-fashion", point=POINT)["networks"][0]["nn_degree"] == 112


def test_where_some_of_several_files_are_wrong_the_others_are_answered_with_a_warning(tmp_path):
    folder = tmp_path / "networks"
    folder.mkdir()
    (folder / "a.json").write_text("{")
    (folder / "b.json").write_text(
        json.dumps(
            {
                "schema": "flashnas.network/1",
                "input": {"channels": 1, "height": 28, "width": 28, "classes": 10},
                "cells": [{"type": "dense", "width": 8, "depth": 7, "skip": 12}],
            }
        )
    )
    with pytest.warns(flashnas.FlashnasWarning, match=r"a\.json"):
        found = flashnas.metrics(folder)
    assert found.code == 65 and len(found["networks"]) == 1


def test_any_command_is_asked_by_its_name():
    best = flashnas.search()
    assert flashnas.query("explain", best)["schema"] == "flashnas.explain/1"
    assert {"dense3-fashion", "resnet-cifar"} <= set(flashnas.query("list", "spaces").frame()["name"])
    checked = flashnas.query("check", space="dense3-fashion", point=POINT, max={"macs": 1000})
    assert not checked.feasible


@pytest.mark.parametrize(
    "call, kind, words",
    [
        (lambda: flashnas.search(max_lateny=1), flashnas.UsageError, "--max-latency"),
        (lambda: flashnas.search(space="dense3-fashio"), flashnas.UsageError, "did you mean 'dense3-fashion'"),
        (lambda: flashnas.search(max_latency="1"), flashnas.UsageError, "s ms us ns"),
        (lambda: flashnas.search(min_accuracy=float("nan")), flashnas.UsageError, "found 'nan'"),
        (lambda: flashnas.search(max_area=-1), flashnas.UsageError, "--max-area"),
        (lambda: flashnas.search(seed=-1), flashnas.UsageError, "--seed"),
        (
            lambda: flashnas.search(hardware=object()),
            flashnas.UsageError,
            "hardware: not an option's value, found object",
        ),
        (lambda: flashnas.search("missing.yaml"), flashnas.DataError, "missing.yaml: no such file"),
        (lambda: flashnas.search({"schema": "flashnas.problem/1"}), flashnas.DataError, "problem.json"),
        (lambda: flashnas.search({"schema": {1, 2}}), flashnas.UsageError, "problem: not a document"),
        (lambda: flashnas.search(True), flashnas.UsageError, "problem: not a file"),
        (lambda: flashnas.search(trace="/missing/folder/trace.csv"), flashnas.FlashnasError, "/missing/folder"),
        (lambda: flashnas.fit_accuracy([{"nn_degree": 1, "accuracy": "x"}]), flashnas.DataError, "data.csv: line 2"),
        (
            lambda: flashnas.fit_accuracy(pd.DataFrame({"nn_degree": [1.0], "accuracy": [0.5]})),
            flashnas.DataError,
            "data",
        ),
        (lambda: flashnas.predict(space="dense3-fashion", points=np.zeros((2, 9))), flashnas.UsageError, "no names"),
        (lambda: flashnas.predict(points={"a": [1], "b": [1, 2]}), flashnas.UsageError, "different lengths"),
        (lambda: flashnas.predict(space="dense3-fashion", point={"width1": 8}), flashnas.UsageError, "depth1"),
        (lambda: flashnas.query("nothing"), flashnas.UsageError, "command"),
        (lambda: flashnas.query("serve"), flashnas.UsageError, "command"),
        (lambda: flashnas.query("Search"), flashnas.DataError, "command"),
    ],
)
def test_wrong_questions_say_what_is_wrong(call, kind, words):
    with pytest.raises(kind) as caught:
        call()
    assert words in caught.value.message
    assert "\n" not in caught.value.message and "flashnas-" not in caught.value.message
    assert caught.value.code == kind.code


def test_errors_are_value_errors_where_values_are_wrong():
    with pytest.raises(ValueError, match="--costs"):
        flashnas.search(costs="free")
    assert issubclass(flashnas.DataError, ValueError) and issubclass(flashnas.UsageError, flashnas.FlashnasError)


def test_answers_are_the_same_from_several_threads():
    bounds = [0.89, 0.9, 0.905, 0.906] * 2
    expected = [flashnas.search(min_accuracy=bound)["best"] for bound in bounds]
    found = [None] * len(bounds)

    def ask(index):
        found[index] = flashnas.search(min_accuracy=bounds[index])["best"]

    threads = [threading.Thread(target=ask, args=(index,)) for index in range(len(bounds))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == expected


def test_rows_of_a_key_that_has_none_are_an_error():
    found = flashnas.search()
    assert len(found.rows("constraints")) == 2
    with pytest.raises(KeyError):
        found.rows("objective")
