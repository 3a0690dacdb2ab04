"""Puts the C library with its data into the package, or leaves it to be found where it is installed.

FLASHNAS_LIBRARY names a library in an installation prefix, such as one that `make dist` made: it goes into the package
with the libraries and the data beside it. Without, a checkout around this folder is built, where there is Swift; else
the package has no library, and uses the one that is installed.
"""

import os
import shutil
import subprocess
from pathlib import Path

from setuptools import Distribution, setup
from setuptools.command.bdist_wheel import bdist_wheel
from setuptools.command.build_py import build_py

CHECKOUT = Path(__file__).resolve().parent.parent
NAME = "libflashnas.so.0"
#: Below a prefix: the libraries and the data that the library looks for, licences.
BESIDE = ("lib/flashnas", "share/flashnas", "share/doc/flashnas")


def copy(library, prefix):
    """Copies a library, by its soname, with what is beside it."""
    origin = next((folder for folder in library.parents if (folder / "share" / "flashnas").is_dir()), None)
    if not library.is_file() or origin is None:
        raise SystemExit(
            f"FLASHNAS_LIBRARY: found '{library}', allowed the library of an installation, share/flashnas beside it"
        )
    (prefix / "lib").mkdir(parents=True)
    shutil.copyfile(library, prefix / "lib" / NAME)
    for folder in BESIDE:
        if (origin / folder).is_dir():
            shutil.copytree(origin / folder, prefix / folder)


def build(prefix):
    """Builds the checkout's library, and copies it without debugging information."""
    swift = os.environ.get("SWIFT", "swift")
    subprocess.run([swift, "build", "-c", "release", "--product", "CFlashNAS"], cwd=CHECKOUT, check=True)
    # Another make around this one must not pass its options on.
    environment = {
        name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")
    }
    stage = prefix.parent / "stage"
    shutil.rmtree(stage, ignore_errors=True)
    subprocess.run(
        ["make", "install-library", "install-data", "PREFIX=", f"DESTDIR={stage}"],
        cwd=CHECKOUT,
        check=True,
        env=environment,
        stdout=subprocess.DEVNULL,
    )
    copy((stage / "lib" / NAME).resolve(), prefix)
    shutil.rmtree(stage)
    if shutil.which("strip"):
        subprocess.run(["strip", "--strip-unneeded", str(prefix / "lib" / NAME)], check=True)


def is_installed():
    """Whether the system has a library where the package will look."""
    known = shutil.which("pkg-config") and subprocess.run(["pkg-config", "--exists", "flashnas"]).returncode == 0
    return known or Path("/usr/local/lib", NAME).is_file()


class BuildWithLibrary(build_py):
    def run(self):
        super().run()
        prefix = Path(self.build_lib).resolve() / "flashnas" / "prefix"
        shutil.rmtree(prefix, ignore_errors=True)
        # An editable package is in its checkout, and uses what is built there.
        if self.editable_mode:
            return
        named = os.environ.get("FLASHNAS_LIBRARY")
        if named:
            copy(Path(named).resolve(), prefix)
        elif (CHECKOUT / "Package.swift").is_file() and shutil.which(os.environ.get("SWIFT", "swift")):
            build(prefix)
        elif not is_installed():
            raise SystemExit(
                f"{NAME}: not found by pkg-config or in /usr/local/lib, and no Swift to build it; allowed: "
                "FLASHNAS_LIBRARY names it"
            )


class PlatformDistribution(Distribution):
    """One that is not for every platform, though nothing in it is compiled for Python."""

    def has_ext_modules(self):
        return True


class PlatformWheel(bdist_wheel):
    """A wheel for any Python 3 of one platform."""

    def get_tag(self):
        return "py3", "none", super().get_tag()[2]


setup(
    distclass=PlatformDistribution,
    cmdclass={"build_py": BuildWithLibrary, "bdist_wheel": PlatformWheel},
    # Beside what Swift builds.
    options={"build": {"build_base": str(CHECKOUT / ".build" / "python")}},
)
