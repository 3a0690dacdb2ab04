"""The C library: where it is, and what its functions take."""

import ctypes
import functools
import os
import shutil
import subprocess
from ctypes import CFUNCTYPE, POINTER, c_char_p, c_double, c_int, c_int64, c_size_t, c_void_p
from pathlib import Path
from typing import Iterator, Optional

from .errors import LibraryError, error

#: The number in the soname: libraries of the same number have what this package uses.
ABI = 0
NAME = f"libflashnas.so.{ABI}"

# Endings and failures, as in flashnas.h.
DONE, INFEASIBLE, INTERRUPTED, TARGET, ITERATIONS, BUDGET, TIME_LIMIT, UNBOUNDED, PARTIAL = range(1, 10)
CALLBACK = -2

Stop = CFUNCTYPE(c_int, c_void_p)
Objective = CFUNCTYPE(c_int, c_size_t, c_void_p, POINTER(c_double), c_void_p)
Constraints = CFUNCTYPE(c_int, c_size_t, c_void_p, c_size_t, c_void_p, c_void_p)

# name: (result, arguments). Texts that are to be freed come as plain pointers.
_FUNCTIONS = {
    "flashnas_version": (c_char_p, []),
    "flashnas_free": (None, [c_void_p]),
    "flashnas_message": (c_void_p, [c_void_p]),
    "flashnas_query_until": (c_int, [c_char_p, Stop, c_void_p, POINTER(c_void_p)]),
    "flashnas_evaluator_create": (c_void_p, []),
    "flashnas_evaluator_free": (None, [c_void_p]),
    "flashnas_evaluator_set": (c_int, [c_void_p, c_char_p, c_char_p]),
    "flashnas_evaluator_load": (c_int, [c_void_p]),
    "flashnas_evaluator_variables": (c_size_t, [c_void_p]),
    "flashnas_evaluator_variable": (c_void_p, [c_void_p, c_size_t]),
    "flashnas_evaluate_batch": (c_int, [c_void_p, c_void_p, c_size_t, c_size_t] + [c_void_p] * 6),
    "flashnas_problem_create": (c_void_p, [c_size_t]),
    "flashnas_problem_free": (None, [c_void_p]),
    "flashnas_problem_set_bounds": (c_int, [c_void_p, c_void_p, c_void_p]),
    "flashnas_problem_set_integers": (c_int, [c_void_p, c_void_p]),
    "flashnas_problem_set_objective": (c_int, [c_void_p, Objective, c_void_p]),
    "flashnas_problem_set_inequalities": (c_int, [c_void_p, c_size_t, Constraints, c_void_p]),
    "flashnas_problem_set_equalities": (c_int, [c_void_p, c_size_t, Constraints, c_void_p]),
    "flashnas_options_create": (c_void_p, []),
    "flashnas_options_free": (None, [c_void_p]),
    "flashnas_options_set_number": (c_int, [c_void_p, c_char_p, c_double]),
    "flashnas_options_set_word": (c_int, [c_void_p, c_char_p, c_char_p]),
    "flashnas_options_set_stop": (c_int, [c_void_p, Stop, c_void_p]),
    "flashnas_minimize": (c_int, [c_void_p, c_void_p, POINTER(c_void_p)]),
    "flashnas_result_free": (None, [c_void_p]),
    "flashnas_result_count": (c_size_t, [c_void_p]),
    "flashnas_result_point": (c_int, [c_void_p, c_size_t, c_void_p, POINTER(c_double), POINTER(c_double)]),
    "flashnas_result_evaluations": (c_int64, [c_void_p]),
    "flashnas_result_iterations": (c_int64, [c_void_p]),
}


def _candidates() -> Iterator[str]:
    """Where the library may be, the first ones first."""
    here = Path(__file__).resolve()
    # Within the package, where it was built for it or comes with a wheel; in the checkout that the package is part of.
    yield str(here.parent / "prefix" / "lib" / NAME)
    if len(here.parents) > 3 and (here.parents[3] / "Package.swift").is_file():
        yield str(here.parents[3] / ".build" / "release" / "libCFlashNAS.so")
    if shutil.which("pkg-config"):
        said = subprocess.run(["pkg-config", "--variable=libdir", "flashnas"], capture_output=True, text=True)
        if said.returncode == 0 and said.stdout.strip():
            yield str(Path(said.stdout.strip()) / NAME)
    yield f"/usr/local/lib/{NAME}"


def path() -> str:
    """The file of the C library that this package uses.

    It is the one that the environment variable FLASHNAS_LIBRARY names, else the one within the package, else the one of
    the checkout that the package is part of, else one that pkg-config knows, else the one in /usr/local/lib.
    """
    named = os.environ.get("FLASHNAS_LIBRARY")
    if named:
        if not os.path.isfile(named):
            raise LibraryError(f"FLASHNAS_LIBRARY: no such file, found '{named}', allowed the path of {NAME}")
        return named
    looked = []
    for candidate in _candidates():
        if os.path.isfile(candidate):
            return candidate
        looked.append(candidate)
    raise LibraryError(
        f"{NAME}: not found in {', '.join(looked)}, allowed: FLASHNAS_LIBRARY names its file, or `make install` in "
        "flashnas' checkout"
    )


@functools.lru_cache(maxsize=None)
def library() -> ctypes.CDLL:
    """The library, opened. A call of one of its functions lets other threads of Python go on."""
    file = path()
    try:
        opened = ctypes.CDLL(file)
        for name, (result, arguments) in _FUNCTIONS.items():
            function = getattr(opened, name)
            function.restype, function.argtypes = result, arguments
    except (OSError, AttributeError) as fault:
        raise LibraryError(f"{file}: cannot be used, {fault}") from fault
    return opened


def library_version() -> str:
    """The version of the C library in use."""
    version: bytes = library().flashnas_version()
    return version.decode()


def taken(pointer: Optional[int]) -> Optional[str]:
    """A text that the library made, freed; ``None`` for NULL."""
    if not pointer:
        return None
    try:
        return ctypes.string_at(pointer).decode()
    finally:
        library().flashnas_free(pointer)


class Handle:
    """An object of the library, freed with this one."""

    def __init__(self, kind: str, pointer: Optional[int]) -> None:
        self._free = getattr(library(), f"flashnas_{kind}_free")
        self.pointer = pointer

    def __del__(self) -> None:
        if getattr(self, "pointer", None):
            self._free(self.pointer)

    def check(self, code: int) -> int:
        """The code of a call; raises where that is a failure."""
        if code < 0:
            raise error(code, taken(library().flashnas_message(self.pointer)) or "failed")
        return code
