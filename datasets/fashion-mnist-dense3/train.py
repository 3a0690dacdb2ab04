#!/usr/bin/env python3
"""Trains the `dense` networks of a plan on Fashion-MNIST and writes one CSV row per training run.

    python3 train.py plan.csv samples.csv            # start it once per core; stop and restart at will
    python3 train.py plan.csv /tmp/one.csv --only 0  # one row of the plan, as a smoke check

The plan is a CSV with the nine variables of the space `dense3-fashion` and a `seed`. Several processes may work on one
plan: each row is held by a record lock while it trains, which the system drops when the process ends, and the output
is replaced atomically under a lock, so that an interruption neither loses nor repeats a row.

Recipe: the first 20 000 training images, scaled to [0, 1] and standardised, no augmentation; 6 epochs, batches of 100;
SGD with Nesterov momentum 0.9, weight decay 5e-4, one-cycle learning rate with its peak at 0.1; forward and backward
passes in bfloat16 by autocast, weights in float32; accuracy in float32 on all 10 000 test images after the last epoch.
The seed decides the links, the initial weights (PyTorch's defaults) and the order of the images. One thread per
process.

Needs: torch and numpy (`pip install 'torch==2.13.0+cpu' numpy`, or Debian's python3-torch), and Debian's package
`dataset-fashion-mnist` (or the same four files elsewhere, named by --data).
"""

import argparse
import csv
import ctypes
import fcntl
import gzip
import os
import platform
import sys
import time
from pathlib import Path

VARIABLES = [f"{kind}{cell}" for cell in (1, 2, 3) for kind in ("width", "depth", "skip")]
COLUMNS = VARIABLES + [
    "nn_degree", "nn_mass", "parameters", "macs", "accuracy", "seed", "cpu_s", "train_loss",
    "images", "epochs", "torch", "numpy", "python",
]
IMAGES, EPOCHS, BATCH, PEAK_RATE = 20_000, 6, 100, 0.1

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


def build(cells, seed):
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
                    layers.append(Layer(inputs, w, 2 if i == 0 and c > 0 else 1, links))
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


def count_macs(network):
    """Multiply-accumulates of convolutions and fully connected layers for one image, by forward hooks."""
    import torch
    from torch import nn

    total = 0

    def hook(module, _, output):
        nonlocal total
        if isinstance(module, nn.Conv2d):
            total += module.weight.numel() * output.shape[2] * output.shape[3]
        else:
            total += module.weight.numel()

    handles = [m.register_forward_hook(hook) for m in network.modules() if isinstance(m, (nn.Conv2d, nn.Linear))]
    network.eval()
    with torch.no_grad():
        network(torch.zeros(1, 1, 28, 28))
    for handle in handles:
        handle.remove()
    return total


# Training.


def read_idx(path, header):
    import numpy

    with gzip.open(path) as file:
        return numpy.frombuffer(file.read(), numpy.uint8, offset=header)


def load(folder):
    import torch

    def images(name):
        return torch.from_numpy(read_idx(folder / f"{name}-images-idx3-ubyte.gz", 16).reshape(-1, 1, 28, 28) / 255.0).float()

    def labels(name):
        return torch.from_numpy(read_idx(folder / f"{name}-labels-idx1-ubyte.gz", 8).astype("int64"))

    x, y, x_test, y_test = images("train")[:IMAGES], labels("train")[:IMAGES], images("t10k"), labels("t10k")
    mean, deviation = x.mean(), x.std()
    return (x - mean) / deviation, y, (x_test - mean) / deviation, y_test


