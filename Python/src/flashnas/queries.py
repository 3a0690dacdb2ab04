"""The questions of the command line.

Options are the command line's, with underscores for dashes: ``flashnas search --help`` has them all. A value is a text
as there (``max_latency="1ms"``), or a number: of latencies and times in s, of energies in J, of areas in mm², of powers
in W, of accuracies from 0 to 1. ``True`` sets a switch, ``None`` is no option. Variables are given by name
(``fix={"width1": 8}``, ``range={"depth2": (4, 8)}``, ``point={...}``).

Where the command line reads a file, a path or what the file would hold is taken: a table (a frame of pandas, a list of
dictionaries, a dictionary of columns), a document (a dictionary), a `Result` of another question.
"""

import ctypes
import json
import os
import warnings
from typing import Any, Iterable, Mapping, Optional, Union

from ._files import Files
from ._interrupt import Interrupts
from ._library import library, taken
from ._options import arguments as _arguments
from ._options import options as _options
from .errors import FlashnasWarning, error
from .results import Result

#: A path, a document or a table.
Source = Union[str, "os.PathLike[str]", Mapping[str, Any], Iterable[Mapping[str, Any]], Any]


def query(command: str, *arguments: Source, **options: Any) -> Result:
    """Asks any question that ``flashnas serve`` answers.

    Parameters
    ----------
    command : str
        The command, such as ``"explain"`` or ``"fit accuracy"``.
    *arguments : path, dict or table
        What stands behind the options.
    **options
        The command's options.

    Returns
    -------
    Result
        The answer; a search without a feasible point has one too, with the closest network.

    Raises
    ------
    UsageError
        An option, a name or a value is wrong.
    DataError
        Something is wrong in or about a file or a table.
    FlashnasError
        The run failed.
    KeyboardInterrupt
        Ctrl-C was pressed; searches stop soon, other questions are answered first.

    Examples
    --------
    >>> best = flashnas.search()
    >>> flashnas.query("explain", best)["neighbours"]
    """
    return _ask(command, {f"document{index or ''}": argument for index, argument in enumerate(arguments)}, options)


def _ask(command: str, named: Mapping[str, Any], keywords: Mapping[str, Any]) -> Result:
    with Files() as files:
        request = {
            "command": command,
            "arguments": _arguments(named, files),
            "options": dict(_options(keywords, files)),
        }
        answer = _answered(json.dumps(request))
        if "error" in answer:
            raise error(answer["error"]["code"], files.shown(answer["error"]["message"]))
        notices = tuple(files.shown(notice) for notice in answer.get("notices", ()))
    result = Result(answer["result"], answer.get("code", 0), notices)
    # That nothing is feasible is an answer, which says so itself.
    if result.feasible:
        for notice in notices:
            warnings.warn(notice, FlashnasWarning, stacklevel=3)
    return result


def _answered(request: str) -> Any:
    """The answer to a request, both JSON."""
    answer = ctypes.c_void_p()
    interrupts = Interrupts()
    with interrupts.deferred():
        library().flashnas_query_until(request.encode(), interrupts.stop, None, ctypes.byref(answer))
        text = taken(answer.value)
    if text is None:
        raise MemoryError("the answer")
    return json.loads(text)


def search(problem: Optional[Source] = None, **options: Any) -> Result:
    """The best architecture under bounds, with a proof; and hardware where the profile leaves some of it open.

    Parameters
    ----------
    problem : path or dict, optional
        A problem (``flashnas.problem/1``); by default the shipped one: `dense3-fashion` on `systolic-ws-32x32`.
    **options
        ``space, accuracy, hardware, maximize, minimize, min_accuracy, max_latency, max_energy, max_area,
        max_parameters, unbounded, confidence, fix, range, strategy, certify, top, budget, time_limit, seed, …``

    Returns
    -------
    Result
        With ``best``, ``objective``, ``constraints``, ``certificate``; where no network keeps the bounds `feasible` is
        false, ``best`` is ``None`` and ``closest`` says how near one comes.

    Raises
    ------
    UsageError, DataError, FlashnasError
        As `query`.

    Examples
    --------
    >>> flashnas.search(max_area=1.3, min_accuracy="90%")["best"]["point"]
    """
    return _ask("search", {"problem": problem}, options)


