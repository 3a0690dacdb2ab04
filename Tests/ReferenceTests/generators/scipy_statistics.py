#!/usr/bin/env python3
"""Remakes References/scipy-statistics.json: rank and linear correlation, and quantiles of Student's t.

    pip install scipy==1.17.1 numpy==2.4.6
    python3 Tests/ReferenceTests/generators/scipy_statistics.py
"""

import math
import warnings

import numpy
import scipy
from scipy import stats

from reference_json import REFERENCES, write


def pairs():
    """(name, first, second): ties, reversals, short and long series, values of very different scale."""
    random = numpy.random.default_rng(20260728)

    def rounded(values, digits):
        return [round(float(v), digits) + 0.0 for v in values]

    rising = [1.0, 2.0, 3.5, 4.0, 7.0, 11.0, 12.5, 20.0]
    yield "rising", rising, [v * v for v in rising]
    yield "reversed", rising, rising[::-1]
    yield "two rising", [1.0, 2.0], [0.5, 0.75]
    yield "two falling", [1.0, 2.0], [3.0, -1.0]
    yield "three", [3.0, 1.0, 2.0], [1.0, 2.0, 3.0]
    yield "three with a tie", [1.0, 2.0, 2.0], [5.0, 4.0, 6.0]
    yield "ties in one", [1.0, 1.0, 2.0, 2.0, 3.0, 3.0, 4.0], [0.3, 0.1, 0.4, 0.15, 0.9, 0.2, 0.6]
    yield "heavy ties in both", [float(v) for v in random.integers(0, 3, 25)], \
        [float(v) for v in random.integers(0, 2, 25)]
    yield "all but one tied", [5.0] * 9 + [6.0], [float(v) for v in range(10)]
    yield "negative and large", [-1e9, -2.5e8, 0.0, 3.0, 4e8, 2e9], [1e-7, 5e-8, 3e-7, 2e-7, 4e-7, 9e-7]
    g = rounded(random.uniform(20, 250, 24), 3)
    theta = rounded(0.92 - 3 / numpy.array(g) + random.normal(0, 0.004, 24), 4)
    yield "NN-Degree and accuracy", g, theta
    x = random.normal(0, 1, 60)
    yield "sixty", rounded(x, 6), rounded(0.6 * x + random.normal(0, 0.8, 60), 6)
    yield "sixty with ties", rounded(x, 0), rounded(-0.7 * x + random.normal(0, 0.7, 60), 1)
    yield "sixty unrelated", rounded(random.uniform(0, 1, 60), 6), rounded(random.uniform(0, 1, 60), 6)
    yield "constant", [2.0, 2.0, 2.0, 2.0], [1.0, 2.0, 3.0, 4.0]


def number(value):
    """A JSON number, or null where scipy says NaN: not defined."""
    return None if math.isnan(value) else float(value)


def main():
    warnings.simplefilter("ignore")  # scipy warns of the constant series
    correlations = [{
        "name": name,
        "kendall_tau_b": number(stats.kendalltau(first, second, variant="b").statistic),
        "spearman_rho": number(stats.spearmanr(first, second).statistic),
        "pearson_r": number(stats.pearsonr(first, second).statistic),
        "first": first, "second": second,
    } for name, first, second in pairs()]
    quantiles = [{"probability": p, "degrees": df, "quantile": float(stats.t.ppf(p, df))}
                 for df in (1, 2, 3, 5, 10, 22, 30, 60, 120, 1000)
                 for p in (0.01, 0.05, 0.25, 0.6, 0.9, 0.95, 0.975, 0.995, 0.9995)]
    write(REFERENCES / "scipy-statistics.json", {
        "source": "SciPy: scipy.stats.kendalltau (tau-b), spearmanr, pearsonr, t.ppf",
        "version": f"scipy {scipy.__version__}, numpy {numpy.__version__}",
        "command": "python3 Tests/ReferenceTests/generators/scipy_statistics.py",
        "tolerance": 1e-10,
        "about": "The tolerance is absolute for correlations, relative for quantiles. null: not defined (SciPy: NaN).",
        "correlations": correlations,
        "student_t": quantiles,
    })


if __name__ == "__main__":
    main()
