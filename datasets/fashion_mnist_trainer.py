"""What the trainers of the data sets on Fashion-MNIST share: images, recipe, plan, output and locks.

A data set's `train.py` names its variables and builds its networks; `Trainer.main()` does the rest.

The plan is a CSV with the variables and a `seed`. Several processes may work on one plan: each row is held by a record
lock while it trains, which the system drops when the process ends, and the output is replaced atomically under a lock,
so that an interruption neither loses nor repeats a row.

Recipe: the first 20 000 training images, scaled to [0, 1] and standardised, no augmentation; 6 epochs, batches of 100;
SGD with Nesterov momentum 0.9, weight decay 5e-4, one-cycle learning rate with its peak at 0.1; forward and backward
passes in bfloat16 by autocast, or in float32 with --precision float32 (four times faster on a processor without bfloat16
instructions); weights in float32; accuracy in float32 on all 10 000 test images after the last epoch.
The seed decides the initial weights (PyTorch's defaults), the order of the images and whatever the network draws. One
thread per process. A data set may train on fewer images and for fewer epochs: its README says so.

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
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

IMAGES, EPOCHS, BATCH, PEAK_RATE = 20_000, 6, 100, 0.1
MEASURED = [
    "nn_degree", "nn_mass", "parameters", "macs", "accuracy", "seed", "cpu_s", "train_loss",
    "images", "epochs", "precision", "torch", "numpy", "python",
]


def read_idx(path, header):
    import numpy

    with gzip.open(path) as file:
        return numpy.frombuffer(file.read(), numpy.uint8, offset=header)


def load(folder, count=IMAGES):
    """Images and labels of the first `count` training images, then of those to test on."""
    import torch

    def images(name):
        pixels = read_idx(folder / f"{name}-images-idx3-ubyte.gz", 16).reshape(-1, 1, 28, 28)
        return torch.from_numpy(pixels / 255.0).float()

    def labels(name):
        return torch.from_numpy(read_idx(folder / f"{name}-labels-idx1-ubyte.gz", 8).astype("int64"))

    x, y, x_test, y_test = images("train")[:count], labels("train")[:count], images("t10k"), labels("t10k")
    mean, deviation = x.mean(), x.std()
    return (x - mean) / deviation, y, (x_test - mean) / deviation, y_test


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


def read_rows(path):
    if not path.exists():
        return []
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def write_rows(path, columns, rows):
    """Replaces a CSV file in one step."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    with open(temporary, "w", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n", extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)


def keep_freed_memory():
    """glibc only: reuse freed tensors instead of returning their pages to the system (a tenth of the time)."""
    if platform.libc_ver()[0] == "glibc":
        libc = ctypes.CDLL(None)
        libc.mallopt(-4, 0)  # M_MMAP_MAX
        libc.mallopt(-1, 2**31 - 1)  # M_TRIM_THRESHOLD


@dataclass
class Trainer:
    """Trains the networks of a plan and writes one CSV row per training run."""

    description: str
    variables: list[str]
    """The variables of a point: columns of the plan and of the output."""
    build: Callable
    """build(row, seed): the PyTorch network of a row of the plan, {variable: int}."""
    topology: Callable
    """topology(row, seed): its NN-Degree and NN-Mass."""
    images: int = IMAGES
    epochs: int = EPOCHS
    precision: str = "bfloat16"

    def train(self, row, data, epochs, precision):
        import numpy
        import torch
        from torch import nn

        torch.set_num_threads(1)
        torch.use_deterministic_algorithms(True)
        seed = int(row["seed"])
        point = {name: int(row[name]) for name in self.variables}
        torch.manual_seed(seed)
        network = self.build(point, seed)
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
                with torch.autocast("cpu", dtype=torch.bfloat16, enabled=precision == "bfloat16"):
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
        degree, mass = self.topology(point, seed)
        return dict(row, nn_degree=repr(degree), nn_mass=repr(mass),
                    parameters=sum(p.numel() for p in network.parameters()), macs=macs,
                    accuracy=f"{correct / len(x_test):.4f}", cpu_s=f"{time.process_time() - start:.1f}",
                    train_loss=f"{total / steps:.4f}", images=len(x), epochs=epochs,
                    precision=precision, torch=torch.__version__, numpy=numpy.__version__, python=platform.python_version())

    def key(self, row):
        return tuple(int(row[name]) for name in self.variables + ["seed"])

    def store(self, row, plan, path, lock):
        """Adds a row to the output: rows in the plan's order, the file replaced in one step."""
        fcntl.lockf(lock, fcntl.LOCK_EX, 1, 0)
        try:
            rows = {self.key(old): old for old in read_rows(path)}
            rows[self.key(row)] = row
            places = {self.key(planned): i for i, planned in enumerate(plan)}
            ordered = sorted(rows.values(), key=lambda r: (places.get(self.key(r), len(places)), self.key(r)))
            write_rows(path, self.variables + MEASURED, ordered)
        finally:
            fcntl.lockf(lock, fcntl.LOCK_UN, 1, 0)

    def read_plan(self, path):
        plan = read_rows(path)
        missing = [name for name in self.variables + ["seed"] if not plan or name not in plan[0]]
        if missing:
            sys.exit(f"{path}: header: columns missing or no rows: {', '.join(missing)}")
        if len({self.key(row) for row in plan}) != len(plan):
            sys.exit(f"{path}: a point and seed stand twice")
        return plan

    def main(self, arguments=None):
        """Trains what `arguments`, or else the command line, say."""
        keep_freed_memory()
        parser = argparse.ArgumentParser(
            description=self.description, formatter_class=argparse.RawDescriptionHelpFormatter)
        parser.add_argument("plan", type=Path)
        parser.add_argument("output", type=Path)
        parser.add_argument("--only", type=int, metavar="ROW", help="train this row of the plan alone (0 is the first)")
        parser.add_argument("--epochs", type=int, default=self.epochs, help="fewer only for a smoke check")
        parser.add_argument("--precision", choices=["bfloat16", "float32"], default=self.precision)
        parser.add_argument("--data", type=Path, default=Path("/usr/share/datasets/fashion-mnist"))
        options = parser.parse_args(arguments)

        plan = self.read_plan(options.plan)
        if options.only is not None and not 0 <= options.only < len(plan):
            sys.exit(f"--only: found {options.only}, allowed 0 to {len(plan) - 1}")
        chosen = range(len(plan)) if options.only is None else [options.only]
        data = load(options.data, self.images)
        with open(options.output.with_name(f".{options.output.name}.lock"), "a") as lock:
            for i in chosen:
                try:
                    fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, 1 + i)
                except OSError:
                    continue  # another process trains it
                if self.key(plan[i]) not in {self.key(row) for row in read_rows(options.output)}:
                    row = self.train(plan[i], data, options.epochs, options.precision)
                    self.store(row, plan, options.output, lock)
                    print(f"row {i}: accuracy {row['accuracy']}, {row['macs']} MACs, {row['cpu_s']} CPU s", flush=True)
                fcntl.lockf(lock, fcntl.LOCK_UN, 1, 1 + i)
