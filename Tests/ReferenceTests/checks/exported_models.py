#!/usr/bin/env python3
"""Checks exported networks: exported_models.py FOLDER, with NAME.onnx and NAME.py side by side.

Every ONNX file passes onnx.checker with full shape inference and runs in ONNX Runtime on a batch of 3. The module of
the Python file has the file's initialisers as its state dictionary, name for name, and, with these values and random
statistics of batch normalisation on both sides, the same outputs to 1e-4 of the largest: so its links are the same.

Prints one JSON object: {NAME: {"parameters": …, "output": […], "difference": …}}.
"""

import importlib.util
import json
import sys
from pathlib import Path

import numpy
import onnx
import onnxruntime
import torch
from onnx import numpy_helper

TOLERANCE = 1e-4


def load_module(path):
    specification = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def randomise(model, network, generator):
    """Other values than those of an untrained batch normalisation, which would hide a mistaken order."""
    norms = {name for name, module in network.named_modules() if "BatchNorm" in type(module).__name__}
    for initialiser in model.graph.initializer:
        layer, _, parameter = initialiser.name.rpartition(".")
        if layer in norms:
            shape = tuple(initialiser.dims)
            values = generator.uniform(0.5, 1.5, shape) if parameter in ("weight", "running_var") else \
                generator.normal(0, 0.1, shape)
            initialiser.CopyFrom(numpy_helper.from_array(values.astype(numpy.float32), initialiser.name))


def check(path):
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    network = load_module(path.with_suffix(".py")).Network().eval()
    generator = numpy.random.default_rng(1)
    randomise(model, network, generator)
    stored = {i.name: torch.from_numpy(numpy_helper.to_array(i).copy()) for i in model.graph.initializer}
    state = {name: value for name, value in network.state_dict().items() if not name.endswith("num_batches_tracked")}
    learnt = {name for name, value in stored.items() if value.dtype == torch.float32 and value.ndim > 0}
    assert learnt == set(state), f"{path}: {sorted(learnt ^ set(state))[:5]}"
    network.load_state_dict({name: stored[name] for name in state}, strict=False)

    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    shape = [dimension.dim_value for dimension in model.graph.input[0].type.tensor_type.shape.dim][1:]
    declared = [dimension.dim_value for dimension in model.graph.output[0].type.tensor_type.shape.dim][1:]
    x = generator.standard_normal((3, *shape)).astype(numpy.float32)
    found = session.run(None, {"input": x})[0]
    with torch.no_grad():
        expected = network(torch.from_numpy(x)).numpy()
    assert found.shape == expected.shape == (3, *declared), f"{path}: {found.shape} {expected.shape} {declared}"
    assert found.std() > 0, f"{path}: a constant output shows nothing"
    difference = float(numpy.abs(found - expected).max() / numpy.abs(expected).max())
    assert difference < TOLERANCE, f"{path}: outputs differ by {difference}"
    parameters = sum(p.numel() for p in network.parameters())
    return {"parameters": parameters, "output": list(found.shape), "difference": difference}


torch.manual_seed(0)
torch.set_num_threads(1)
print(json.dumps({path.stem: check(path) for path in sorted(Path(sys.argv[1]).glob("*.onnx"))}))
