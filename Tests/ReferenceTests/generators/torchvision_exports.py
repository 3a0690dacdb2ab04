#!/usr/bin/env python3
"""Exports torchvision's classifiers to ONNX without their weights, and counts them with forward hooks.

    python3 Tests/ReferenceTests/generators/torchvision_exports.py [MODEL…]

writes MODEL.onnx into the folder `onnx` beside the references (FLASHNAS_REFERENCES names another place) and the counts
into torchvision-counts.json. Needs torch, torchvision and onnx (pip install
'torch==2.13.0+cpu' torchvision==0.28.0 onnx). Batch norm is kept; each tensor of more than 1 KiB
becomes external data of a file that does not exist, as a file looks whose weights were left behind.
"""

import os
import sys
import warnings

import onnx
import torch

# PyPI's torchvision is built for CUDA: beside a PyTorch without it, its compiled detection operators do not load. No
# classifier uses them, but the package registers them by name.
DETECTION = torch.library.Library("torchvision", "FRAGMENT")
for operator in ("roi_align", "roi_pool", "ps_roi_align", "ps_roi_pool", "deform_conv2d"):
    DETECTION.define(f"{operator}(Tensor input) -> Tensor")
    DETECTION.define(f"_{operator}_backward(Tensor input) -> Tensor")
for operator in ("nms", "qnms", "qroi_align"):
    DETECTION.define(f"{operator}(Tensor input) -> Tensor")

import torchvision  # noqa: E402

from reference_json import REFERENCES, output, write

MODELS = {
    "resnet18": {},
    "resnet50": {},
    "wide_resnet50_2": {},
    "resnext50_32x4d": {},
    "mobilenet_v2": {},
    "mobilenet_v3_small": {},
    "densenet121": {},
    "squeezenet1_1": {},
    "shufflenet_v2_x1_0": {},
    "efficientnet_b0": {},
    "mnasnet1_0": {},
    "googlenet": {"aux_logits": False, "init_weights": False},
    "vgg11": {},
    "alexnet": {},
    "regnet_x_400mf": {},
    "regnet_y_400mf": {},
    "convnext_tiny": {},
}
INLINE_LIMIT = 1024
# Where PyTorch's exporter notes which of its rules rewrote a node.
RULE = "pkg.onnxscript.rewriter.rule_name"


def counts(model, image):
    """MACs, output elements and number of the convolutions and linear layers, one image; parameters by kind."""
    totals = {"macs": 0, "activations": 0, "weighted_layers": 0, "weights": 0, "biases": 0, "batch_norm": 0}

    def hook(module, inputs, output):
        per_output = module.weight.numel() // module.weight.shape[0]
        totals["macs"] += per_output * output.numel()
        totals["activations"] += output.numel()
        totals["weighted_layers"] += 1

    weighted = (torch.nn.Conv2d, torch.nn.Linear)
    handles = [module.register_forward_hook(hook) for module in model.modules() if isinstance(module, weighted)]
    with torch.no_grad():
        model(image)
    for handle in handles:
        handle.remove()
    for module in model.modules():
        kinds = ("weights", "biases") if isinstance(module, weighted) else ("batch_norm", "batch_norm")
        for name, parameter in module.named_parameters(recurse=False):
            totals[kinds[name == "bias"]] += parameter.numel()
    totals["parameters"] = sum(parameter.numel() for parameter in model.parameters())
    return totals


def slim(graph, kept=()):
    """Leaves out what counts do not need: weights, descriptions, long names but those kept."""
    for tensor in graph.initializer:
        if len(tensor.raw_data) > INLINE_LIMIT:
            tensor.ClearField("raw_data")
            tensor.data_location = onnx.TensorProto.EXTERNAL
            tensor.external_data.add(key="location", value="w")
    del graph.value_info[:]
    kept = {*kept, *(value.name for value in [*graph.input, *graph.output])}
    names = {}

    def short(name):
        return name if not name or name in kept else names.setdefault(name, f"v{len(names)}")

    for tensor in graph.initializer:
        tensor.name = short(tensor.name)
    for node in graph.node:
        for field in ("name", "doc_string"):
            node.ClearField(field)
        rules = [(entry.key, entry.value) for entry in node.metadata_props if entry.key == RULE]
        del node.metadata_props[:]
        for key, value in rules:
            node.metadata_props.add(key=key, value=value)
        node.input[:] = [short(name) for name in node.input]
        node.output[:] = [short(name) for name in node.output]


def export(model, image, path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            model, (image,), path, dynamo=False, do_constant_folding=False, opset_version=17,
            training=torch.onnx.TrainingMode.PRESERVE, input_names=["image"], output_names=["scores"],
            dynamic_axes={"image": {0: "batch"}, "scores": {0: "batch"}})
    document = onnx.load(path)
    slim(document.graph)
    onnx.save(document, path)


def main():
    folder = output(REFERENCES / "onnx")
    os.makedirs(folder, exist_ok=True)
    image = torch.zeros(1, 3, 224, 224)
    models = {}
    for name in sys.argv[1:] or MODELS:
        torch.manual_seed(0)
        model = getattr(torchvision.models, name)(weights=None, **MODELS[name]).eval()
        # Untrained tensors that are alike, ones and zeros, would be exported as one tensor that many layers share.
        with torch.no_grad():
            for parameter in model.parameters():
                parameter.uniform_(0.5, 1.5)
        models[name] = counts(model, image)
        export(model, image, str(folder / f"{name}.onnx"))
        print(name, models[name], file=sys.stderr)
    write(REFERENCES / "torchvision-counts.json", {
        "source": "torchvision: numel() of the parameters, forward hooks on Conv2d and Linear at 224x224",
        "version": f"torchvision {torchvision.__version__.split('+')[0]}, torch {torch.__version__.split('+')[0]}",
        "command": "python3 Tests/ReferenceTests/generators/torchvision_exports.py",
        "tolerance": 0,
        "models": models,
    })


if __name__ == "__main__":
    main()
