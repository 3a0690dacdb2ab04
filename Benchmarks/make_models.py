#!/usr/bin/env python3
"""Fills the torchvision exports of Tests/ReferenceTests/References/onnx, which are kept without weights, with random ones.

    python3 Benchmarks/make_models.py FOLDER MODEL…      # needs the package onnx

writes FOLDER/MODEL.onnx: one file with every tensor's numbers inside, as the exporter writes it. Models that are there
already are left as they are.
"""

import math
import os
import random
import sys
from pathlib import Path

import onnx

EXPORTS = Path(__file__).resolve().parents[1] / "Tests" / "ReferenceTests" / "References" / "onnx"
FLOAT_BYTES = 4


def fill(model):
    """Gives each tensor whose numbers were left out random bytes of its size."""
    generator = random.Random(0)
    for tensor in model.graph.initializer:
        if tensor.data_location != onnx.TensorProto.EXTERNAL:
            continue
        if tensor.data_type != onnx.TensorProto.FLOAT:
            raise ValueError(f"{tensor.name}: expected 32-bit numbers, found type {tensor.data_type}")
        tensor.ClearField("data_location")
        tensor.ClearField("external_data")
        tensor.raw_data = generator.randbytes(math.prod(tensor.dims) * FLOAT_BYTES)


def main():
    folder, names = Path(sys.argv[1]), sys.argv[2:]
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        path = folder / f"{name}.onnx"
        if path.exists():
            continue
        model = onnx.load(EXPORTS / f"{name}.onnx", load_external_data=False)
        fill(model)
        # Written under another name first: an interrupted run leaves no half a model.
        partial = path.with_suffix(".partial")
        onnx.save(model, partial)
        os.replace(partial, path)


if __name__ == "__main__":
    main()
