"""Analytical, training-free, hardware-aware neural architecture search.

The questions of the command line (`search`, `pareto`, `metrics`, `sample`, `fit_accuracy`, `fit_hardware`, `predict`,
`simulate`, and any other by `query`), designs in batches of arrays (`evaluate`, `Evaluator`), and minimisation of your
own functions (`minimize`).
"""

from ._library import library_version
from .errors import DataError, FlashnasError, FlashnasWarning, LibraryError, UsageError
from .evaluation import Evaluation, Evaluator, evaluate
from .minimization import MinimizeResult, minimize
from .queries import fit_accuracy, fit_hardware, metrics, pareto, predict, query, sample, search, simulate
from .results import Result

__version__ = "0.1.0"

__all__ = [
    "DataError",
    "Evaluation",
    "Evaluator",
    "FlashnasError",
    "FlashnasWarning",
    "LibraryError",
    "MinimizeResult",
    "Result",
    "UsageError",
    "evaluate",
    "fit_accuracy",
    "fit_hardware",
    "library_version",
    "metrics",
    "minimize",
    "pareto",
    "predict",
    "query",
    "sample",
    "search",
    "simulate",
]
