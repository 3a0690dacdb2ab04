#!/usr/bin/env python3
"""What the toolkit's fits are measured against: SciPy's curve_fit and scikit-learn's GaussianProcessRegressor.

    python3 fit_reference.py --samples     # writes models/fit_samples.csv
    python3 fit_reference.py               # prints versions; for each line FORM COUNT REPEATS the seconds of one fit

`flash` is fitted over the curve's ends and its steepness, with its bounds, from three starts, of which the best is
kept: curve_fit from one start misses the minimum on real samples. Analytic Jacobians are not given: that is how curve_fit
is used. `gp-se` is a constant times RBF plus white noise, by marginal likelihood from one start; left out, each sample by a
regressor of the other samples with the hyperparameters of all.
"""

import csv
import sys
import time
import warnings

import numpy
import scipy
import sklearn
from scipy import optimize
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, ConstantKernel, WhiteKernel

SAMPLES = "models/fit_samples.csv"


def write_samples():
    """200 points of a curve of form flash with noise of 0.4 points; the first 25 span the range."""
    random = numpy.random.default_rng(4)
    g = numpy.exp(random.uniform(numpy.log(25), numpy.log(250), 200))
    accuracy = 1 / (1.03 + numpy.exp(80 / g - 4)) + random.normal(0, 0.004, 200)
    with open(SAMPLES, "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["nn_degree", "accuracy"])
        writer.writerows([repr(float(a)), repr(float(b))] for a, b in zip(g, accuracy))


def flash(g, theta):
    least, most = g.min(), g.max()

    def curve(x, end, rise, steepness):
        kappa = numpy.exp(steepness)
        base = numpy.exp(kappa * (least / most - 1))
        return 1 / (end + rise * (numpy.exp(kappa * (least / x - 1)) - base) / (1 - base))

    bounds = ([1, 0, numpy.log(0.02)], [11, 10, numpy.log(40)])
    best = numpy.inf
    for steepness in (-2.0, 0.0, 2.0):
        start = [max(1 / theta[g.argmax()], 1.001), max(1 / theta.min() - 1 / theta.max(), 1e-3), steepness]
        try:
            found, _ = optimize.curve_fit(curve, g, theta, start, bounds=bounds)
        except RuntimeError:
            continue
        best = min(best, numpy.sum((curve(g, *found) - theta) ** 2))
    return best


def logistic_log(g, theta):
    def curve(x, a, b):
        return 1 / (1 + numpy.exp(-(a + b * numpy.log(x))))

    found, _ = optimize.curve_fit(curve, g, theta, [0, 1])
    return numpy.sum((curve(g, *found) - theta) ** 2)


def process(g, theta):
    kernel = ConstantKernel(1.0, (1e-4, 1e4)) * RBF(1.0, (1e-3, 1e3)) + WhiteKernel(0.1, (1e-8, 1e3))
    return GaussianProcessRegressor(kernel, normalize_y=True).fit(((g - g.mean()) / g.std())[:, None], theta)


def left_out(g, theta):
    whole = process(g, theta)
    x = ((g - g.mean()) / g.std())[:, None]
    errors = []
    for i in range(len(g)):
        others = numpy.arange(len(g)) != i
        one = GaussianProcessRegressor(whole.kernel_, optimizer=None, normalize_y=True).fit(x[others], theta[others])
        errors.append(float(one.predict(x[[i]], return_std=True)[0][0]) - theta[i])
    return numpy.sqrt(numpy.mean(numpy.square(errors)))


CALLS = {"flash": flash, "logistic-log": logistic_log, "gp-se": process, "gp-se-left-out": left_out}


def main():
    if sys.argv[1:] == ["--samples"]:
        write_samples()
        return
    warnings.filterwarnings("ignore")
    table = numpy.loadtxt(SAMPLES, delimiter=",", skiprows=1)
    print(f"scipy {scipy.__version__}, scikit-learn {sklearn.__version__}", flush=True)
    for line in sys.stdin:
        form, count, repeats = line.split()
        g, theta = table[: int(count)].T
        start = time.perf_counter()
        for _ in range(int(repeats)):
            CALLS[form](g, theta)
        print(repr((time.perf_counter() - start) / int(repeats)), flush=True)


if __name__ == "__main__":
    main()
