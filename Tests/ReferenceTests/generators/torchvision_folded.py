#!/usr/bin/env python3
"""Exports torchvision's classifiers as most files come: with batch normalisation folded into convolutions where it can be.

    python3 Tests/ReferenceTests/generators/torchvision_folded.py

writes MODEL.TOOL.onnx into the folder `onnx-folded` beside the references (FLASHNAS_REFERENCES names another place) and
what was folded into torchvision-folded.json. TOOL is torchscript (torch.onnx.export, dynamo=False), dynamo
(dynamo=True) or onnxruntime (an export with batch norm kept, then ONNX Runtime's basic optimisations). Needs torch,
torchvision, onnx, onnxscript and onnxruntime. Weights are left out as in torchvision_exports.py; the names of kernels
and biases, and the exporter's note on rewritten nodes, are kept.
"""

import os
import sys
import tempfile
import warnings

import onnx
import onnxruntime
import onnxscript
import torch

from torchvision_exports import counts, slim, torchvision
from reference_json import REFERENCES, output, write

FILES = [
    ("resnet18", "torchscript"), ("densenet121", "torchscript"), ("efficientnet_b0", "torchscript"),
    ("vgg11_bn", "torchscript"), ("mobilenet_v2", "dynamo"), ("vgg11_bn", "dynamo"), ("resnet18", "onnxruntime"),
    ("vgg11_bn", "onnxruntime"),
]


def optimised(path):
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.optimized_model_filepath = path
    onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def export(model, image, tool, path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if tool == "dynamo":
            torch.onnx.export(model, (image,), path, dynamo=True, external_data=False, verbose=False)
        elif tool == "torchscript":
            torch.onnx.export(model, (image,), path, dynamo=False)
        else:
            torch.onnx.export(
                model, (image,), path, dynamo=False, do_constant_folding=False, opset_version=17,
                training=torch.onnx.TrainingMode.PRESERVE)
            optimised(path)
    return onnx.load(path)


def folded(model, graph):
    """Channels of the batch norms that are gone, and those of them behind a convolution that had a bias."""
    norms = sum(m.num_features for m in model.modules() if isinstance(m, torch.nn.BatchNorm2d))
    sizes = {tensor.name: tensor.dims for tensor in graph.initializer}
    kept = sum(sizes[node.input[1]][0] for node in graph.node if node.op_type == "BatchNormalization")
    biased = 0
    for block in model.modules():
        if isinstance(block, torch.nn.Sequential):
            for first, second in zip(block, [*block][1:]):
                if isinstance(first, torch.nn.Conv2d) and isinstance(second, torch.nn.BatchNorm2d):
                    biased += 0 if first.bias is None else first.bias.numel()
    return {"folded_channels": norms - kept, "biased_channels": biased}


def main():
    folder = output(REFERENCES / "onnx-folded")
    os.makedirs(folder, exist_ok=True)
    image = torch.zeros(1, 3, 224, 224)
    files = {}
    for name, tool in FILES:
        torch.manual_seed(0)
        model = getattr(torchvision.models, name)(weights=None).eval()
        # As in torchvision_exports.py: tensors that are alike would become one.
        with torch.no_grad():
            for parameter in model.parameters():
                parameter.uniform_(0.5, 1.5)
        with tempfile.TemporaryDirectory() as scratch:
            document = export(model, image, tool, os.path.join(scratch, "model.onnx"))
        files[f"{name}.{tool}"] = {"parameters": counts(model, image)["parameters"], **folded(model, document.graph)}
        convolutions = [node for node in document.graph.node if node.op_type == "Conv"]
        slim(document.graph, {tensor for node in convolutions for tensor in node.input[1:]})
        onnx.save(document, str(folder / f"{name}.{tool}.onnx"))
        print(name, tool, files[f"{name}.{tool}"], file=sys.stderr)
    write(REFERENCES / "torchvision-folded.json", {
        "source": "torchvision: numel() of the parameters; channels of the batch norms that the export lacks",
        "version": f"torchvision {torchvision.__version__.split('+')[0]}, torch {torch.__version__.split('+')[0]}, "
                   f"onnxscript {onnxscript.__version__}, onnxruntime {onnxruntime.__version__}",
        "command": "python3 Tests/ReferenceTests/generators/torchvision_folded.py",
        "tolerance": 0,
        "models": files,
    })


if __name__ == "__main__":
    main()
