"""The package itself: versions, types, where the library is found."""

import inspect
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import flashnas
import pytest
from conftest import CHECKOUT


def test_versions_agree():
    assert flashnas.library_version() == flashnas.__version__ == metadata.version("flashnas")
    header = (CHECKOUT / "Sources" / "CFlashNAS" / "flashnas.h").read_text()
    assert f'#define FLASHNAS_VERSION "{flashnas.__version__}"' in header


def test_what_is_public_has_types_and_numpys_docstrings():
    assert (Path(flashnas.__file__).parent / "py.typed").exists()
    for name in flashnas.__all__:
        entry = getattr(flashnas, name)
        assert entry.__doc__, name
        if not inspect.isfunction(entry):
            continue
        hints = inspect.signature(entry)
        assert hints.return_annotation is not inspect.Signature.empty, name
        for parameter in hints.parameters.values():
            assert parameter.annotation is not inspect.Parameter.empty, (name, parameter.name)
            assert parameter.name in entry.__doc__ or parameter.name == "options", (name, parameter.name)


def test_the_signature_of_minimize_is_the_contracts():
    parameters = inspect.signature(flashnas.minimize).parameters
    assert {name: parameter.default for name, parameter in parameters.items()} == {
        "f": inspect.Parameter.empty,
        "bounds": inspect.Parameter.empty,
        "constraints": (),
        "integrality": None,
        "method": "shgo",
        "max_evaluations": None,
        "max_time": None,
        "tolerance": 1e-8,
        "constraint_tolerance": 1e-8,
        "target": None,
        "seed": 0,
        "iterations": None,
    }
    assert parameters["max_evaluations"].kind is inspect.Parameter.KEYWORD_ONLY


def test_every_function_that_is_declared_is_in_the_header_with_as_many_arguments():
    from flashnas import _library

    header = (CHECKOUT / "Sources" / "CFlashNAS" / "flashnas.h").read_text()
    for name, (_, arguments) in _library._FUNCTIONS.items():
        declared = header.split(f"{name}(", 1)[1].split(");", 1)[0]
        assert len(arguments) == (0 if declared == "void" else declared.count(",") + 1), name


@pytest.mark.parametrize("named, words", [("/missing/libflashnas.so", "no such file"), (__file__, "cannot be used")])
def test_a_library_that_cannot_be_used_is_told_in_one_line(named, words, environment):
    child = subprocess.run(
        [sys.executable, "-c", "import flashnas; flashnas.search()"],
        capture_output=True,
        text=True,
        env={**environment, "FLASHNAS_LIBRARY": named},
    )
    last = child.stderr.splitlines()[-1]
    assert child.returncode == 1 and last.startswith("flashnas.errors.LibraryError") and words in last and named in last


def test_pandas_is_needed_for_frames_alone(environment):
    program = """
import sys
sys.modules["pandas"] = None
import flashnas
found = flashnas.search()
assert found.rows()
try:
    found.frame()
except ImportError:
    print("no frame")
"""
    child = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=environment)
    assert (child.stdout, child.stderr) == ("no frame\n", "")
