#!/usr/bin/env python3
"""Makes the files of Tests/Malformed/onnx: small models with one fault each.

    python3 Tests/ReferenceTests/generators/malformed_onnx.py      # needs the package onnx

Then `FLASHNAS_UPDATE_SNAPSHOTS=1 make test` writes the errors that they give into expected.json, for review.
"""

from pathlib import Path

from onnx import TensorProto, helper

FOLDER = Path(__file__).resolve().parents[2] / "Malformed" / "onnx"


def weights(name, dims):
    """A float tensor whose numbers are in a file that does not exist."""
    tensor = TensorProto(name=name, dims=dims, data_type=TensorProto.FLOAT, data_location=TensorProto.EXTERNAL)
    tensor.external_data.add(key="location", value="absent")
    return tensor


def integers(name, values):
    return helper.make_tensor(name, TensorProto.INT64, [len(values)], values)


def model(nodes, tensors, shape=(1, 3, 8, 8), outputs=("y",)):
    image = helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)
    results = [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs]
    return helper.make_model(helper.make_graph(nodes, "graph", [image], results, tensors), ir_version=8)


def node(operation, inputs, outputs, **attributes):
    return helper.make_node(operation, inputs, outputs, name=f"{operation}_{outputs[0]}", **attributes)


def convolution(dims=(4, 3, 3, 3), shape=(1, 3, 8, 8), **attributes):
    return model([node("Conv", ["x", "w"], ["y"], **attributes)], [weights("w", dims)], shape)


def branch(nodes):
    return helper.make_graph(nodes, "branch", [], [helper.make_tensor_value_info("b", TensorProto.FLOAT, None)])


def condition(first, second):
    """An If whose condition is an input of the model."""
    document = model([node("If", ["c"], ["y"], then_branch=branch(first), else_branch=branch(second))],
                     [weights("w", (4, 3, 3, 3)), weights("v", (4, 3, 1, 1))])
    document.graph.input.append(helper.make_tensor_value_info("c", TensorProto.BOOL, []))
    return document


def cells():
    """A node that has no weights, named as one at which a cell begins."""
    document = model([node("Conv", ["x", "w"], ["a"]), node("Relu", ["a"], ["y"])], [weights("w", (4, 3, 1, 1))])
    helper.set_model_props(document, {"flashnas.cells": "Conv_a,Relu_y"})
    return document


def endless():
    """A function that calls itself."""
    document = model([helper.make_node("F", ["x"], ["y"], name="F_y", domain="own")], [])
    body = [helper.make_node("F", ["a"], ["b"], name="F_b", domain="own")]
    versions = [helper.make_opsetid("own", 1)]
    document.functions.append(helper.make_function("own", "F", ["a"], ["b"], body, versions))
    document.opset_import.extend(versions)
    return document


def main():
    sound = convolution().SerializeToString()
    identity = [node("Identity", ["x"], ["y"])]
    files = {
        "truncated": sound[:len(sound) // 2],
        "text": b"not a model\n",
        "empty": b"",
        "no-graph": helper.make_model(helper.make_graph([], "graph", [], []), ir_version=8).SerializeToString(),
        "no-weights": model(identity, []),
        "negative-dimension": convolution((4, 3, -3, 3)),
        "absurd-dimension": convolution((4, 3, 1 << 40, 3)),
        "absurd-input": convolution(shape=(1, 3, 1 << 20, 1 << 20)),
        "too-many-channels": convolution((1 << 23, 3, 1, 1)),
        "negative-input": convolution(shape=(1, 3, -8, 8)),
        "dynamic-height": convolution(shape=(1, 3, "height", 8)),
        "groups": convolution(group=2),
        "stride-zero": convolution(strides=[0, 1]),
        "kernel-too-large": convolution((4, 3, 9, 9)),
        "pads-missing-one": convolution(pads=[1, 1, 1]),
        "dangling": model([node("Conv", ["x", "nowhere"], ["y"])], []),
        "cyclic": model(
            [node("Add", ["x", "b"], ["a"]), node("Conv", ["a", "w"], ["b"]), node("Identity", ["b"], ["y"])],
            [weights("w", (3, 3, 1, 1))]),
        "name-twice": model(
            [node("Conv", ["x", "w"], ["y"]), node("Relu", ["y"], ["y"])], [weights("w", (3, 3, 1, 1))]),
        "unknown-operators": model(
            [node("Scan", ["x"], ["a"]), node("Loop", ["a"], ["b"]), node("Loop", ["b"], ["y"])], []),
        "reshape": model([node("Reshape", ["x", "s"], ["y"])], [integers("s", [1, 5, -1])]),
        "reshape-open": model([node("Reshape", ["x", "s"], ["y"])], [integers("s", [-1, -1])]),
        "matrix": model([node("MatMul", ["x", "w"], ["y"])], [weights("w", (5, 5))]),
        "concatenation": model([node("Concat", ["x", "w"], ["y"], axis=1)], [weights("w", (1, 3, 4, 4))]),
        "permutation": model([node("Transpose", ["x"], ["y"], perm=[0, 1, 1, 2])], []),
        "split": model([node("Split", ["x", "s"], ["y", "z"], axis=1)], [integers("s", [1, 1])]),
        "if-branches": condition([node("Conv", ["x", "w"], ["b"])], [node("Conv", ["x", "v"], ["b"])]),
        "function-endless": endless(),
        "cells-unweighted": cells(),
        "einsum-equation": model(
            [node("Einsum", ["x", "w"], ["y"], equation="bchw,co->bqhw")], [weights("w", (3, 5))]),
        "einsum-sizes": model([node("Einsum", ["x", "w"], ["y"], equation="bchw,co->bohw")], [weights("w", (4, 5))]),
        "axis": model([node("Concat", ["x", "x"], ["y"], axis=9)], []),
    }
    FOLDER.mkdir(exist_ok=True)
    for name, content in files.items():
        data = content if isinstance(content, bytes) else content.SerializeToString()
        (FOLDER / f"{name}.onnx").write_bytes(data)


if __name__ == "__main__":
    main()
