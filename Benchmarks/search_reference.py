#!/usr/bin/env python3
"""What the toolkit's searches are measured against: SciPy's global optimisers, on the same problems.

    python3 search_reference.py

Prints versions. Then for each line `check PROBLEM X…` the values of f, c(x) <= 0 and h(x) = 0 at a point; for each line
`solve PROBLEM METHOD` the seconds of processor time, the calls of f, f and the largest violation of what METHOD finds, `-` for what it does
not find in LIMIT seconds, and `none` where it takes no such problem.

METHOD is shgo, differential_evolution, dual_annealing or direct, each as SciPy sets it up, seed 0. Constraints are given
to the two that take them. Points come as lists of floats and functions are loops over `math`: at two to twenty variables
faster than arrays. `design` is the toolkit's default design problem, in nine integers; its constraints are a penalty to
those methods that take none.
"""

import contextlib
import io
import logging
import math
import signal
import sys
import time
import warnings
from math import cos, exp, inf, log, pi, prod, sin, sqrt
from pathlib import Path

import numpy
import scipy
from scipy.optimize import NonlinearConstraint, differential_evolution, direct, dual_annealing, shgo

import simulate_reference

LIMIT = 10


class Problem:
    def __init__(self, bounds, f, c=None, h=None, integers=False):
        self.bounds, self.f, self.c, self.h, self.integers = bounds, f, c, h, integers

    def values(self, x):
        return [self.f(x)], list(self.c(x)) if self.c else [], list(self.h(x)) if self.h else []

    def violation(self, x):
        _, c, h = self.values(x)
        return max([0.0] + [max(0.0, v) for v in c] + [abs(v) for v in h])


def hartmann(x, scales, centres):
    return -sum(w * exp(-sum(s * (v - p) ** 2 for s, v, p in zip(row, x, centre)))
                for w, row, centre in zip([1, 1.2, 3, 3.2], scales, centres))


def shekel(count):
    centres = [[4, 4, 4, 4], [1, 1, 1, 1], [8, 8, 8, 8], [6, 6, 6, 6], [3, 7, 3, 7], [2, 9, 2, 9], [5, 5, 3, 3],
               [8, 1, 8, 1], [6, 2, 6, 2], [7, 3.6, 7, 3.6]]
    widths = [0.1, 0.2, 0.2, 0.4, 0.4, 0.6, 0.3, 0.7, 0.5, 0.5]
    return Problem([(0, 10)] * 4, lambda x: -sum(
        1 / (widths[i] + sum((v - c) ** 2 for v, c in zip(x, centres[i]))) for i in range(count)))


def ackley(x):
    mean = sum(v * v for v in x) / len(x)
    waves = sum(cos(2 * pi * v) for v in x) / len(x)
    return 20 - 20 * exp(-0.2 * sqrt(mean)) + exp(1) - exp(waves)


def shubert(value):
    return sum(i * cos((i + 1) * value + i) for i in range(1, 6))


def rosenbrock(x):
    return sum(100 * (b - a * a) ** 2 + (a - 1) ** 2 for a, b in zip(x, x[1:]))


def goldstein_price(x):
    a, b = x
    first = 1 + (a + b + 1) ** 2 * (19 - 14 * a + 3 * a * a - 14 * b + 6 * a * b + 3 * b * b)
    return first * (30 + (2 * a - 3 * b) ** 2 * (18 - 32 * a + 12 * a * a + 48 * b - 36 * a * b + 27 * b * b))


def colville(x):
    first = 100 * (x[0] ** 2 - x[1]) ** 2 + (x[0] - 1) ** 2 + (x[2] - 1) ** 2
    second = 90 * (x[2] ** 2 - x[3]) ** 2 + 10.1 * ((x[1] - 1) ** 2 + (x[3] - 1) ** 2)
    return first + second + 19.8 * (x[1] - 1) * (x[3] - 1)


def zakharov(x):
    weighted = sum(0.5 * i * v for i, v in enumerate(x, 1))
    return sum(v * v for v in x) + weighted ** 2 + weighted ** 4


