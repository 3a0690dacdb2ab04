#!/usr/bin/env python3
"""Trains the `dense` networks of a plan on Fashion-MNIST, alone and as sub-networks of super-networks.

    python3 train.py alone plan.csv samples.csv                # one CSV row per training run
    python3 train.py truth samples.csv truth.csv               # their means and deviations
    python3 train.py share plan.csv proxy-4.csv --groups 4     # one super-network per group; --help has the rest

Stop and restart at will: what the output has is not trained again. Several processes may work on one file.

Every network first averages the image over blocks of 2 × 2, and has the links of seed 0; a `seed` decides the initial weights and the order of the images alone. A
super-network has the largest width and depth. A sub-network takes the first of its output channels and layers, and of
its weights the columns of the (layer, channel) pairs that it reads: a weight belongs to one pair in all sub-networks.
Batch normalisation uses the statistics of the batch, in training and in evaluation: running statistics would mix those
of all sub-networks.
"""

import argparse
import fcntl
import statistics
import sys
from pathlib import Path

DATASETS = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(DATASETS / "fashion-mnist-dense3"), str(DATASETS)]

from fashion_mnist_trainer import BATCH, PEAK_RATE, Trainer, keep_freed_memory, load, read_rows, write_rows  # noqa: E402
from train import VARIABLES, SplitMix64, build, cells, draw_links, topology  # noqa: E402, of fashion-mnist-dense3

LINKS = 0  # the seed of the links
STRIDES = (2, 2, 2)
WIDTH, DEPTH = 8, 5  # the largest of the space
IMAGES, HELD_OUT = 10_000, 500  # to train on; those after them, to rank sub-networks
EPOCHS = 3  # of a network alone
LOGGED = 128  # last steps
COLUMNS = ["run", "step", "group", "arch", "proxy"]


def architectures(rows):
    """{name: point} of the points of a table, in the order in which they come: a00, a01, …"""
    points = dict.fromkeys(tuple(int(row[name]) for name in VARIABLES) for row in rows)
    return {f"a{i:02}": dict(zip(VARIABLES, point)) for i, point in enumerate(points)}


def partition(names, groups, seed):
    """Random groups of equal size. Those of one seed are nested: each of 4 is the union of 4 of 16."""
    names = list(names)
    if groups < 1 or len(names) % groups:
        sys.exit(f"--groups: found {groups}, allowed a divisor of {len(names)}")
    generator = SplitMix64(seed)
    for i in range(len(names) - 1):
        j = i + generator.below(len(names) - i)
        names[i], names[j] = names[j], names[i]
    size = len(names) // groups
    return [sorted(names[k * size:(k + 1) * size]) for k in range(groups)]


