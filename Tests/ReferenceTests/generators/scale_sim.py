#!/usr/bin/env python3
"""Remakes References/scale-sim.json: compute cycles of SCALE-Sim, layer by layer.

    pip install 'numpy<2' scalesim==3.0.0      # in an environment of its own
    python3 Tests/ReferenceTests/generators/scale_sim.py

Takes about two hours on one core, most of it for AlexNet's fully connected layers. The cycles are the column "Total Cycles" of COMPUTE_REPORT.csv, not "Total Cycles
(incl. prefetch)"; the script stops if SCALE-Sim reports a stall. A layer that stands several times in a network is
simulated once and carries its `count`. SCALE-Sim has no groups: of a layer with groups one of them is simulated, and
its cycles are taken `groups` times.

SCALE-Sim's topology file wants the padded input, and it rounds the output size *up*: ceil((H - k + s)/s). The size
written is therefore (output - 1)*s + k, so that the output comes out as the network computes it: 33 for a stride-2
3x3 layer with padding 1 on 32x32, not 34, which would give 17x17.
"""

import contextlib
import csv
import importlib.metadata
import io
import os
import tempfile
from pathlib import Path
from random import Random

from reference_json import REFERENCES, write

DATAFLOWS = ["ws", "is", "os"]
LAYOUT_COLUMNS = 20

CONFIGURATION = """[general]
run_name = run
[architecture_presets]
ArrayHeight = {rows}
ArrayWidth = {columns}
IfmapSramSzkB = 1024
FilterSramSzkB = 1024
OfmapSramSzkB = 1024
IfmapOffset = 0
FilterOffset = 10000000
OfmapOffset = 20000000
Dataflow = {dataflow}
Bandwidth = 10
ReadRequestBuffer = 64
WriteRequestBuffer = 64
[layout]
IfmapCustomLayout = False
IfmapSRAMBankBandwidth = 10
IfmapSRAMBankNum = 10
IfmapSRAMBankPort = 2
FilterCustomLayout = False
FilterSRAMBankBandwidth = 10
FilterSRAMBankNum = 10
FilterSRAMBankPort = 2
[sparsity]
SparsitySupport = false
SparseRep = ellpack_block
OptimizedMapping = false
BlockSize = 8
RandomNumberGeneratorSeed = 40
[run_presets]
InterfaceBandwidth = CALC
UseRamulatorTrace = False
"""


def convolution(inputs, outputs, size, stride, kernel=3, padding=None, groups=1):
    """A convolution over a square map, padded so that a stride of 1 keeps its size unless told otherwise."""
    padding = kernel // 2 if padding is None else padding
    output = (size + 2 * padding - kernel) // stride + 1
    return (kernel, kernel, inputs, outputs, size, size, output, output, stride, padding, groups)


def classifier(inputs, outputs):
    """A fully connected layer, written as a 1x1 convolution on a 1x1 map."""
    return (1, 1, inputs, outputs, 1, 1, 1, 1, 1, 0, 1)


