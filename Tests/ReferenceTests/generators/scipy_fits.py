#!/usr/bin/env python3
"""Remakes References/scipy-fits.json: least-squares fits by SciPy and NumPy.

    pip install scipy==1.17.1 numpy==2.4.6
    python3 Tests/ReferenceTests/generators/scipy_fits.py                   # keeps the measured samples it finds there
    python3 Tests/ReferenceTests/generators/scipy_fits.py --refresh-samples # copies them anew from the data set

Curves: theta(g) = 1/(a + exp(b/g + c)), b >= 0, a + exp(c) >= 1, all weights 1. a, b and c are nearly degenerate, so
the fit works on s = a + exp(c) >= 1, the reciprocal at infinite g; q >= 0, what the reciprocal at the least g adds to
it; and b: 1/theta = s + q expm1(b/g)/expm1(b/g_min). At b = 0 this is its limit s + q g_min/g, a hyperbola that no
finite a, b, c reach: a fit over these can only come near its sum of squares, hence the wider tolerance there. The best
of many starts of scipy.optimize.least_squares is kept; differential_evolution and, for a solution inside the bounds,
curve_fit over a, b, c must find nothing better.

Non-negative: scipy.optimize.nnls on rows scaled by 1/y, columns scaled to length 1; the best of numpy.linalg.lstsq over
every subset of the columns must agree. Weighted: numpy.linalg.lstsq.
"""

import argparse
import csv
import itertools
import json

import numpy
import scipy
from scipy import optimize

from reference_json import REFERENCES, REPOSITORY, write

OUTPUT = REFERENCES / "scipy-fits.json"
SAMPLES = REPOSITORY / "datasets" / "fashion-mnist-dense3" / "samples.csv"
MEASURED = "measured"


# Curves.


def curve(g, least, s, q, b):
    """The reciprocal is s + q*shape, shape in 0...1 and exactly 1 at the least g."""
    g = numpy.asarray(g, float)
    if b < 1e-9 * least:
        return 1 / (s + q * least / g)
    # expm1(b/g)/expm1(b/least) without overflow.
    shape = numpy.exp(b / g - b / least) * numpy.expm1(-b / g) / numpy.expm1(-b / least)
    return 1 / (s + q * shape)


def fit_curve(g, theta):
    """(s, q, b), sum of squares."""
    g, theta = numpy.array(g), numpy.array(theta)
    least = g.min()
    lower, upper = numpy.array([1, 0, 0]), numpy.array([100, 100, 60 * least])

    def residuals(p):
        return curve(g, least, *p) - theta

    def squares(p):
        return float(numpy.sum(residuals(p) ** 2))

    best = None
    for b, s in itertools.product(numpy.geomspace(0.01 * least, 40 * least, 25), (1.0 + 1e-6, 1.05, 1.15, 1.4)):
        q = max(1 / theta[g.argmin()] - s, 1e-3)
        found = optimize.least_squares(residuals, [s, q, b], bounds=(lower, upper), x_scale="jac", method="trf",
                                       ftol=1e-15, xtol=1e-15, gtol=1e-15, max_nfev=4000)
        # A bound that trf nears from inside is taken exactly, if that is no worse.
        for point in (found.x, [1.0, *found.x[1:]], [*found.x[:2], 0.0], [1.0, found.x[1], 0.0]):
            point = polish(residuals, numpy.array(point, float), lower, upper)
            if best is None or squares(point) < squares(best):
                best = point
    for point in ([1.0, *best[1:]], [*best[:2], 0.0], [1.0, best[1], 0.0]):
        point = polish(residuals, numpy.array(point, float), lower, upper)
        if squares(point) <= squares(best) * (1 + 1e-12):
            best = point
    other = optimize.differential_evolution(squares, list(zip([1, 0, 0], [4, 10, 60 * least])), seed=1, tol=1e-14,
                                            maxiter=3000, popsize=20, polish=True)
    if squares(best) > other.fun * (1 + 1e-9):
        raise SystemExit(f"differential_evolution finds {other.fun} at {other.x}, the starts {squares(best)} at {best}")
    return best, squares(best)


def polish(residuals, point, lower, upper):
    """Gauss-Newton by least_squares over the parameters that are off their bounds."""
    free = [k for k in range(3) if lower[k] < point[k] < upper[k]]
    if not free:
        return point

    def part(values):
        full = point.copy()
        full[free] = values
        return residuals(full)

    found = optimize.least_squares(part, point[free], bounds=(lower[free], upper[free]), x_scale="jac",
                                   jac="3-point", ftol=1e-15, xtol=1e-15, gtol=1e-15)
    full = point.copy()
    full[free] = found.x
    return full


