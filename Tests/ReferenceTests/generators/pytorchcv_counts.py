#!/usr/bin/env python3
"""Counts pytorchcv's models in the published data sets with forward hooks, on shapes alone.

    python3 Tests/ReferenceTests/generators/pytorchcv_counts.py

writes pytorchcv-counts.json (FLASHNAS_REFERENCES names another place). Needs torch and, beside it, pytorchcv without what
it asks for (pip install 'torch==2.13.0+cpu' numpy requests; pip install --no-deps pytorchcv==0.0.74).
"""

import csv
import importlib
from pathlib import Path

import pytorchcv.models
import torch

from reference_json import REFERENCES, write

DATASETS = Path(__file__).resolve().parents[3] / "datasets"
MODULES = ["resnet", "preresnet", "densenet", "regnet", "mobilenet", "fdmobilenet", "resnet_cifar", "preresnet_cifar",
           "wrn_cifar", "densenet_cifar"]


def constructor(name):
    modules = (importlib.import_module(f"pytorchcv.models.{module}") for module in MODULES)
    return next(getattr(module, name) for module in modules if name in module.__all__)


def counts(network, size):
    """Parameters; MACs of convolutions and linear layers for one image."""
    macs = 0

    def hook(module, _, output):
        nonlocal macs
        macs += module.weight.numel() * (output[0, 0].numel() if output.dim() == 4 else 1)

    for module in network.modules():
        if isinstance(module, (torch.nn.Conv2d, torch.nn.Linear)):
            module.register_forward_hook(hook)
    network.eval()(torch.empty(1, 3, size, size))
    return {"parameters": sum(parameter.numel() for parameter in network.parameters()), "macs": macs}


def main():
    models = {}
    for path in sorted(DATASETS.glob("published-*/samples.csv")):
        size = 224 if "imagenet" in path.parent.name else 32
        for row in csv.DictReader(path.open()):
            with torch.device("meta"):
                models[row["model"]] = counts(constructor(row["model"])(), size)
    write(REFERENCES / "pytorchcv-counts.json", {
        "source": "pytorchcv: numel() of the parameters, forward hooks on Conv2d and Linear at 224x224 (32x32 for CIFAR)",
        "version": f"pytorchcv 0.0.74, torch {torch.__version__.split('+')[0]}",
        "command": "python3 Tests/ReferenceTests/generators/pytorchcv_counts.py",
        "tolerance": 0,
        "models": models,
    })


if __name__ == "__main__":
    main()
