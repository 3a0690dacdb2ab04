#!/usr/bin/env python3
"""Counts torchvision's RegNetX with forward hooks, on shapes alone.

    python3 Tests/ReferenceTests/generators/torchvision_regnet.py

writes torchvision-regnet.json (FLASHNAS_REFERENCES names another place). Needs what torchvision_exports.py needs.
"""

import torch

from reference_json import REFERENCES, write
from torchvision_exports import counts, torchvision

SIZES = ["400mf", "800mf", "1_6gf", "3_2gf", "8gf", "16gf", "32gf"]


def main():
    models = {}
    for size in SIZES:
        # Its settings are worked out with tensors, which therefore have to hold values.
        model = getattr(torchvision.models, f"regnet_x_{size}")(weights=None).eval().to("meta")
        models[f"regnet_x_{size}"] = counts(model, torch.empty(1, 3, 224, 224, device="meta"))
    write(REFERENCES / "torchvision-regnet.json", {
        "source": "torchvision: numel() of the parameters, forward hooks on Conv2d and Linear at 224x224",
        "version": f"torchvision {torchvision.__version__.split('+')[0]}, torch {torch.__version__.split('+')[0]}",
        "command": "python3 Tests/ReferenceTests/generators/torchvision_regnet.py",
        "tolerance": 0,
        "models": models,
    })


if __name__ == "__main__":
    main()