def train(row, data, epochs=EPOCHS):
    import numpy
    import torch
    from torch import nn

    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    seed = int(row["seed"])
    cells = [(int(row[f"width{c}"]), int(row[f"depth{c}"]), int(row[f"skip{c}"])) for c in (1, 2, 3)]
    torch.manual_seed(seed)
    network = build(cells, seed)
    macs = count_macs(network)
    x, y, x_test, y_test = data
    start = time.process_time()
    optimiser = torch.optim.SGD(network.parameters(), lr=PEAK_RATE, momentum=0.9, nesterov=True, weight_decay=5e-4)
    steps = len(x) // BATCH
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, PEAK_RATE, total_steps=epochs * steps)
    loss_function = nn.CrossEntropyLoss()
    network.train()
    for _ in range(epochs):
        order = torch.randperm(len(x))
        total = 0.0
        for step in range(steps):
            batch = order[step * BATCH:(step + 1) * BATCH]
            with torch.autocast("cpu", dtype=torch.bfloat16):
                loss = loss_function(network(x[batch]), y[batch])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
            total += loss.item()
    network.eval()
    with torch.no_grad():
        correct = sum((network(x_test[i:i + 500]).argmax(1) == y_test[i:i + 500]).sum().item()
                      for i in range(0, len(x_test), 500))
    degree, mass = topology(cells, seed)
    return dict(row, nn_degree=repr(degree), nn_mass=repr(mass),
                parameters=sum(p.numel() for p in network.parameters()), macs=macs,
                accuracy=f"{correct / len(x_test):.4f}", cpu_s=f"{time.process_time() - start:.1f}",
                train_loss=f"{total / steps:.4f}", images=len(x), epochs=epochs,
                torch=torch.__version__, numpy=numpy.__version__, python=platform.python_version())


# The plan, the output and their locks.


def key(row):
    return tuple(int(row[name]) for name in VARIABLES + ["seed"])


def read_rows(path):
    if not path.exists():
        return []
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def store(row, plan, path, lock):
    """Adds a row to the output: rows in the plan's order, the file replaced in one step."""
    fcntl.lockf(lock, fcntl.LOCK_EX, 1, 0)
    try:
        rows = {key(old): old for old in read_rows(path)}
        rows[key(row)] = row
        places = {key(planned): i for i, planned in enumerate(plan)}
        ordered = sorted(rows.values(), key=lambda r: (places.get(key(r), len(places)), key(r)))
        temporary = path.with_name(f".{path.name}.{os.getpid()}")
        with open(temporary, "w", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS, lineterminator="\n", extrasaction="ignore")
            writer.writeheader()
            writer.writerows(ordered)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    finally:
        fcntl.lockf(lock, fcntl.LOCK_UN, 1, 0)


def keep_freed_memory():
    """glibc only: reuse freed tensors instead of returning their pages to the system (a tenth of the time)."""
    if platform.libc_ver()[0] == "glibc":
        libc = ctypes.CDLL(None)
        libc.mallopt(-4, 0)  # M_MMAP_MAX
        libc.mallopt(-1, 2**31 - 1)  # M_TRIM_THRESHOLD


def main():
    keep_freed_memory()
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("plan", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument("--only", type=int, metavar="ROW", help="train this row of the plan alone (0 is the first)")
    parser.add_argument("--epochs", type=int, default=EPOCHS, help="other than 6 only for a smoke check")
    parser.add_argument("--data", type=Path, default=Path("/usr/share/datasets/fashion-mnist"))
    options = parser.parse_args()

    plan = read_rows(options.plan)
    missing = [name for name in VARIABLES + ["seed"] if not plan or name not in plan[0]]
    if missing:
        sys.exit(f"{options.plan}: header: columns missing or no rows: {', '.join(missing)}")
    if len({key(row) for row in plan}) != len(plan):
        sys.exit(f"{options.plan}: a point and seed stand twice")
    if options.only is not None and not 0 <= options.only < len(plan):
        sys.exit(f"--only: found {options.only}, allowed 0 to {len(plan) - 1}")
    chosen = range(len(plan)) if options.only is None else [options.only]
    data = load(options.data)
    with open(options.output.with_name(f".{options.output.name}.lock"), "a") as lock:
        for i in chosen:
            try:
                fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, 1 + i)
            except OSError:
                continue  # another process trains it
            if key(plan[i]) not in {key(row) for row in read_rows(options.output)}:
                row = train(plan[i], data, options.epochs)
                store(row, plan, options.output, lock)
                print(f"row {i}: accuracy {row['accuracy']}, {row['macs']} MACs, {row['cpu_s']} CPU s", flush=True)
            fcntl.lockf(lock, fcntl.LOCK_UN, 1, 1 + i)


if __name__ == "__main__":
    main()
