#!/usr/bin/env python3
"""Remakes References/accuracy-forms.json: fits of accuracy forms by SciPy, Gaussian processes by scikit-learn.

    pip install scipy==1.17.1 numpy==2.4.6 scikit-learn==1.9.1
    python3 Tests/ReferenceTests/generators/accuracy_forms.py

Curves: the best of many starts of scipy.optimize.curve_fit, within the forms' bounds: `power` and `flash-power` over their
ends, P and Q, and their shape, so that the bounds are a box and a bound at infinity an inequality that is checked.
Regressions: curve_fit from one start; they have one minimum.

Gaussian processes: GaussianProcessRegressor over standardised features and centred accuracies, first at hyperparameters
that are given, then at those that its own optimiser finds from nine starts within bounds; alpha holds the known variances.
"""

import itertools
import warnings

import numpy
import scipy
import sklearn
from scipy import optimize
from sklearn.exceptions import ConvergenceWarning
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import ConstantKernel, Matern, RBF, WhiteKernel

from reference_json import REFERENCES, write

OUTPUT = REFERENCES / "accuracy-forms.json"
FEATURES = ["nn_degree", "macs", "nn_mass", "weighted_layers"]


def samples(count, seed, noise, law):
    random = numpy.random.default_rng(seed)
    g = numpy.round(random.uniform(25, 180, count), 3)
    macs = numpy.round(random.uniform(1e6, 1e7, count))
    mass = numpy.round(random.uniform(0, 100, count), 3)
    depth = numpy.round(random.uniform(5, 40, count))
    table = numpy.column_stack([g, macs, mass, depth])
    return table, numpy.round(law(*table.T) + random.normal(0, noise, count), 5)


# Saturating curves over P, Q, log kappa and log p.

SCALES, POWERS = (numpy.log(0.02), numpy.log(40)), (numpy.log(0.25), numpy.log(4))


def saturating(kind, g, least, most, end, rise, scale, power=0.0):
    kappa = numpy.exp(scale)

    def exponent(x):
        if kind == "power":
            return -numpy.log(x / least) / numpy.log(most / least)
        return (least / x) ** numpy.exp(power) - 1

    base = numpy.exp(kappa * exponent(most))
    eta = end + rise * (numpy.exp(kappa * exponent(g)) - base) / (1 - base)
    last = 0.0 if kind == "power" else numpy.exp(-kappa)
    limit = end - rise * (base - last) / (1 - base)
    return (1 - eta if kind == "power" else 1 / eta), limit


def fit_saturating(kind, g, theta):
    least, most = g.min(), g.max()
    has_power = kind == "flash-power"
    floor = 0.0 if kind == "power" else 1.0
    lower = [floor, 1e-9, SCALES[0]] + ([POWERS[0]] if has_power else [])
    upper = [floor + 10, 10, SCALES[1]] + ([POWERS[1]] if has_power else [])

    def function(x, *p):
        return saturating(kind, x, least, most, *p)[0]

    best = None
    for scale, power in itertools.product(numpy.linspace(*SCALES, 9)[1:-1], numpy.linspace(*POWERS, 5) if has_power else [0]):
        low, high = (1 - theta, 1 - theta) if kind == "power" else (1 / theta, 1 / theta)
        end = max(float(low[g.argmax()]), floor + 1e-6)
        start = [end, max(float(high[g.argmin()]) - end, 1e-3), scale] + ([power * 0.999] if has_power else [])
        try:
            found, _ = optimize.curve_fit(function, g, theta, start, bounds=(lower, upper), x_scale="jac",
                                          ftol=1e-15, xtol=1e-15, gtol=1e-15, max_nfev=20000)
        except RuntimeError:
            continue
        squares = float(numpy.sum((function(g, *found) - theta) ** 2))
        if saturating(kind, g, least, most, *found)[1] >= floor and (best is None or squares < best[1]):
            best = found, squares
    found, squares = best
    points = numpy.linspace(least, most, 7)
    return squares, [[float(p)] for p in points], [float(v) for v in function(points, *found)]


# Regressions.


def logistic(eta):
    return 1 / (1 + numpy.exp(-eta))


def terms(names, table):
    columns = [table[:, FEATURES.index(name)] for name in names]
    return numpy.column_stack([numpy.ones(len(table))] + [
        numpy.log1p(c) if name == "nn_mass" else numpy.log(c) for name, c in zip(names, columns)])


