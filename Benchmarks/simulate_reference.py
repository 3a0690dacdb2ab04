#!/usr/bin/env python3
"""What the toolkit's simulators and hardware fits are measured against: the same formulas as loops in Python, and SciPy's
nnls.

    python3 simulate_reference.py --tables        # writes models/plan.csv and models/hardware_samples.csv
    python3 simulate_reference.py PLAN.csv        # prints the costs of every point
    python3 simulate_reference.py                 # prints versions; for each line WHAT REPEATS the mean seconds of a call

`systolic` and `roofline` are what hardware-profiles/systolic-ws-32x32.yaml and raspberry-pi-3b.yaml say, layer by layer,
over the points of models/plan.csv (dense3-fashion): latency and energy alone, without area. `nnls` is one fit of 40 rows
and 12 features in relative error; `nnls-left-out` that and the 40 fits with a row left out.
"""

import csv
import random
import sys
import time

import numpy
import scipy
from scipy.optimize import nnls

PLAN = "models/plan.csv"
SAMPLES = "models/hardware_samples.csv"
POINTS, ROWS, FEATURES = 1000, 40, 12
RANGES = [(4, 12), (4, 10), (0, 24), (8, 24), (4, 10), (0, 48), (16, 48), (4, 10), (0, 96)]
NAMES = [f"{kind}{cell}" for cell in (1, 2, 3) for kind in ("width", "depth", "skip")]


def write_tables():
    generator = random.Random(6)
    with open(PLAN, "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(NAMES)
        writer.writerows([generator.randint(*ends) for ends in RANGES] for _ in range(POINTS))
    numbers = numpy.random.default_rng(6)
    table = numbers.lognormal(0, 1, (ROWS, FEATURES))
    y = table @ numbers.uniform(0, 1, FEATURES) * numbers.normal(1, 0.03, ROWS)
    with open(SAMPLES, "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([f"f{i}" for i in range(FEATURES)] + ["latency_s"])
        writer.writerows([repr(float(value)) for value in [*row, cost]] for row, cost in zip(table, y))


def layers(point):
    """Kernel, inputs, outputs and output pixels of every layer, with the pixels that it reads."""
    channels, size = 1, 28
    for cell in range(3):
        width, depth, skip = point[3 * cell:3 * cell + 3]
        for i in range(depth):
            inputs = channels if i == 0 else width + min(skip, width * (i - 1))
            read = size * size
            if i == 0 and cell > 0:
                size = -(-size // 2)
            yield 9, inputs, width, size * size, read
        channels = width
    yield 1, channels, 10, 1, 1


def systolic(point):
    cycles, energy = 0, 0.0
    for kernel, inputs, n, p, read in layers(point):
        k = kernel * inputs
        rows, columns = -(-k // 32), -(-n // 32)
        compute = rows * columns * (2 * 32 + 32 + p - 2) - 1
        sram = k * p * columns + k * n + n * p * (2 * rows - 1) * 4
        stored = inputs * read
        dram = stored * (1 if stored <= 32768 else columns) + n * p
        cycles += max(compute, -(-dram * 10 // 128))
        energy += k * n * p * 0.3e-12 + sram * 2.5e-12 + dram * 162.5e-12
    return cycles / 5e8, energy


def roofline(point):
    latency = 0.0
    for kernel, inputs, n, p, read in layers(point):
        k = kernel * inputs
        latency += max(k * n * p / 19.2e9, 4 * (k * n + inputs * read + n * p) / 3.6e9)
    return latency, 0.0


def read_plan(path):
    with open(path, newline="") as file:
        return [[int(value) for value in row] for row in list(csv.reader(file))[1:]]


def main():
    if sys.argv[1:] == ["--tables"]:
        write_tables()
        return
    if len(sys.argv) == 2:
        for point in read_plan(sys.argv[1]):
            print(*point, *systolic(point), sep=",")
        return
    plan = read_plan(PLAN)
    table = numpy.loadtxt(SAMPLES, delimiter=",", skiprows=1)
    scaled = table[:, :-1] / table[:, -1:]
    ones = numpy.ones(len(table))

    def left_out():
        nnls(scaled, ones)
        for i in range(len(table)):
            others = numpy.arange(len(table)) != i
            nnls(scaled[others], ones[others])

    calls = {
        "systolic": lambda: [systolic(point) for point in plan], "roofline": lambda: [roofline(point) for point in plan],
        "nnls": lambda: nnls(scaled, ones), "nnls-left-out": left_out,
    }
    print(f"Python {sys.version.split()[0]}, scipy {scipy.__version__}", flush=True)
    for line in sys.stdin:
        what, repeats = line.split()
        start = time.perf_counter()
        for _ in range(int(repeats)):
            calls[what]()
        print(repr((time.perf_counter() - start) / int(repeats)), flush=True)


if __name__ == "__main__":
    main()