def pareto(problem: Optional[Source] = None, **options: Any) -> Result:
    """The front over two to four quantities.

    Parameters
    ----------
    problem : path or dict, optional
        As of `search`.
    **options
        ``quantities=("accuracy", "energy"), points=20, reference, unbounded, budget, …``, and the models and bounds of
        `search`.

    Returns
    -------
    Result
        With ``front``, ``hypervolume`` and ``reference``; ``frame()`` has a row for each point of the front.
    """
    return _ask("pareto", {"problem": problem}, options)


def metrics(networks: Optional[Union[Source, Iterable[Source]]] = None, **options: Any) -> Result:
    """Topology metrics and counts of networks.

    Parameters
    ----------
    networks : path, dict or a list of them, optional
        ONNX files, descriptions (``flashnas.network/1``), folders of both. Without: points of a space.
    **options
        ``space, point, points, cell="block", ldi, …``

    Returns
    -------
    Result
        ``frame()`` has a row for each network. Where some of several files are wrong, `code` is 65 and each is a
        warning.
    """
    return _ask("metrics", {"network": networks}, options)


def sample(space: Source, n: int, **options: Any) -> Result:
    """Which configurations to train or measure.

    Parameters
    ----------
    space : str, path or dict
        A space's name, its file, or what the file holds.
    n : int
        How many.
    **options
        ``design="sobol"|"latin"|"maximin"|"d-optimal"|"stratified", add_to, replicates, fix, range, seed, …``

    Returns
    -------
    Result
        ``frame()`` has a row for each configuration, with the space's variables as columns.
    """
    return _ask("sample", {}, {"space": space, "count": n, **options})


def fit_accuracy(data: Source, **options: Any) -> Result:
    """A predictor of accuracy from samples, with its quality.

    Parameters
    ----------
    data : path or table
        Rows with ``accuracy``, and the space's variables or features such as ``nn_degree``.
    **options
        ``space, form="auto", feature, cell, robust, interval, learning_curve, plot, …``

    Returns
    -------
    Result
        A model, which `search` and `predict` take as ``accuracy=``; with ``leave_one_out``, ``baselines``,
        ``noise_floor``. ``frame()`` has the coefficients.
    """
    return _ask("fit accuracy", {"data": data}, options)


def fit_hardware(data: Source, **options: Any) -> Result:
    """A hardware profile from measurements, with its quality.

    Parameters
    ----------
    data : path or table
        Rows with the space's variables or features, and any of ``latency_s``, ``energy_j``, ``area_mm2``.
    **options
        ``space, feature, features="auto", per_layer, weights, ridge, robust, learning_curve, plot, …``

    Returns
    -------
    Result
        A model, which `search` and `predict` take as ``hardware=``. ``frame()`` has the coefficients.
    """
    return _ask("fit hardware", {"data": data}, options)


def predict(document: Optional[Source] = None, **options: Any) -> Result:
    """Accuracy, latency, energy and area, with intervals.

    Parameters
    ----------
    document : path or dict, optional
        A result of `search`, or a description of a network. Without: points of a space, or rows of features.
    **options
        ``space, point, points, accuracy, hardware, costs, confidence, …``

    Returns
    -------
    Result
        ``frame()`` has a row for each point.
    """
    return _ask("predict", {"document": document}, options)


def simulate(networks: Optional[Union[Source, Iterable[Source]]] = None, **options: Any) -> Result:
    """Costs from a simulator.

    Parameters
    ----------
    networks : path, dict or a list of them, optional
        Descriptions of networks. Without: points of a space.
    **options
        ``space, point, points, hardware, layers, floorplan, …``

    Returns
    -------
    Result
        ``frame()`` has a row for each point, with the simulator's counts.
    """
    return _ask("simulate", {"network": networks}, options)