def describe_curve(name, about, g, theta):
    (s, q, b), squares = fit_curve(g, theta)
    least, most = min(g), max(g)
    factor = float(q / numpy.expm1(b / least)) if b > 0 else None
    places = [n for n, holds in (("a + exp(c) = 1", s == 1), ("b = 0", b == 0), ("constant", q == 0)) if holds]
    parameters = None
    if factor:
        parameters = {"a": float(s - factor), "b": float(b), "c": float(numpy.log(factor))}
        if not places:
            check_curve_fit(g, theta, parameters, squares)
    points = [round(least + (most - least) * f, 3) for f in (0.03, 0.2, 0.45, 0.7, 0.97)]
    return {"name": name, "about": about, "solution": " and ".join(places) or "inside the bounds",
            "tolerance": 1e-3 if b == 0 else 1e-6, "sum_of_squares": squares, "parameters": parameters,
            "at": points, "values": [float(v) for v in curve(points, least, s, q, b)], "x": g, "y": theta}


def check_curve_fit(g, theta, start, squares):
    def function(x, a, b, c):
        with numpy.errstate(over="ignore"):  # far steps that curve_fit tries and rejects
            return 1 / (a + numpy.exp(b / x + c))

    found, _ = optimize.curve_fit(function, numpy.array(g), numpy.array(theta), [start["a"], start["b"], start["c"]],
                                  ftol=1e-15, xtol=1e-15, gtol=1e-15, maxfev=20000)
    other = float(numpy.sum((function(numpy.array(g), *found) - numpy.array(theta)) ** 2))
    if found[1] >= 0 and found[0] + numpy.exp(found[2]) >= 1 and squares > other * (1 + 1e-9):
        raise SystemExit(f"curve_fit finds {other}, least_squares {squares}")


SYNTHETIC = [  # name, a, b, c, points, g from, to, noise, seed
    ("eight points", 1.03, 80.0, -4.0, 8, 20, 250, 0.002, 1),
    ("gentle", 0.9, 30.0, -1.5, 12, 20, 250, 0.003, 2),
    ("steep", 1.05, 150.0, -7.6, 20, 20, 250, 0.003, 3),
    ("noisy", 1.04, 60.0, -3.1, 30, 20, 250, 0.01, 4),
    ("at the bound", 0.58, 25.0, -0.9162907, 16, 20, 150, 0.004, 5),
]


def curves(measured):
    for name, a, b, c, count, least, most, noise, seed in SYNTHETIC:
        random = numpy.random.default_rng(seed)
        g = numpy.sort(numpy.round(numpy.exp(random.uniform(numpy.log(least), numpy.log(most), count)), 3))
        theta = 1 / (a + numpy.exp(b / g + c)) + random.normal(0, noise, count)
        about = f"a {a}, b {b}, c {c}, normal noise {noise}, seed {seed}"
        yield describe_curve(name, about, [float(v) for v in g], [round(float(v), 5) for v in theta])
    yield describe_curve(MEASURED, measured["about"], measured["x"], measured["y"])


def measured_samples(refresh):
    """The rows of seed 0 of the data set, or those that the present file holds: the data set may grow."""
    if not refresh and OUTPUT.exists():
        return next(c for c in json.loads(OUTPUT.read_text())["curves"] if c["name"] == MEASURED)
    with open(SAMPLES, newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["seed"] == "0"]
    return {"about": f"nn_degree and accuracy of the first {len(rows)} rows of seed 0 in "
                     f"{SAMPLES.relative_to(REPOSITORY)}",
            "x": [float(row["nn_degree"]) for row in rows], "y": [float(row["accuracy"]) for row in rows]}


# Non-negative least squares in relative error.


def features(random, count):
    """Plausible features of small networks: 1, MACs, parameters, layers, activations, skip elements."""
    layers = random.integers(12, 31, count)
    width = random.uniform(8, 40, count)
    macs = numpy.round(layers * width ** 2 * random.uniform(500, 1500, count))
    parameters = numpy.round(layers * width ** 2 * random.uniform(6, 14, count))
    activations = numpy.round(layers * width * random.uniform(100, 400, count))
    skips = numpy.round(activations * random.uniform(0, 3, count))
    return numpy.column_stack([numpy.ones(count), macs, parameters, layers, activations, skips])


NON_NEGATIVE = [  # name, columns of `features`, true coefficients (a negative one ends at 0), points, noise, seed
    ("three columns", [0, 1, 3], [2e-4, 5e-11, 3e-5], 12, 0.03, 11),
    ("four columns", [0, 1, 2, 3], [1e-4, 8e-11, 2e-9, 1e-5], 20, 0.05, 12),
    ("one coefficient at 0", [0, 1, 2, 3], [3e-4, 1e-10, -2e-9, 2e-5], 25, 0.03, 13),
    ("five columns, two at 0", [0, 1, 2, 3, 4], [-2e-4, 6e-11, -3e-9, 4e-5, 3e-9], 40, 0.04, 14),
    ("six columns, much noise", [0, 1, 2, 3, 4, 5], [2e-4, 3e-11, 0.0, 0.0, 2e-9, 1e-9], 40, 0.1, 15),
]


