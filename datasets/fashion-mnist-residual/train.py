#!/usr/bin/env python3
"""Trains the residual networks of a plan on Fashion-MNIST and writes one CSV row per training run.

    python3 train.py plan.csv samples.csv            # start it once per core; stop and restart at will
    python3 train.py plan.csv /tmp/one.csv --only 0  # one row of the plan, as a smoke check

The plan is a CSV with the six variables of the space `resnet-fashion` and a `seed`, which decides the initial weights
and the order of the images. The recipe, the locks and what is needed stand in ../fashion_mnist_trainer.py.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from fashion_mnist_trainer import Trainer  # noqa: E402

VARIABLES = [f"{kind}{stage}" for stage in (1, 2, 3) for kind in ("width", "depth")]


def stages(point):
    """[(width, depth)] of a point."""
    return [(point[f"width{s}"], point[f"depth{s}"]) for s in (1, 2, 3)]


def topology(point, _):
    """NN-Degree (FLASH) and NN-Mass (Bhardwaj et al.).

    A stage is one cell, and the first one begins with the stem. Each sum of a block joins its `width` channels to the
    block's input. NN-Mass of a block: its input and output channels.
    """
    degree = mass = 0.0
    channels = stages(point)[0][0]
    for s, (width, depth) in enumerate(stages(point)):
        layers = 2 * depth + (1 if s == 0 else 0)
        degree += width + width * depth / (width * layers)
        mass += channels + width + (depth - 1) * 2 * width
        channels = width
    return degree, mass


def build(point, _):
    import torch
    from torch import nn

    def convolution(inputs, outputs, kernel, stride=1):
        return nn.Sequential(
            nn.Conv2d(inputs, outputs, kernel, stride, padding=kernel // 2, bias=False), nn.BatchNorm2d(outputs))

    class Block(nn.Module):
        """Basic block (He et al., CVPR 2016)."""

        def __init__(self, inputs, outputs, stride):
            super().__init__()
            self.first = convolution(inputs, outputs, 3, stride)
            self.second = convolution(outputs, outputs, 3)
            changes = inputs != outputs or stride != 1
            self.shortcut = convolution(inputs, outputs, 1, stride) if changes else nn.Identity()

        def forward(self, x):
            return torch.relu(self.second(torch.relu(self.first(x))) + self.shortcut(x))

    channels = stages(point)[0][0]
    layers = [convolution(1, channels, 3), nn.ReLU()]
    for s, (width, depth) in enumerate(stages(point)):
        for i in range(depth):
            layers.append(Block(channels, width, 2 if s > 0 and i == 0 else 1))
            channels = width
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, 10))


if __name__ == "__main__":
    Trainer(__doc__, VARIABLES, build, topology).main()
