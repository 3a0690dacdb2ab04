#!/usr/bin/env python3
"""Trains the `dense` networks of a plan on Fashion-MNIST and writes one CSV row per training run.

    python3 train.py plan.csv samples.csv            # start it once per core; stop and restart at will
    python3 train.py plan.csv /tmp/one.csv --only 0  # one row of the plan, as a smoke check

The plan is a CSV with the nine variables of the space `dense3-fashion` and a `seed`, which decides the links, the
initial weights and the order of the images. The recipe, the locks and what is needed stand in
../fashion_mnist_trainer.py.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from fashion_mnist_trainer import Trainer  # noqa: E402

VARIABLES = [f"{kind}{cell}" for cell in (1, 2, 3) for kind in ("width", "depth", "skip")]

# Links. The same draw as Sources/FlashGraph/LinkDraw.swift, held together by link-vectors.json.

MASK = (1 << 64) - 1
GAMMA = 0x9E3779B97F4A7C15


def mix(z):
    """SplitMix64's output function (Steele, Lea, Flood, OOPSLA 2014)."""
    z &= MASK
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return z ^ (z >> 31)


class SplitMix64:
    def __init__(self, state):
        self.state = state & MASK

    def next(self):
        self.state = (self.state + GAMMA) & MASK
        return mix(self.state)

    def below(self, bound):
        """Uniform in 0..<bound without bias (Lemire, ACM TOMACS 2019)."""
        product = self.next() * bound
        if product & MASK < bound:
            threshold = (1 << 64) % bound
            while product & MASK < threshold:
                product = self.next() * bound
        return product >> 64


def draw_links(seed, cell, layer, width, skip):
    """The channels that layer `layer` of cell `cell` reads beside its predecessor's: indices into the outputs of
    layers 0...layer-2, in (layer, channel) order."""
    candidates = list(range(width * max(layer - 1, 0)))
    count = min(skip, len(candidates))
    state = mix(seed + GAMMA)
    state = mix((state ^ cell) + GAMMA)
    state = mix((state ^ layer) + GAMMA)
    generator = SplitMix64(state)
    for k in range(count):
        j = k + generator.below(len(candidates) - k)
        candidates[k], candidates[j] = candidates[j], candidates[k]
    return sorted(candidates[:count])


# Topology, by counting over the drawn links.


def topology(cells, seed):
    """NN-Degree (FLASH) and NN-Mass (Bhardwaj et al.) of the cells [(width, depth, skip)]."""
    degree = mass = 0.0
    for c, (w, d, t) in enumerate(cells):
        drawn = sum(len(draw_links(seed, c, i, w, t)) for i in range(d))
        possible = sum(w * (i - 1) for i in range(2, d))
        degree += w + w * drawn / (w * d)
        mass += drawn / possible * w * d if possible else 0.0
    return degree, mass


def build(cells, seed, strides=(1, 2, 2)):
    import torch
    from torch import nn

    class Layer(nn.Module):
        def __init__(self, inputs, outputs, stride, links):
            super().__init__()
            self.convolution = nn.Conv2d(inputs, outputs, 3, stride=stride, padding=1, bias=False)
            self.norm = nn.BatchNorm2d(outputs)
            self.sources = [j for j, _ in links]  # in (layer, channel) order
            for j, channels in links:
                self.register_buffer(f"channels{j}", torch.tensor(channels), persistent=False)

        def forward(self, previous, outputs):
            if self.sources:
                parts = [outputs[j].index_select(1, getattr(self, f"channels{j}")) for j in self.sources]
                previous = torch.cat([previous] + parts, 1)
            return torch.relu(self.norm(self.convolution(previous)))

    class Network(nn.Module):
        def __init__(self):
            super().__init__()
            self.cells = nn.ModuleList()
            channels = 1
            for c, (w, d, t) in enumerate(cells):
                layers = nn.ModuleList()
                for i in range(d):
                    drawn = draw_links(seed, c, i, w, t)
                    links = [(j, [k % w for k in drawn if k // w == j]) for j in range(max(i - 1, 0))]
                    links = [(j, ks) for j, ks in links if ks]
                    inputs = channels if i == 0 else w + len(drawn)
                    layers.append(Layer(inputs, w, strides[c] if i == 0 else 1, links))
                self.cells.append(layers)
                channels = w
            self.classifier = nn.Linear(channels, 10)

        def forward(self, x):
            for layers in self.cells:
                outputs = []
                for layer in layers:
                    x = layer(x, outputs)
                    outputs.append(x)
            return self.classifier(x.mean((2, 3)))

    return Network()


def cells(point):
    """[(width, depth, skip)] of a point."""
    return [(point[f"width{c}"], point[f"depth{c}"], point[f"skip{c}"]) for c in (1, 2, 3)]


if __name__ == "__main__":
    Trainer(
        __doc__, VARIABLES, lambda point, seed: build(cells(point), seed),
        lambda point, seed: topology(cells(point), seed)
    ).main()
