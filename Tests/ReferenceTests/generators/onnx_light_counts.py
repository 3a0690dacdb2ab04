#!/usr/bin/env python3
"""Remakes References/onnx-light-counts.json: MACs and weights of the light models of the package onnx, from the shapes
that onnx.shape_inference works out.

    pip install onnx==1.23.2
    python3 Tests/ReferenceTests/generators/onnx_light_counts.py
"""

import math
from pathlib import Path

import onnx
from onnx import shape_inference

from reference_json import REFERENCES, write

LIGHT = Path(onnx.__file__).parent / "backend" / "test" / "data" / "light"


def sizes(model):
    """The dimensions of every value: declared, inferred, or those of a constant."""
    graph = shape_inference.infer_shapes(model, data_prop=True).graph
    found = {t.name: list(t.dims) for t in graph.initializer}
    for value in [*graph.input, *graph.value_info, *graph.output]:
        found[value.name] = [d.dim_value for d in value.type.tensor_type.shape.dim]
    return found


def count(model):
    dims = sizes(model)
    macs = weights = layers = activations = 0
    for node in model.graph.node:
        if node.op_type not in ("Conv", "Gemm"):
            continue
        kernel, output = dims[node.input[1]], dims[node.output[0]]
        attributes = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
        transposed = node.op_type == "Gemm" and not attributes.get("transB")
        outputs = kernel[1] if transposed else kernel[0]
        weights += math.prod(kernel)
        macs += math.prod(kernel) // outputs * math.prod(output)
        activations += math.prod(output)
        layers += 1
    return {"macs": macs, "weights": weights, "activations": activations, "weighted_layers": layers}


def main():
    write(REFERENCES / "onnx-light-counts.json", {
        "source": "onnx: shapes of Conv and Gemm by onnx.shape_inference on onnx/backend/test/data/light",
        "version": f"onnx {onnx.__version__}",
        "command": "python3 Tests/ReferenceTests/generators/onnx_light_counts.py",
        "tolerance": 0,
        "models": {path.stem: count(onnx.load(path)) for path in sorted(LIGHT.glob("*.onnx"))},
    })


if __name__ == "__main__":
    main()