def fit_terms(names, link, table, theta, design=terms):
    rows = design(names, table)

    def function(x, *p):
        return link(x @ numpy.array(p))

    start = numpy.linalg.lstsq(rows, numpy.log(theta / (1 - theta)) if link is logistic else theta, rcond=None)[0]
    found, _ = optimize.curve_fit(function, rows, theta, start, ftol=1e-15, xtol=1e-15, gtol=1e-15, maxfev=20000)
    squares = float(numpy.sum((function(rows, *found) - theta) ** 2))
    inside = table[[0, len(table) // 2, -1]]
    return squares, [[float(r[FEATURES.index(n)]) for n in names] for r in inside], [
        float(v) for v in function(design(names, inside), *found)]


def plain(names, table):
    return numpy.column_stack([numpy.ones(len(table))] + [table[:, FEATURES.index(name)] for name in names])


REGRESSIONS = {
    "logistic-log": (["nn_degree"], logistic, terms),
    "log-linear": (["nn_degree"], lambda eta: eta, terms),
    "linear": (["nn_degree"], lambda eta: eta, plain),
    "degree-macs": (["nn_degree", "macs"], logistic, terms),
    "degree-mass": (["nn_degree", "nn_mass"], logistic, terms),
    "degree-depth": (["nn_degree", "weighted_layers"], logistic, terms),
    "degree-macs-mass": (["nn_degree", "macs", "nn_mass"], logistic, terms),
    "degree-macs-depth": (["nn_degree", "macs", "weighted_layers"], logistic, terms),
}


def fits():
    def law(g, macs, mass, depth):
        return 1 / (1.04 + numpy.exp(60 / g - 3.1)) + 0.004 * numpy.log(macs / 1e6) + 1e-4 * mass - 2e-4 * depth

    def inner(g, macs, mass, depth):
        return 1 / (1.03 + numpy.exp(300 / g**1.5 - 3))

    def decay(g, macs, mass, depth):
        return 0.95 - 2.5 * g**-0.9

    for seed in (1, 2):
        for form, source in (("flash", law), ("flash-power", inner), ("power", decay)):
            table, theta = samples(25, seed, 0.003, source)
            squares, points, values = fit_saturating(form, table[:, 0], theta)
            yield describe(form, ["nn_degree"], seed, table, theta, squares, points, values)
        table, theta = samples(25, seed + 10, 0.004, law)
        for form, (names, link, design) in REGRESSIONS.items():
            squares, points, values = fit_terms(names, link, table, theta, design)
            yield describe(form, names, seed + 10, table, theta, squares, points, values)


def describe(form, names, seed, table, theta, squares, points, values):
    rows = [[float(r[FEATURES.index(n)]) for n in names] for r in table]
    return {"form": form, "seed": seed, "features": names, "rows": rows, "accuracies": [float(t) for t in theta],
            "sum_of_squares": squares, "at": points, "values": values}


# Gaussian processes.


def processes():
    def law(g, macs, mass, depth):
        return 0.8 + 0.05 * numpy.sin(g / 40) + 0.01 * numpy.log(macs / 1e6)

    shapes = {"squared-exponential": lambda scale, bounds: RBF(scale, bounds),
              "matern": lambda scale, bounds: Matern(scale, bounds, nu=2.5)}
    for (name, shape), (count, seed, known) in itertools.product(
            shapes.items(), [(12, 1, 0.0), (25, 2, 4e-6), (40, 3, 0.0)]):
        table, theta = samples(count, seed, 0.004, law)
        random = numpy.random.default_rng(seed)
        variances = known * (1 + random.uniform(size=count))
        features = table[:, :2]
        x = (features - features.mean(0)) / features.std(0)
        centre, unit = theta.mean(), theta.std()
        fixed = {"variance": 1.5 * unit**2, "length": 0.8, "noise": 0.05 * unit**2}
        kernel = ConstantKernel(fixed["variance"]) * shape(fixed["length"], (1e-5, 1e5)) + WhiteKernel(fixed["noise"])
        # A tiny alpha of its own is added by default: here it is what is known.
        model = GaussianProcessRegressor(kernel, alpha=variances, optimizer=None).fit(x, theta - centre)
        places = numpy.array([[40.0, 2e6], [100.0, 5e6], [170.0, 9e6], [300.0, 2e7]])
        mean, deviation = model.predict((places - features.mean(0)) / features.std(0), return_std=True)
        free = ConstantKernel(1, (1e-4, 1e3)) * shape(1, (0.05, 50)) + WhiteKernel(0.1, (1e-6, 1e2))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            fitted = GaussianProcessRegressor(
                free, alpha=variances / unit**2, n_restarts_optimizer=8, random_state=1
            ).fit(x, (theta - centre) / unit)
        yield {"kernel": name, "rows": [[float(v) for v in row] for row in features],
               "accuracies": [float(t) for t in theta], "variances": [float(v) for v in variances],
               "hyperparameters": {key: float(value) for key, value in fixed.items()},
               "log_marginal_likelihood": float(model.log_marginal_likelihood_value_),
               "at": [[float(v) for v in row] for row in places], "values": [float(m + centre) for m in mean],
               # The deviation of the process: the kernel's white part is that of a run.
               "deviations": [float(max(d**2 - fixed["noise"], 0) ** 0.5) for d in deviation],
               # Of accuracies in their own unit.
               "fitted_log_marginal_likelihood": float(
                   fitted.log_marginal_likelihood_value_ - count * numpy.log(unit))}


if __name__ == "__main__":
    write(OUTPUT, {
        "source": "scipy.optimize.curve_fit, sklearn.gaussian_process",
        "version": f"scipy {scipy.__version__}, scikit-learn {sklearn.__version__}, numpy {numpy.__version__}",
        "command": "python3 Tests/ReferenceTests/generators/accuracy_forms.py",
        "fits": list(fits()), "processes": list(processes())})