def non_negative():
    for name, columns, true, count, noise, seed in NON_NEGATIVE:
        random = numpy.random.default_rng(seed)
        rows = features(random, count)[:, columns]
        targets = rows @ numpy.array(true) * (1 + random.normal(0, noise, count))
        targets = numpy.array([float(f"{t:.6g}") for t in targets])
        if targets.min() <= 0:
            raise SystemExit(f"{name}: a target is not positive")
        scaled = rows / targets[:, None]
        lengths = numpy.linalg.norm(scaled, axis=0)
        solution, norm = optimize.nnls(scaled / lengths, numpy.ones(count))
        check_non_negative(name, scaled / lengths, solution, norm)
        yield {"name": name, "coefficients": [float(v) for v in solution / lengths], "residual_norm": float(norm),
               "targets": targets.tolist(), "rows": [[int(v) for v in row] for row in rows]}


def check_non_negative(name, scaled, solution, norm):
    ones = numpy.ones(len(scaled))
    best, least = numpy.zeros(scaled.shape[1]), numpy.linalg.norm(ones)
    for size in range(1, scaled.shape[1] + 1):
        for chosen in itertools.combinations(range(scaled.shape[1]), size):
            part = numpy.linalg.lstsq(scaled[:, chosen], ones, rcond=None)[0]
            rest = numpy.linalg.norm(scaled[:, chosen] @ part - ones)
            if (part >= 0).all() and rest < least:
                best, least = numpy.zeros(scaled.shape[1]), rest
                best[list(chosen)] = part
    if abs(least - norm) > 1e-12 * norm or not numpy.allclose(best, solution, rtol=1e-9, atol=0):
        raise SystemExit(f"{name}: nnls finds {solution}, the subsets {best}")


# Weighted linear least squares.


def weighted():
    random = numpy.random.default_rng(31)
    g = numpy.round(numpy.sort(random.uniform(25, 200, 10)), 2)
    yield solve_weighted("a line in 1/g", numpy.column_stack([numpy.ones(10), 1 / g]),
                         0.93 - 2.1 / g + random.normal(0, 0.004, 10), numpy.ones(10))
    g, macs = random.uniform(25, 200, 18), random.uniform(1, 40, 18)
    rows = numpy.column_stack([numpy.ones(18), numpy.log(g), macs])
    yield solve_weighted("three columns, weights over four decades", rows, rows @ [0.7, 0.04, -0.0005]
                         + random.normal(0, 0.01, 18), 10 ** random.uniform(0, 4, 18))
    x = numpy.repeat(numpy.arange(1.0, 6.0), 3)
    yield solve_weighted("replicates, a parabola", numpy.column_stack([x ** k for k in range(3)]),
                         1 + 0.5 * x - 0.2 * x ** 2 + random.normal(0, 0.1, 15), 1 / (0.05 * x) ** 2)


def solve_weighted(name, rows, targets, weights):
    rows = numpy.array([[float(f"{v:.9g}") for v in row] for row in rows])
    targets, weights = (numpy.array([float(f"{v:.7g}") for v in part]) for part in (targets, weights))
    root = numpy.sqrt(weights)
    scaled = rows * root[:, None]
    solution = numpy.linalg.lstsq(scaled, targets * root, rcond=None)[0]
    inverse = numpy.linalg.inv(scaled.T @ scaled)
    pseudo = numpy.linalg.pinv(scaled)
    if not numpy.allclose(pseudo @ pseudo.T, inverse, rtol=1e-10, atol=0):
        raise SystemExit(f"{name}: two ways to the inverse disagree")
    return {"name": name, "coefficients": solution.tolist(), "inverse_information": inverse.tolist(),
            "residual_sum_of_squares": float(numpy.sum(weights * (targets - rows @ solution) ** 2)),
            "targets": targets.tolist(), "weights": weights.tolist(), "rows": rows.tolist()}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--refresh-samples", action="store_true", help="copy the measured samples from the data set")
    measured = measured_samples(parser.parse_args().refresh_samples)
    write(OUTPUT, {
        "source": "SciPy: scipy.optimize.least_squares, curve_fit, nnls; NumPy: numpy.linalg.lstsq, inv",
        "version": f"scipy {scipy.__version__}, numpy {numpy.__version__}",
        "command": "python3 Tests/ReferenceTests/generators/scipy_fits.py",
        "tolerance": 1e-6,
        "tolerances": {"non_negative": 1e-8, "weighted": 1e-9},
        "about": "curves: theta(g) = 1/(a + exp(b/g + c)), b >= 0, a + exp(c) >= 1, weights 1; judge a fit by "
                 "sum_of_squares and by its values at `at`, not by its parameters, which are nearly degenerate (null "
                 "where they tend to infinity: solution \"b = 0\" is the limit s + k/g of the reciprocal). Each curve "
                 "has its own tolerance. non_negative: rows and targets as they are; the fit divides both by "
                 "the target, and residual_norm is that of the divided system. weighted: inverse_information is "
                 "(X^T W X)^-1.",
        "curves": list(curves(measured)),
        "non_negative": list(non_negative()),
        "weighted": list(weighted()),
    })


if __name__ == "__main__":
    main()
