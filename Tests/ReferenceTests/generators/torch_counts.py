#!/usr/bin/env python3
"""Remakes References/torch-counts.json: parameters, MACs and activations of `dense3-fashion` networks, as PyTorch
counts them on the networks that datasets/fashion-mnist-dense3/train.py builds.

    pip install 'torch==2.13.0+cpu' numpy      # or Debian's python3-torch; any PyTorch 2.1 or newer counts alike
    python3 Tests/ReferenceTests/generators/torch_counts.py

Parameters: numel() over parameters(). MACs and activations: forward hooks on Conv2d and Linear for one image; the MACs
must be half the operations that torch.utils.flop_counter.FlopCounterMode sees.
"""

import importlib.util
import random

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from reference_json import REFERENCES, REPOSITORY, write

TRAINER = REPOSITORY / "datasets" / "fashion-mnist-dense3" / "train.py"
# The ranges of the space: width, depth, skip of each cell.
RANGES = [[(4, 12), (4, 10), (0, 24)], [(8, 24), (4, 10), (0, 48)], [(16, 48), (4, 10), (0, 96)]]
POINTS = 30


def load_trainer():
    specification = importlib.util.spec_from_file_location("train", TRAINER)
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def points():
    """(cells, seed): corners first, then points drawn at random."""
    def corner(*ends):
        return [tuple(ranges[k][ends[k]] for k in range(3)) for ranges in RANGES]

    chosen = [corner(w, d, t) for w in (0, 1) for d in (0, 1) for t in (0, 1)]
    low, high = corner(0, 0, 0), corner(1, 1, 1)
    chosen += [[high[0], low[1], low[2]], [low[0], high[1], low[2]], [low[0], low[1], high[2]]]
    chosen.append([(8, 4, 8), (9, 7, 1), (33, 6, 95)])  # one cell saturates at once, one takes a single channel
    generator = random.Random(2026)
    while len(chosen) < POINTS:
        chosen.append([tuple(generator.randint(*ends) for ends in ranges) for ranges in RANGES])
    return [(cells, (0, 1, 7, 2 ** 64 - 1)[i % 4] if i >= 8 else 0) for i, cells in enumerate(chosen)]


def count(network):
    convolutions = [m for m in network.modules() if isinstance(m, nn.Conv2d)]
    linears = [m for m in network.modules() if isinstance(m, nn.Linear)]
    norms = [m for m in network.modules() if isinstance(m, nn.BatchNorm2d)]
    macs = activations = 0

    def hook(module, inputs, output):
        nonlocal macs, activations
        activations += output.numel()
        if isinstance(module, nn.Conv2d):
            height, width = module.kernel_size
            macs += output.numel() * inputs[0].shape[1] // module.groups * height * width
        else:
            macs += output.numel() * inputs[0].shape[1]

    handles = [m.register_forward_hook(hook) for m in convolutions + linears]
    network.eval()
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        network(torch.zeros(1, 1, 28, 28))
    for handle in handles:
        handle.remove()
    if counter.get_total_flops() != 2 * macs:
        raise SystemExit(f"FlopCounterMode counts {counter.get_total_flops()} operations, the hooks {macs} MACs")

    def total(modules, name):
        return sum(getattr(m, name).numel() for m in modules)

    return {
        "parameters": sum(p.numel() for p in network.parameters()),
        "convolution_weights": total(convolutions, "weight"),
        "linear_weights": total(linears, "weight"), "biases": total(linears, "bias"),
        "batch_norm": total(norms, "weight") + total(norms, "bias"),
        "macs": macs, "activations": activations, "weighted_layers": len(convolutions) + len(linears),
    }


def main():
    trainer = load_trainer()
    rows = []
    for cells, seed in points():
        torch.manual_seed(0)
        counts = count(trainer.build(cells, seed))
        rows.append({"cells": [list(cell) for cell in cells], "seed": seed, **counts})
    write(REFERENCES / "torch-counts.json", {
        "source": "PyTorch: numel(), forward hooks and FlopCounterMode on the networks that "
                  f"{TRAINER.relative_to(REPOSITORY)} builds",
        "version": f"torch {torch.__version__}",
        "command": "python3 Tests/ReferenceTests/generators/torch_counts.py",
        "tolerance": 0,
        "about": "Space dense3-fashion, 1x28x28, 10 classes, one image. cells: [width, depth, skip] of each. "
                 "activations: output elements of convolutions and the fully connected layer.",
        "points": rows,
    })


if __name__ == "__main__":
    main()
