#!/usr/bin/env python3
"""Remakes References/scipy-hardware-fits.json: non-negative fits in relative error with weights and a ridge penalty.

    pip install scipy==1.17.1 numpy==2.4.6
    python3 Tests/ReferenceTests/generators/scipy_hardware_fits.py

Rows and targets are divided by the target and multiplied by the root of the weight, (y/s)^2 over its mean for standard
deviations s. A penalty p adds a row sqrt(p) * |column| a column with the target 0, |column| the length of the weighted
column. scipy.optimize.lsq_linear, bounds (0, inf), method bvls, solves it with columns scaled to length 1;
scipy.optimize.nnls must agree.
"""

import numpy
import scipy
from scipy import optimize

from reference_json import REFERENCES, write

OUTPUT = REFERENCES / "scipy-hardware-fits.json"

CASES = [  # name, true coefficients, rows, noise, whether there are deviations, penalty, seed
    ("weights", [2e-4, 5e-11, 2e-9, 1e-5], 20, 0.05, True, 0, 1),
    ("weights, a coefficient at 0", [4e-4, 8e-11, -3e-9, 1e-5], 24, 0.05, True, 0, 2),
    ("a small penalty", [2e-4, 5e-11, 2e-9, 1e-5], 16, 0.1, False, 1e-4, 3),
    ("a large penalty", [2e-4, 5e-11, 2e-9, 1e-5], 16, 0.1, False, 1e-1, 4),
    ("weights and a penalty", [2e-4, 5e-11, 0.0, 3e-5], 30, 0.1, True, 1e-2, 5),
    ("a penalty with fewer rows than columns", [2e-4, 5e-11, 2e-9, 1e-5], 3, 0.02, False, 1e-3, 6),
]


def features(random, count):
    """1, MACs, parameters and layers of plausible networks."""
    layers = random.integers(12, 31, count)
    width = random.uniform(8, 40, count)
    macs = numpy.round(layers * width ** 2 * random.uniform(500, 1500, count))
    parameters = numpy.round(layers * width ** 2 * random.uniform(6, 14, count))
    return numpy.column_stack([numpy.ones(count), macs, parameters, layers])


def solve(name, true, count, noise, has_deviations, penalty, seed):
    random = numpy.random.default_rng(seed)
    rows = features(random, count)
    spread = noise * 10 ** random.uniform(-1, 0.3, count) if has_deviations else numpy.full(count, noise)
    exact = rows @ numpy.array(true)
    targets = numpy.array([float(f"{t:.6g}") for t in exact * (1 + random.normal(0, spread))])
    deviations = numpy.array([float(f"{t:.4g}") for t in exact * spread])
    if targets.min() <= 0:
        raise SystemExit(f"{name}: a target is not positive")
    weights = (targets / deviations) ** 2 if has_deviations else numpy.ones(count)
    weights /= weights.mean()
    root = numpy.sqrt(weights)
    scaled = rows / targets[:, None] * root[:, None]
    lengths = numpy.linalg.norm(scaled, axis=0)
    matrix = numpy.vstack([scaled / lengths, numpy.sqrt(penalty) * numpy.eye(len(true))])
    aims = numpy.concatenate([root, numpy.zeros(len(true))])
    found = optimize.lsq_linear(matrix, aims, bounds=(0, numpy.inf), method="bvls", tol=1e-15, max_iter=1000).x
    other = optimize.nnls(matrix, aims)[0]
    if not numpy.allclose(found, other, rtol=1e-8, atol=1e-10):
        raise SystemExit(f"{name}: lsq_linear finds {found}, nnls {other}")
    found[found < 1e-14] = 0
    return {"name": name, "penalty": penalty, "coefficients": [float(v) for v in found / lengths],
            "targets": targets.tolist(), "deviations": deviations.tolist() if has_deviations else None,
            "rows": [[int(v) for v in row] for row in rows]}


def main():
    write(OUTPUT, {
        "source": "SciPy: scipy.optimize.lsq_linear",
        "version": f"scipy {scipy.__version__}, numpy {numpy.__version__}",
        "command": "python3 Tests/ReferenceTests/generators/scipy_hardware_fits.py",
        "tolerance": 1e-8,
        "about": "columns: 1, macs, parameters, weighted_layers; rows, targets and deviations as they are measured; the "
                 "penalty is in units of a weighted column's squared length",
        "cases": [solve(*case) for case in CASES],
    })


if __name__ == "__main__":
    main()
