#!/usr/bin/env python3
"""Remakes References/torchvision-fields.json: receptive fields of torchvision's classifiers, measured by gradients.

    pip install 'torch==2.13.0+cpu' torchvision==0.28.0
    python3 Tests/ReferenceTests/generators/torchvision_fields.py

Of one element in the middle of the last map the gradient with respect to the image is taken; the receptive field is the
number of rows from the first to the last where it is not 0. For this to see every path all weights are made equal and
positive, activations and normalisations become the identity, max pooling averages, and squeeze-and-excite, whose gate
reads the whole map, is left out. The image is high enough that no edge is seen, and narrow.
"""

import sys
import warnings

import torch

DETECTION = torch.library.Library("torchvision", "FRAGMENT")  # as torchvision_exports.py says
for operator in ("roi_align", "roi_pool", "ps_roi_align", "ps_roi_pool", "deform_conv2d"):
    DETECTION.define(f"{operator}(Tensor input) -> Tensor")
    DETECTION.define(f"_{operator}_backward(Tensor input) -> Tensor")
for operator in ("nms", "qnms", "qroi_align"):
    DETECTION.define(f"{operator}(Tensor input) -> Tensor")

import torchvision  # noqa: E402

from reference_json import REFERENCES, write  # noqa: E402

HEIGHT, WIDTH = 4608, 63

# The module whose output is the last map before global pooling or flattening.
LAST = {
    "alexnet": "features", "convnext_tiny": "features", "densenet121": "features", "efficientnet_b0": "features",
    "googlenet": "inception5b", "mnasnet1_0": "layers", "mobilenet_v2": "features", "mobilenet_v3_small": "features",
    "regnet_y_400mf": "trunk_output", "resnet18": "layer4", "resnet50": "layer4", "resnext50_32x4d": "layer4",
    "shufflenet_v2_x1_0": "conv5", "squeezenet1_1": "classifier.1", "vgg11": "features", "wide_resnet50_2": "layer4",
}

IDENTITIES = (
    "BatchNorm2d", "Dropout", "GELU", "Hardswish", "LayerNorm", "LayerNorm2d", "ReLU", "ReLU6", "SiLU",
    "SqueezeExcitation", "StochasticDepth",
)


class Stop(Exception):
    pass


def simplify(module):
    for name, child in module.named_children():
        if isinstance(child, torch.nn.MaxPool2d):
            replacement = torch.nn.AvgPool2d(child.kernel_size, child.stride, child.padding, child.ceil_mode)
        elif type(child).__name__ in IDENTITIES:
            replacement = torch.nn.Identity()
        else:
            if isinstance(child, (torch.nn.Conv2d, torch.nn.Linear)):
                child.weight.data.fill_(1 / child.weight[0].numel())
                if child.bias is not None:
                    child.bias.data.zero_()
            simplify(child)
            continue
        setattr(module, name, replacement)


def field(name):
    options = {"init_weights": False} if name == "googlenet" else {}
    model = getattr(torchvision.models, name)(weights=None, **options)
    simplify(model)
    # DenseNet and others call the functional form.
    torch.nn.functional.relu = lambda x, inplace=False: x
    model.eval().double()
    found = {}

    def hook(module, inputs, output):
        found["map"] = output
        raise Stop

    model.get_submodule(LAST[name]).register_forward_hook(hook)
    image = torch.zeros(1, 3, HEIGHT, WIDTH, dtype=torch.float64, requires_grad=True)
    try:
        model(image)
    except Stop:
        pass
    output = found["map"]
    output[0, :, output.shape[2] // 2, output.shape[3] // 2].sum().backward()
    rows = (image.grad.abs().sum(dim=(0, 1, 3)) > 0).nonzero().flatten()
    first, last = int(rows[0]), int(rows[-1])
    if first == 0 or last == HEIGHT - 1:
        raise SystemExit(f"{name}: the image is too low")
    return last - first + 1


def main():
    warnings.simplefilter("ignore")
    models = {}
    for name in sorted(LAST):
        models[name] = field(name)
        print(name, models[name], file=sys.stderr)
    write(REFERENCES / "torchvision-fields.json", {
        "source": "torchvision.models: rows of the image with a gradient from the middle of the last map",
        "version": f"torchvision {torchvision.__version__}, torch {torch.__version__}",
        "command": "python3 Tests/ReferenceTests/generators/torchvision_fields.py",
        "tolerance": 0,
        "models": models,
    })


if __name__ == "__main__":
    main()
