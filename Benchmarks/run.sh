#!/bin/sh
# Builds the program and the benchmarks in release mode, makes the models, and prints the results as Markdown; what the
# builds say goes to standard error. PAIRS (15): how often each side is measured. PARTS: import, fit, simulate, search,
# optimise, python, sweep; all when empty. MARCH: as in ../Package.swift. FLASHNAS_PYTHON: a Python with onnx, SciPy and
# scikit-learn, in which part python installs the package of ../Python.
set -eu
cd "$(dirname "$0")"
python=${FLASHNAS_PYTHON:?names a Python that has onnx, scipy and scikit-learn}
swift=${SWIFT:-swift}
{
  "$swift" build --package-path .. -c release --product flashnas
  "$swift" build -c release --product FlashBenchmarks
  "$python" make_models.py models densenet121 resnet50
  "$python" fit_reference.py --samples
  "$python" simulate_reference.py --tables
  case " ${PARTS:-python} " in
    *' python '*) SWIFT="$swift" "$python" -m pip install --quiet --force-reinstall --no-deps ../Python ;;
  esac
} >&2
exec .build/release/FlashBenchmarks "${PAIRS:-15}" ../.build/release/flashnas "$python" ${PARTS:-}