def select(cells):
    """What a sub-network takes: for each cell and layer the width, the columns of the weights, and the channels read
    beside the predecessor's, [(layer, channels)]."""
    import torch

    selected = []
    channels = 1
    for c, (w, d, t) in enumerate(cells):
        layers = []
        for i in range(d):
            drawn = draw_links(LINKS, c, i, w, t)
            columns = list(range(channels if i == 0 else w)) + [WIDTH * (1 + k // w) + k % w for k in drawn]
            links = [(j, torch.tensor([k % w for k in drawn if k // w == j])) for j in range(i)]
            layers.append((w, torch.tensor(columns), [(j, ks) for j, ks in links if len(ks)]))
        selected.append(layers)
        channels = w
    return selected


def network(point):
    """The network of a point by itself."""
    from torch import nn

    return nn.Sequential(nn.AvgPool2d(2), build(cells(point), LINKS, STRIDES))


def super_network():
    import torch
    from torch import nn
    from torch.nn import functional

    class SuperNetwork(nn.Module):
        def __init__(self):
            super().__init__()
            self.convolutions = nn.ModuleList(
                nn.ModuleList(nn.Conv2d(WIDTH * i or (WIDTH if c else 1), WIDTH, 3, bias=False) for i in range(DEPTH))
                for c in range(len(STRIDES)))
            self.norms = nn.ModuleList(
                nn.ModuleList(nn.BatchNorm2d(WIDTH) for _ in range(DEPTH)) for _ in STRIDES)
            self.classifier = nn.Linear(WIDTH, 10)

        def forward(self, x, selected):
            x = functional.avg_pool2d(x, 2)
            for c, layers in enumerate(selected):
                outputs = []
                for i, (width, columns, links) in enumerate(layers):
                    x = torch.cat([x] + [outputs[j].index_select(1, channels) for j, channels in links], 1)
                    weight = self.convolutions[c][i].weight[:width].index_select(1, columns)
                    x = functional.conv2d(x, weight, stride=STRIDES[c] if i == 0 else 1, padding=1)
                    norm = self.norms[c][i]
                    x = functional.batch_norm(x, None, None, norm.weight[:width], norm.bias[:width], training=True)
                    x = torch.relu(x)
                    outputs.append(x)
            return functional.linear(x.mean((2, 3)), self.classifier.weight[:, :x.shape[1]], self.classifier.bias)

    return SuperNetwork()


def train_shared(members, seed, steps, data):
    """The accuracies on the held-out images of all members, {name: point}, after each of the last steps."""
    import torch
    from torch import nn

    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    torch.manual_seed(seed)
    shared = super_network()
    selected = {name: select(cells(point)) for name, point in members.items()}
    names = list(members)
    x, y, x_held, y_held = data
    optimiser = torch.optim.SGD(shared.parameters(), lr=PEAK_RATE, momentum=0.9, nesterov=True, weight_decay=5e-4)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, PEAK_RATE, total_steps=steps)
    loss_function = nn.CrossEntropyLoss()
    log = []
    for step in range(steps):
        place = step * BATCH % len(x)
        if place == 0:
            order = torch.randperm(len(x))
        batch = order[place:place + BATCH]
        drawn = names[torch.randint(len(names), ()).item()]
        loss = loss_function(shared(x[batch], selected[drawn]), y[batch])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
        if step >= steps - LOGGED:
            with torch.no_grad():
                log.append({name: (shared(x_held, selected[name]).argmax(1) == y_held).double().mean().item()
                            for name in names})
    return log


def share(arguments):
    parser = argparse.ArgumentParser(prog="train.py share")
    parser.add_argument("plan", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument("--groups", type=int, required=True, help="how many super-networks share out the sub-networks")
    parser.add_argument("--steps", type=int, default=800, help="of each super-network, from 128 (default: 800)")
    parser.add_argument("--run", type=int, default=0, help="the seed of the partition, weights and order of images")
    parser.add_argument("--data", type=Path, default=Path("/usr/share/datasets/fashion-mnist"))
    options = parser.parse_args(arguments)
    if options.steps < LOGGED:
        sys.exit(f"--steps: found {options.steps}, allowed {LOGGED} or more")
    keep_freed_memory()
    x, y, _, _ = load(options.data, IMAGES + HELD_OUT)
    data = x[:IMAGES], y[:IMAGES], x[IMAGES:], y[IMAGES:]
    points = architectures(read_rows(options.plan))
    run = str(options.run)
    with open(options.output.with_name(f".{options.output.name}.lock"), "a") as lock:
        for g, members in enumerate(partition(points, options.groups, options.run)):
            group = f"{g:02}"
            try:
                fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, 1 + g)
            except OSError:
                continue  # another process trains it
            if (run, group) not in {(row["run"], row["group"]) for row in read_rows(options.output)}:
                log = train_shared({name: points[name] for name in members}, options.run, options.steps, data)
                new = [{"run": run, "step": step, "group": group, "arch": name, "proxy": f"{proxy:.3f}"}
                       for step, proxies in enumerate(log) for name, proxy in proxies.items()]
                fcntl.lockf(lock, fcntl.LOCK_EX, 1, 0)
                rows = read_rows(options.output) + new
                rows.sort(key=lambda row: (int(row["run"]), row["group"], int(row["step"]), row["arch"]))
                write_rows(options.output, COLUMNS, rows)
                fcntl.lockf(lock, fcntl.LOCK_UN, 1, 0)
                mean = statistics.mean(log[-1].values())
                print(f"{options.output.name}: run {run}, group {group}: mean proxy {mean:.4f}", flush=True)
            fcntl.lockf(lock, fcntl.LOCK_UN, 1, 1 + g)


def truth(arguments):
    """Writes the mean, the sample deviation and the number of the runs of each architecture."""
    parser = argparse.ArgumentParser(prog="train.py truth")
    parser.add_argument("samples", type=Path)
    parser.add_argument("output", type=Path)
    options = parser.parse_args(arguments)
    samples = read_rows(options.samples)
    rows = []
    for name, point in architectures(samples).items():
        runs = [float(row["accuracy"]) for row in samples if all(int(row[v]) == point[v] for v in VARIABLES)]
        deviation = f"{statistics.stdev(runs):.6f}" if len(runs) > 1 else "0"
        rows.append({"arch": name, "accuracy": f"{statistics.mean(runs):.6f}", "sd": deviation, "n": len(runs)})
    write_rows(options.output, ["arch", "accuracy", "sd", "n"], rows)


if __name__ == "__main__":
    command, arguments = (sys.argv[1:2] or ["--help"])[0], sys.argv[2:]
    if command == "alone":
        Trainer(
            __doc__, VARIABLES, lambda point, _: network(point), lambda point, _: topology(cells(point), LINKS),
            images=IMAGES, epochs=EPOCHS, precision="float32"
        ).main(arguments)
    elif command == "share":
        share(arguments)
    elif command == "truth":
        truth(arguments)
    else:
        sys.exit(__doc__)
