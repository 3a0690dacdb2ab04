#!/usr/bin/env python3
"""What the toolkit's import is measured against: onnx.load, then onnx.shape_inference.infer_shapes.

    python3 Benchmarks/onnx_reference.py FILE      # once, silently: timed from outside, as a whole process
    python3 Benchmarks/onnx_reference.py           # prints versions, then for each path read the seconds of both calls
"""

import platform
import sys
import time

import onnx
import onnx.shape_inference


def infer(path):
    """The seconds that loading and inferring take; a model whose shapes do not come out is an error."""
    start = time.perf_counter()
    model = onnx.shape_inference.infer_shapes(onnx.load(path))
    seconds = time.perf_counter() - start
    inferred = {value.name for value in [*model.graph.value_info, *model.graph.output]}
    missing = [name for node in model.graph.node for name in node.output if name not in inferred]
    if missing:
        raise ValueError(f"{path}: no shape inferred for {missing[:3]}")
    return seconds


def main():
    if len(sys.argv) > 1:
        infer(sys.argv[1])
        return
    print(f"Python {platform.python_version()}, onnx {onnx.__version__}", flush=True)
    for line in sys.stdin:
        print(repr(infer(line.rstrip("\n"))), flush=True)


if __name__ == "__main__":
    main()