def resnet20():
    """19 convolutions (He et al. 2016, section 4.2; identity shortcuts, no projections) and the classifier."""
    layers, channels, size = [convolution(3, 16, 32, 1)], 16, 32
    for stage, width in enumerate((16, 32, 64)):
        for block in range(3):
            stride = 2 if stage > 0 and block == 0 else 1
            layers.append(convolution(channels, width, size, stride))
            channels, size = width, -(-size // stride)
            layers.append(convolution(channels, width, size, 1))
    return layers + [classifier(channels, 10)]


def dense(widths, depths, skips, channels, size):
    """A `dense` network: layer i >= 2 reads its predecessor's w channels and min(t, w(i - 1)) earlier ones."""
    layers = []
    for cell, (width, depth, skip) in enumerate(zip(widths, depths, skips)):
        for i in range(depth):
            stride = 2 if i == 0 and cell > 0 else 1
            inputs = channels if i == 0 else width + min(skip, width * (i - 1))
            layers.append(convolution(inputs, width, size, stride))
            size = -(-size // stride)
        channels = width
    return layers + [classifier(channels, 10)]


def mobilenet():
    """MobileNet-v1 at 224 (Howard et al. 2017, table 1): a stem, 13 depthwise and 13 pointwise layers, the classifier."""
    layers, channels, size = [convolution(3, 32, 224, 2)], 32, 112
    for width, stride in [(64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2)] + [(512, 1)] * 5 + [
            (1024, 2), (1024, 1)]:
        layers.append(convolution(channels, channels, size, stride, groups=channels))
        size = -(-size // stride)
        layers.append(convolution(channels, width, size, 1, kernel=1))
        channels = width
    return layers + [classifier(1024, 1000)]


def alexnet():
    """AlexNet of one tower (Krizhevsky 2014, as in torchvision): five convolutions and three fully connected layers."""
    return [convolution(3, 64, 224, 4, kernel=11, padding=2), convolution(64, 192, 27, 1, kernel=5),
            convolution(192, 384, 13, 1), convolution(384, 256, 13, 1), convolution(256, 256, 13, 1),
            classifier(9216, 4096), classifier(4096, 4096), classifier(4096, 1000)]


def drawn(count, seed):
    """`dense` networks of random widths and skips within dense3-fashion, three to six layers a cell."""
    random = Random(seed)
    for number in range(count):
        widths = [random.randint(*ends) for ends in ((4, 12), (8, 24), (16, 48))]
        depths = [random.randint(3, 6) for _ in range(3)]
        skips = [random.randint(0, most) for most in (24, 48, 96)]
        about = "dense, widths {}/{}/{}, depths {}/{}/{}, skips {}/{}/{} on 1x28x28".format(*widths, *depths, *skips)
        yield f"dense-{number + 1}", about, dense(widths, depths, skips, 1, 28), [DENSE_ARRAYS[number % 3]]


DENSE_ARRAYS = [(32, 32), (8, 64), (20, 12)]
NETWORKS = [
    ("resnet20-cifar", "ResNet-20 on 3x32x32: 19 convolutions, no projections, and the classifier", resnet20(),
     [(16, 32)]),
    ("dense-16-32-64", "dense, widths 16/32/64, depths 8/8/8, skips 10/20/40 on 3x32x32",
     dense((16, 32, 64), (8, 8, 8), (10, 20, 40), 3, 32), DENSE_ARRAYS),
    ("dense3-fashion-7-15-31", "dense, widths 7/15/31, depths 5/8/6, skips 9/33/50 on 1x28x28",
     dense((7, 15, 31), (5, 8, 6), (9, 33, 50), 1, 28), DENSE_ARRAYS),
    ("dense3-fashion-12-9-43", "dense, widths 12/9/43, depths 4/10/5, skips 24/0/96 on 1x28x28",
     dense((12, 9, 43), (4, 10, 5), (24, 0, 96), 1, 28), DENSE_ARRAYS),
    ("mobilenet-v1", "MobileNet-v1 on 3x224x224", mobilenet(), [(128, 128)]),
    ("alexnet", "AlexNet on 3x224x224", alexnet(), [(256, 256)]),
    *drawn(20, 5),
]
# Found before with the same software: a check on this script.
RESNET20_TOTALS = {"ws": 142426, "is": 264388, "os": 135034}


def simulate(layer, rows, columns, dataflow, folder):
    """The compute cycles of one layer, read from SCALE-Sim's own report."""
    from scalesim.scale_sim import scalesim

    kernel_height, kernel_width, inputs, outputs, _, _, height, width, stride, _, groups = layer
    padded_height, padded_width = (height - 1) * stride + kernel_height, (width - 1) * stride + kernel_width
    (folder / "configuration.cfg").write_text(CONFIGURATION.format(rows=rows, columns=columns, dataflow=dataflow))
    (folder / "topology.csv").write_text(
        "Layer name, IFMAP Height, IFMAP Width, Filter Height, Filter Width, Channels, Num Filter, Strides,\n"
        f"layer, {padded_height}, {padded_width}, {kernel_height}, {kernel_width}, {inputs // groups}, "
        f"{outputs // groups}, {stride},\n")
    (folder / "layout.csv").write_text(
        "Layer name," + " factor," * LAYOUT_COLUMNS + "\n" + "layer," + " 1," * LAYOUT_COLUMNS + "\n")
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        simulation = scalesim(save_disk_space=True, verbose=False, config=str(folder / "configuration.cfg"),
                              topology=str(folder / "topology.csv"), layout=str(folder / "layout.csv"))
        simulation.run_scale(top_path=str(folder))
    if simulation.topo.get_layer_ofmap_dims(0) != [height, width]:
        raise SystemExit(f"{layer}: SCALE-Sim computes an output of {simulation.topo.get_layer_ofmap_dims(0)}")
    with open(folder / "run" / "COMPUTE_REPORT.csv", newline="") as file:
        row = next(csv.DictReader(file, skipinitialspace=True))
    if float(row["Stall Cycles"]) != 0:
        raise SystemExit(f"{layer} on {rows}x{columns} {dataflow}: {row['Stall Cycles']} stall cycles")
    return groups * int(float(row["Total Cycles"]))


def main():
    networks, known = [], {}
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        for name, about, layers, arrays in NETWORKS:
            rows_of_layers, totals = [], {}
            for layer in sorted(set(layers), key=layers.index):
                cycles = {}
                for rows, columns in arrays:
                    array = f"{rows}x{columns}"
                    for d in DATAFLOWS:
                        if (layer, array, d) not in known:
                            known[layer, array, d] = simulate(layer, rows, columns, d, Path(folder))
                    cycles[array] = {d: known[layer, array, d] for d in DATAFLOWS}
                    totals.setdefault(array, dict.fromkeys(DATAFLOWS, 0))
                    for dataflow in DATAFLOWS:
                        totals[array][dataflow] += layers.count(layer) * cycles[array][dataflow]
                names = ["kernel_height", "kernel_width", "input_channels", "output_channels", "input_height",
                         "input_width", "output_height", "output_width", "stride", "padding", "groups"]
                rows_of_layers.append({**dict(zip(names, layer)), "count": layers.count(layer), "cycles": cycles})
                print(name, layer, cycles, flush=True)
            networks.append({"name": name, "about": about, "arrays": [list(a) for a in arrays],
                             "layers": rows_of_layers, "total_cycles": totals})
    if networks[0]["total_cycles"]["16x32"] != RESNET20_TOTALS:
        raise SystemExit(f"ResNet-20: found {networks[0]['total_cycles']}, expected {RESNET20_TOTALS}")
    write(REFERENCES / "scale-sim.json", {
        "source": "SCALE-Sim (Samajdar et al., ISPASS 2020), PyPI package scalesim",
        "version": f"scalesim {importlib.metadata.version('scalesim')}, numpy {importlib.metadata.version('numpy')}",
        "command": "python3 Tests/ReferenceTests/generators/scale_sim.py",
        "tolerance": 0,
        "about": "Stall-free compute cycles (column \"Total Cycles\") per array (rows x columns) and dataflow. Sizes "
                 "are the network's own, unpadded. A layer stands once, with the number of times it occurs; of groups one is "
                 "simulated and taken so many times.",
        "networks": networks,
    })


if __name__ == "__main__":
    main()
