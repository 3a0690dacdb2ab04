"""What the tests share."""

import os
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
# The problems of SciPy's tests, and functions of its global benchmarks.
sys.path[:0] = [str(CHECKOUT / "Benchmarks"), str(CHECKOUT / "Tests" / "ReferenceTests" / "generators")]

VARIABLES = ("width1", "depth1", "skip1", "width2", "depth2", "skip2", "width3", "depth3", "skip3")
POINT = dict(zip(VARIABLES, (8, 7, 12, 16, 7, 24, 32, 7, 48)))


@pytest.fixture
def samples() -> Path:
    """75 training runs of 33 networks."""
    return CHECKOUT / "datasets" / "fashion-mnist-dense3" / "samples.csv"


@pytest.fixture
def environment():
    """The environment of a child that uses the same package and library."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
