#!/usr/bin/env python3
"""Remakes References/scipy-agreement.json: how a random proxy ranks against accuracy, step by step.

    pip install scipy==1.17.1 numpy==2.4.6
    python3 Tests/ReferenceTests/generators/scipy_agreement.py
"""

import itertools

import numpy
import scipy
from scipy import stats

from reference_json import REFERENCES, write

ARCHITECTURES, RUNS, STEPS, WINDOW = 13, 2, 7, 4


def log(random, accuracy):
    """{run: [{architecture: proxy} for each step]}: proxies with ties; about a tenth is missing."""
    return {run: [{a: round(float(accuracy[a] - 0.1 + random.normal(0, 0.01)), 2)
                   for a in range(ARCHITECTURES) if random.uniform() > 0.1}
                  for _ in range(STEPS)]
            for run in range(RUNS)}


def tau(first, second):
    """tau-b over the architectures in both."""
    common = sorted(first.keys() & second.keys())
    return float(stats.kendalltau([first[a] for a in common], [second[a] for a in common], variant="b").statistic)


def mean(values):
    return float(numpy.mean(list(values)))


def main():
    random = numpy.random.default_rng(20261125)
    accuracy = [round(float(v), 3) for v in random.uniform(0.85, 0.95, ARCHITECTURES)]
    truth = dict(enumerate(accuracy))
    runs = log(random, accuracy)
    steps = [step for run in runs.values() for step in run]
    taus = [tau(truth, step) for step in steps]
    pairs = [(list(step.values()), [truth[a] for a in step]) for step in steps]
    windows = []
    for run in runs.values():
        last = run[-WINDOW:]
        windows.append(tau(truth, {a: mean(step[a] for step in last if a in step)
                                   for a in truth if any(a in step for step in last)}))
    pairwise = [tau(a, b) for run in runs.values() for a, b in itertools.combinations(run[-WINDOW:], 2)]
    write(REFERENCES / "scipy-agreement.json", {
        "source": "SciPy: scipy.stats.kendalltau (tau-b), spearmanr, pearsonr of each step; numpy.mean, std, min, max",
        "version": f"scipy {scipy.__version__}, numpy {numpy.__version__}",
        "command": "python3 Tests/ReferenceTests/generators/scipy_agreement.py",
        "tolerance": 1e-12,
        "about": "rows: run, step, architecture, proxy. Deviations are of the population.",
        "window": WINDOW,
        "tau": {"mean": mean(taus), "sd": float(numpy.std(taus)), "min": min(taus), "max": max(taus)},
        "last_tau": mean(tau(truth, run[-1]) for run in runs.values()),
        "spearman": mean(stats.spearmanr(a, b).statistic for a, b in pairs),
        "pearson": mean(stats.pearsonr(a, b).statistic for a, b in pairs),
        "window_tau": mean(windows),
        "pairwise_tau": {"mean": mean(pairwise), "sd": float(numpy.std(pairwise)), "min": min(pairwise),
                         "max": max(pairwise)},
        "consecutive_tau": mean(tau(a, b) for run in runs.values() for a, b in itertools.pairwise(run)),
        "gap": mean(truth[a] - proxy for step in steps for a, proxy in step.items()),
        "accuracy": accuracy,
        "rows": [[run, number, a, proxy] for run, values in runs.items() for number, step in enumerate(values)
                 for a, proxy in step.items()],
    })


if __name__ == "__main__":
    main()
