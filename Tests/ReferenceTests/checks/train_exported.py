#!/usr/bin/env python3
"""Trains an exported PyTorch file for one epoch, then compares ONNX files with it.

    train_exported.py NETWORK.py NETWORK.onnx TRAINED.onnx FASHION-MNIST

Ten thousand images of 1×28×28: the first of Fashion-MNIST's training images where its folder is there, else synthetic
ones (ten fixed random patterns in noise); batches of 100, SGD with Nesterov momentum 0.9 and a one-cycle learning rate
with its peak at 0.1, one thread. Accuracy is on the first 2000 test images. Then two ONNX files run in ONNX Runtime
against the trained module, on 16 images: NETWORK.onnx, the exported file with the trained values under its own names,
and TRAINED.onnx, which PyTorch's own exporter writes.

Prints one JSON object: data, losses of the first and last tenth of the epoch, accuracy, the two largest differences.
"""

import gzip
import json
import sys
from pathlib import Path

import numpy
import onnx
import onnxruntime
import torch
from onnx import numpy_helper
from torch import nn

IMAGES, TESTS, BATCH, PEAK_RATE = 10_000, 2_000, 100, 0.1


def fashion(folder):
    def read(name, header):
        with gzip.open(folder / name) as file:
            return numpy.frombuffer(file.read(), numpy.uint8, offset=header)

    def part(name, count):
        images = read(f"{name}-images-idx3-ubyte.gz", 16).reshape(-1, 1, 28, 28)[:count]
        labels = read(f"{name}-labels-idx1-ubyte.gz", 8)[:count]
        return torch.from_numpy(images / numpy.float32(255)), torch.from_numpy(labels.astype(numpy.int64))

    return part("train", IMAGES) + part("t10k", TESTS)


def synthetic():
    patterns = torch.randn(10, 1, 28, 28)

    def part(count):
        labels = torch.randint(10, (count,))
        return patterns[labels] + 2 * torch.randn(count, 1, 28, 28), labels

    return part(IMAGES) + part(TESTS)


def train(network, x, y):
    optimiser = torch.optim.SGD(network.parameters(), lr=PEAK_RATE, momentum=0.9, nesterov=True)
    steps = len(x) // BATCH
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, PEAK_RATE, total_steps=steps)
    losses = []
    network.train()
    for batch in torch.randperm(len(x)).reshape(steps, BATCH):
        loss = nn.functional.cross_entropy(network(x[batch]), y[batch])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
        losses.append(loss.item())
    network.eval()
    return losses


def difference(model, x, expected):
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    found = session.run(None, {session.get_inputs()[0].name: x.numpy()})[0]
    return float(numpy.abs(found - expected.numpy()).max())


def main(module_path, model_path, trained_path, data_folder):
    import importlib.util

    torch.manual_seed(0)
    torch.set_num_threads(1)
    specification = importlib.util.spec_from_file_location("exported", module_path)
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    network = module.Network()

    folder = Path(data_folder)
    has_data = (folder / "train-images-idx3-ubyte.gz").exists()
    x, y, x_test, y_test = fashion(folder) if has_data else synthetic()
    mean, deviation = x.mean(), x.std()
    x, x_test = (x - mean) / deviation, (x_test - mean) / deviation
    losses = train(network, x, y)
    tenth = len(losses) // 10
    with torch.no_grad():
        accuracy = (network(x_test).argmax(1) == y_test).float().mean().item()
        expected = network(x_test[:16])

    model = onnx.load(model_path)
    state = network.state_dict()
    for initialiser in model.graph.initializer:
        if initialiser.name in state:
            initialiser.CopyFrom(numpy_helper.from_array(state[initialiser.name].numpy(), initialiser.name))
    onnx.save(model, model_path)
    torch.onnx.export(
        network, (x_test[:1],), trained_path, dynamo=False, dynamic_axes={"image": {0: "batch"}}, input_names=["image"])
    print(json.dumps({
        "data": "fashion-mnist" if has_data else "synthetic", "images": len(x), "first_loss": sum(losses[:tenth]) / tenth,
        "last_loss": sum(losses[-tenth:]) / tenth, "accuracy": accuracy,
        "difference": difference(model_path, x_test[:16], expected),
        "torch_difference": difference(trained_path, x_test[:16], expected),
    }))


main(*sys.argv[1:])