GLOBAL = {
    "Ackley01": Problem([(-35, 35)] * 2, ackley),
    "Adjiman": Problem([(-1, 2), (-1, 1)], lambda x: cos(x[0]) * sin(x[1]) - x[0] / (x[1] * x[1] + 1)),
    "Alpine01": Problem([(-10, 10)] * 2, lambda x: sum(abs(v * sin(v) + 0.1 * v) for v in x)),
    "Beale": Problem([(-4.5, 4.5)] * 2, lambda x: (1.5 - x[0] + x[0] * x[1]) ** 2
                     + (2.25 - x[0] + x[0] * x[1] ** 2) ** 2 + (2.625 - x[0] + x[0] * x[1] ** 3) ** 2),
    "Bird": Problem([(-2 * pi, 2 * pi)] * 2, lambda x: (x[0] - x[1]) ** 2 + exp((1 - sin(x[0])) ** 2) * cos(x[1])
                    + exp((1 - cos(x[1])) ** 2) * sin(x[0])),
    "Bohachevsky1": Problem([(-15, 15)] * 2, lambda x: x[0] ** 2 + 2 * x[1] ** 2 - 0.3 * cos(3 * pi * x[0])
                            - 0.4 * cos(4 * pi * x[1]) + 0.7),
    "Booth": Problem([(-10, 10)] * 2, lambda x: (x[0] + 2 * x[1] - 7) ** 2 + (2 * x[0] + x[1] - 5) ** 2),
    "Branin01": Problem([(-5, 10), (0, 15)], lambda x: (x[1] - 1.275 * x[0] ** 2 / pi ** 2 + 5 * x[0] / pi - 6) ** 2
                        + (10 - 5 / (4 * pi)) * cos(x[0]) + 10),
    "CrossInTray": Problem([(-10, 10)] * 2, lambda x: -0.0001 * (abs(
        exp(abs(100 - sqrt(x[0] ** 2 + x[1] ** 2) / pi)) * sin(x[0]) * sin(x[1])) + 1) ** 0.1),
    "DropWave": Problem([(-5.12, 5.12)] * 2, lambda x: -(1 + cos(12 * sqrt(x[0] ** 2 + x[1] ** 2)))
                        / (0.5 * (x[0] ** 2 + x[1] ** 2) + 2)),
    "Easom": Problem([(-100, 100)] * 2, lambda x: -cos(x[0]) * cos(x[1]) * exp(-(x[0] - pi) ** 2 - (x[1] - pi) ** 2)),
    "EggHolder": Problem([(-512, 512)] * 2, lambda x: -(x[1] + 47) * sin(sqrt(abs(x[0] / 2 + x[1] + 47)))
                         - x[0] * sin(sqrt(abs(x[0] - x[1] - 47)))),
    "GoldsteinPrice": Problem([(-2, 2)] * 2, goldstein_price),
    "Griewank": Problem([(-600, 600)] * 2, lambda x: sum(v * v for v in x) / 4000
                        - prod(cos(v / sqrt(i)) for i, v in enumerate(x, 1)) + 1),
    "Himmelblau": Problem([(-6, 6)] * 2, lambda x: (x[0] ** 2 + x[1] - 11) ** 2 + (x[0] + x[1] ** 2 - 7) ** 2),
    "HolderTable": Problem([(-10, 10)] * 2, lambda x: -abs(
        sin(x[0]) * cos(x[1]) * exp(abs(1 - sqrt(x[0] ** 2 + x[1] ** 2) / pi)))),
    "Levy13": Problem([(-10, 10)] * 2, lambda x: sin(3 * pi * x[0]) ** 2 + (x[0] - 1) ** 2 * (
        1 + sin(3 * pi * x[1]) ** 2) + (x[1] - 1) ** 2 * (1 + sin(2 * pi * x[1]) ** 2)),
    "Matyas": Problem([(-10, 10)] * 2, lambda x: 0.26 * (x[0] ** 2 + x[1] ** 2) - 0.48 * x[0] * x[1]),
    "McCormick": Problem([(-1.5, 4), (-3, 3)], lambda x: sin(x[0] + x[1]) + (x[0] - x[1]) ** 2 - 1.5 * x[0]
                         + 2.5 * x[1] + 1),
    "Michalewicz": Problem([(0, pi)] * 2, lambda x: -sum(
        sin(v) * sin(i * v * v / pi) ** 20 for i, v in enumerate(x, 1))),
    "Rastrigin": Problem([(-5.12, 5.12)] * 2, lambda x: 10 * len(x) + sum(v * v - 10 * cos(2 * pi * v) for v in x)),
    "Schwefel26": Problem([(-500, 500)] * 2, lambda x: 418.982887272433 * len(x)
                          - sum(v * sin(sqrt(abs(v))) for v in x)),
    "Shubert01": Problem([(-10, 10)] * 2, lambda x: shubert(x[0]) * shubert(x[1])),
    "SixHumpCamel": Problem([(-5, 5)] * 2, lambda x: (4 - 2.1 * x[0] ** 2 + x[0] ** 4 / 3) * x[0] ** 2 + x[0] * x[1]
                            + (4 * x[1] ** 2 - 4) * x[1] ** 2),
    "StyblinskiTang": Problem([(-5, 5)] * 2, lambda x: sum((v ** 4 - 16 * v * v + 5 * v) / 2 for v in x)),
    "ThreeHumpCamel": Problem([(-5, 5)] * 2, lambda x: 2 * x[0] ** 2 - 1.05 * x[0] ** 4 + x[0] ** 6 / 6 + x[0] * x[1]
                              + x[1] ** 2),
    "Colville": Problem([(-10, 10)] * 4, colville),
    "DixonPrice": Problem([(-10, 10)] * 3, lambda x: (x[0] - 1) ** 2 + sum(
        (i + 1) * (2 * x[i] ** 2 - x[i - 1]) ** 2 for i in range(1, len(x)))),
    "Hartmann3": Problem([(0, 1)] * 3, lambda x: hartmann(
        x, [[3, 10, 30], [0.1, 10, 35], [3, 10, 30], [0.1, 10, 35]],
        [[0.3689, 0.1170, 0.2673], [0.4699, 0.4387, 0.7470], [0.1091, 0.8732, 0.5547], [0.03815, 0.5743, 0.8828]])),
    "Hartmann6": Problem([(0, 1)] * 6, lambda x: hartmann(
        x, [[10, 3, 17, 3.5, 1.7, 8], [0.05, 10, 17, 0.1, 8, 14], [3, 3.5, 1.7, 10, 17, 8],
            [17, 8, 0.05, 10, 0.1, 14]],
        [[0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886], [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
         [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.6650], [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381]])),
    "Powell": Problem([(-4, 5)] * 4, lambda x: (x[0] + 10 * x[1]) ** 2 + 5 * (x[2] - x[3]) ** 2
                      + (x[1] - 2 * x[2]) ** 4 + 10 * (x[0] - x[3]) ** 4),
    "Rosenbrock": Problem([(-30, 30)] * 5, rosenbrock),
    "Shekel05": shekel(5), "Shekel07": shekel(7), "Shekel10": shekel(10),
    "Zakharov": Problem([(-5, 10)] * 4, zakharov),
}


def g02(x):
    quartic = sum(cos(v) ** 4 for v in x)
    return -abs((quartic - 2 * prod(cos(v) ** 2 for v in x)) / sqrt(sum(i * v * v for i, v in enumerate(x, 1))))


def g04(x):
    u = 85.334407 + 0.0056858 * x[1] * x[4] + 0.0006262 * x[0] * x[3] - 0.0022053 * x[2] * x[4]
    v = 80.51249 + 0.0071317 * x[1] * x[4] + 0.0029955 * x[0] * x[1] + 0.0021813 * x[2] ** 2
    w = 9.300961 + 0.0047026 * x[2] * x[4] + 0.0012547 * x[0] * x[2] + 0.0019085 * x[2] * x[3]
    return u - 92, -u, v - 110, 90 - v, w - 25, 20 - w


def g07(x):
    return (x[0] ** 2 + x[1] ** 2 + x[0] * x[1] - 14 * x[0] - 16 * x[1] + (x[2] - 10) ** 2 + 4 * (x[3] - 5) ** 2
            + (x[4] - 3) ** 2 + 2 * (x[5] - 1) ** 2 + 5 * x[6] ** 2 + 7 * (x[7] - 11) ** 2 + 2 * (x[8] - 10) ** 2
            + (x[9] - 7) ** 2 + 45)


def g07_c(x):
    return (-105 + 4 * x[0] + 5 * x[1] - 3 * x[6] + 9 * x[7], 10 * x[0] - 8 * x[1] - 17 * x[6] + 2 * x[7],
            -8 * x[0] + 2 * x[1] + 5 * x[8] - 2 * x[9] - 12,
            3 * (x[0] - 2) ** 2 + 4 * (x[1] - 3) ** 2 + 2 * x[2] ** 2 - 7 * x[3] - 120,
            5 * x[0] ** 2 + 8 * x[1] + (x[2] - 6) ** 2 - 2 * x[3] - 40,
            x[0] ** 2 + 2 * (x[1] - 2) ** 2 - 2 * x[0] * x[1] + 14 * x[4] - 6 * x[5],
            0.5 * (x[0] - 8) ** 2 + 2 * (x[1] - 4) ** 2 + 3 * x[4] ** 2 - x[5] - 30,
            -3 * x[0] + 6 * x[1] + 12 * (x[8] - 8) ** 2 - 7 * x[9])


def g09(x):
    return ((x[0] - 10) ** 2 + 5 * (x[1] - 12) ** 2 + x[2] ** 4 + 3 * (x[3] - 11) ** 2 + 10 * x[4] ** 6
            + 7 * x[5] ** 2 + x[6] ** 4 - 4 * x[5] * x[6] - 10 * x[5] - 8 * x[6])


def g09_c(x):
    return (2 * x[0] ** 2 + 3 * x[1] ** 4 + x[2] + 4 * x[3] ** 2 + 5 * x[4] - 127,
            7 * x[0] + 3 * x[1] + 10 * x[2] ** 2 + x[3] - x[4] - 282,
            23 * x[0] + x[1] ** 2 + 6 * x[5] ** 2 - 8 * x[6] - 196,
            4 * x[0] ** 2 + x[1] ** 2 - 3 * x[0] * x[1] + 2 * x[2] ** 2 + 5 * x[5] - 11 * x[6])


def g10_c(x):
    return (-1 + 0.0025 * (x[3] + x[5]), -1 + 0.0025 * (x[4] + x[6] - x[3]), -1 + 0.01 * (x[7] - x[4]),
            -x[0] * x[5] + 833.33252 * x[3] + 100 * x[0] - 83333.333,
            -x[1] * x[6] + 1250 * x[4] + x[1] * x[3] - 1250 * x[3],
            -x[2] * x[7] + 1_250_000 + x[2] * x[4] - 2500 * x[4])


def g14(x):
    weights = [-6.089, -17.164, -34.054, -5.914, -24.721, -14.986, -24.1, -10.708, -26.662, -22.179]
    total = sum(x)
    return sum(v * (w + log(v / total)) for v, w in zip(x, weights))


def g18_c(x):
    def circle(a, b):
        return a * a + b * b - 1
    return (circle(x[2], x[3]), x[8] ** 2 - 1, circle(x[4], x[5]), circle(x[0], x[1] - x[8]),
            circle(x[0] - x[4], x[1] - x[5]), circle(x[0] - x[6], x[1] - x[7]), circle(x[2] - x[4], x[3] - x[5]),
            circle(x[2] - x[6], x[3] - x[7]), circle(x[6], x[7] - x[8]), x[1] * x[2] - x[0] * x[3], -x[2] * x[8],
            x[4] * x[8], x[5] * x[6] - x[4] * x[7])


CONSTRAINED = {
    "G01": Problem([(0, 100 if 10 <= i <= 12 else 1) for i in range(1, 14)],
                   lambda x: 5 * sum(x[:4]) - 5 * sum(v * v for v in x[:4]) - sum(x[4:]), lambda x: (
        2 * x[0] + 2 * x[1] + x[9] + x[10] - 10, 2 * x[0] + 2 * x[2] + x[9] + x[11] - 10,
        2 * x[1] + 2 * x[2] + x[10] + x[11] - 10, -8 * x[0] + x[9], -8 * x[1] + x[10], -8 * x[2] + x[11],
        -2 * x[3] - x[4] + x[9], -2 * x[5] - x[6] + x[10], -2 * x[7] - x[8] + x[11])),
    "G02": Problem([(0, 10)] * 20, g02, lambda x: (0.75 - prod(x), sum(x) - 150)),
    "G03": Problem([(0, 1)] * 10, lambda x: -sqrt(10) ** 10 * prod(x), h=lambda x: (sum(v * v for v in x) - 1,)),
    "G04": Problem([(78, 102), (33, 45), (27, 45), (27, 45), (27, 45)],
                   lambda x: 5.3578547 * x[2] ** 2 + 0.8356891 * x[0] * x[4] + 37.293239 * x[0] - 40792.141, g04),
    "G05": Problem([(0, 1200), (0, 1200), (-0.55, 0.55), (-0.55, 0.55)],
                   lambda x: 3 * x[0] + 1e-6 * x[0] ** 3 + 2 * x[1] + 2e-6 / 3 * x[1] ** 3,
                   lambda x: (x[2] - x[3] - 0.55, x[3] - x[2] - 0.55), lambda x: (
        1000 * sin(-x[2] - 0.25) + 1000 * sin(-x[3] - 0.25) + 894.8 - x[0],
        1000 * sin(x[2] - 0.25) + 1000 * sin(x[2] - x[3] - 0.25) + 894.8 - x[1],
        1000 * sin(x[3] - 0.25) + 1000 * sin(x[3] - x[2] - 0.25) + 1294.8)),
    "G06": Problem([(13, 100), (0, 100)], lambda x: (x[0] - 10) ** 3 + (x[1] - 20) ** 3, lambda x: (
        100 - (x[0] - 5) ** 2 - (x[1] - 5) ** 2, (x[0] - 6) ** 2 + (x[1] - 5) ** 2 - 82.81)),
    "G07": Problem([(-10, 10)] * 10, g07, g07_c),
    "G08": Problem([(0, 10)] * 2, lambda x: -sin(2 * pi * x[0]) ** 3 * sin(2 * pi * x[1]) / (
        x[0] ** 3 * (x[0] + x[1])) if x[0] else math.nan,
                   lambda x: (x[0] ** 2 - x[1] + 1, 1 - x[0] + (x[1] - 4) ** 2)),
    "G09": Problem([(-10, 10)] * 7, g09, g09_c),
    "G10": Problem([(100, 10_000), (1000, 10_000), (1000, 10_000)] + [(10, 1000)] * 5,
                   lambda x: x[0] + x[1] + x[2], g10_c),
    "G11": Problem([(-1, 1)] * 2, lambda x: x[0] ** 2 + (x[1] - 1) ** 2, h=lambda x: (x[1] - x[0] ** 2,)),
    "G12": Problem([(0, 10)] * 3, lambda x: -(100 - sum((v - 5) ** 2 for v in x)) / 100, lambda x: (
        sum((v - max(1, min(9, math.floor(v + 0.5)))) ** 2 for v in x) - 0.0625,)),
    "G13": Problem([(-2.3, 2.3)] * 2 + [(-3.2, 3.2)] * 3, lambda x: exp(prod(x)), h=lambda x: (
        sum(v * v for v in x) - 10, x[1] * x[2] - 5 * x[3] * x[4], x[0] ** 3 + x[1] ** 3 + 1)),
    "G14": Problem([(1e-12, 10)] * 10, g14, h=lambda x: (
        x[0] + 2 * x[1] + 2 * x[2] + x[5] + x[9] - 2, x[3] + 2 * x[4] + x[5] + x[6] - 1,
        x[2] + x[6] + x[7] + 2 * x[8] + x[9] - 1)),
    "G15": Problem([(0, 10)] * 3, lambda x: 1000 - x[0] ** 2 - 2 * x[1] ** 2 - x[2] ** 2 - x[0] * x[1] - x[0] * x[2],
                   h=lambda x: (sum(v * v for v in x) - 25, 8 * x[0] + 14 * x[1] + 7 * x[2] - 56)),
    "G18": Problem([(-10, 10)] * 8 + [(0, 20)], lambda x: -0.5 * (
        x[0] * x[3] - x[1] * x[2] + x[2] * x[8] - x[4] * x[8] + x[4] * x[7] - x[5] * x[6]), g18_c),
    "G24": Problem([(0, 3), (0, 4)], lambda x: -x[0] - x[1], lambda x: (
        -2 * x[0] ** 4 + 8 * x[0] ** 3 - 8 * x[0] ** 2 + x[1] - 2,
        -4 * x[0] ** 4 + 32 * x[0] ** 3 - 88 * x[0] ** 2 + 96 * x[0] + x[1] - 36)),
}


def design_values(x):
    """Accuracy, latency, energy and area of a point of dense3-fashion on systolic-ws-32x32."""
    point = [round(v) for v in x]
    latency, energy = simulate_reference.systolic(point)
    weights = sum(kernel * inputs * outputs for kernel, inputs, outputs, _, _ in simulate_reference.layers(point))
    area = 1024 * 636e-6 + (2 * 65536 + weights) * 3.954e-6
    degree = 0.0
    for cell in range(3):
        width, depth, skip = point[3 * cell:3 * cell + 3]
        degree += width + sum(min(skip, width * (i - 1)) for i in range(1, depth)) / depth
    a, b, c = 1.0006371700700882, 12.881809205145707, -2.420631995635642  # datasets/fashion-mnist-dense3
    return 1 / (a + exp(b / degree + c)), latency, energy, area


def design_f(x):
    accuracy, latency, energy, area = design_values(x)
    return -accuracy / (latency * energy * area)


def design_c(x):
    accuracy, _, _, area = design_values(x)
    return (0.906 - accuracy) / 0.906, (area - 1.42) / 1.42


def scipy_tests():
    """The problems of SciPy's own tests of shgo."""
    generators = Path(__file__).resolve().parents[1] / "Tests" / "ReferenceTests" / "generators"
    sys.path.insert(0, str(generators))
    import scipy_shgo
    found = {}
    for problem, _, result, _ in scipy_shgo.problems():
        if not result.success:
            continue
        bounds = [(-inf if low is None else low, inf if high is None else high) for low, high in problem.bounds]
        g, h = problem.constraints(problem.samples()[0]["x"])
        found[problem.name] = Problem(
            bounds, problem.f, (lambda x, p=problem: [-v for v in p.constraints(x)[0]]) if g else None,
            (lambda x, p=problem: p.constraints(x)[1]) if h else None)
    return found


class Timeout(Exception):
    pass


def solve(problem, method):
    """Seconds, calls of f, the point found or None."""
    calls = 0

    def f(x):
        nonlocal calls
        calls += 1
        try:
            return problem.f(x.tolist())
        except (OverflowError, ZeroDivisionError, ValueError):
            return inf

    def penalised(x):
        return f(x) + 1e12 * sum(max(0.0, v) for v in problem.c(x.tolist()))

    def vector(functions, sign=1):
        return lambda x: numpy.array([sign * v for v in functions(x.tolist())])

    constraints = []
    if method == "shgo":
        constraints = [{"type": kind, "fun": vector(functions, sign)} for kind, functions, sign in
                       [("ineq", problem.c, -1), ("eq", problem.h, 1)] if functions]
    elif method == "differential_evolution":
        constraints = [NonlinearConstraint(vector(functions), low, 0) for functions, low in
                       [(problem.c, -inf), (problem.h, 0)] if functions]
    target = penalised if problem.integers and method in ("dual_annealing", "direct") else f
    bounds = [(float(low), float(high)) for low, high in problem.bounds]
    named = {"integrality": [True] * len(bounds)} if problem.integers else {}
    run = {
        "shgo": lambda: shgo(f, bounds, constraints=constraints or None),
        "differential_evolution": lambda: differential_evolution(f, bounds, constraints=constraints, rng=0, **named),
        "dual_annealing": lambda: dual_annealing(target, bounds, rng=0),
        "direct": lambda: direct(target, bounds),
    }[method]

    def stop(*_):
        raise Timeout
    signal.signal(signal.SIGPROF, stop)
    start = time.thread_time()
    signal.setitimer(signal.ITIMER_PROF, LIMIT)
    try:
        result = run()
        point = None if result.x is None else [float(v) for v in result.x]
    except Timeout:
        point = None
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    return time.thread_time() - start, calls, point


def takes(problem, method):
    if method in ("dual_annealing", "direct") and (problem.c or problem.h) and not problem.integers:
        return False
    return method == "shgo" or all(math.isfinite(end) for pair in problem.bounds for end in pair)


def answer(problems, words):
    problem = problems[words[1]]
    if words[0] == "check":
        f, c, h = problem.values([float(word) for word in words[2:]])
        return " ".join(repr(float(value)) for value in f + c + h)
    if not takes(problem, words[2]):
        return "none"
    seconds, calls, point = solve(problem, words[2])
    if point is None:
        return f"{seconds!r} {calls} - -"
    return f"{seconds!r} {calls} {float(problem.f(point))!r} {problem.violation(point)!r}"


def main():
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    with contextlib.redirect_stdout(io.StringIO()):  # one of SciPy's functions prints
        tests = scipy_tests()
        for method in ("shgo", "differential_evolution", "dual_annealing", "direct"):
            solve(GLOBAL["Booth"], method)  # the first call imports and warms up
    problems = {**tests, **GLOBAL, **CONSTRAINED,
                "design": Problem(simulate_reference.RANGES, design_f, design_c, integers=True)}
    print(f"Python {sys.version.split()[0]}, scipy {scipy.__version__}", flush=True)
    for line in sys.stdin:
        with contextlib.redirect_stdout(io.StringIO()):
            text = answer(problems, line.split())
        print(text, flush=True)


if __name__ == "__main__":
    main()
