#!/usr/bin/env python3
"""Remakes References/numpy-spectra.json: singular values, eigenvalues, and layer-wise dynamical isometry.

    pip install numpy==2.4.6 onnx
    python3 Tests/ReferenceTests/generators/numpy_spectra.py

The weights of the isometry are drawn here anew: SplitMix64 (Steele, Lea, Flood 2014) and Box–Muller, written from their
definitions. The last network of the isometry is also written as onnx/mlp.onnx, its weights left out.
"""

import math

import numpy
import onnx

from reference_json import REFERENCES, output, write

MASK = (1 << 64) - 1
GAMMA = 0x9E3779B97F4A7C15


def mix(z):
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return z ^ (z >> 31)


class Generator:
    """SplitMix64 for one work item."""

    def __init__(self, seed, *keys):
        self.state = mix((seed + GAMMA) & MASK)
        for key in keys:
            self.state = mix(((self.state ^ key) + GAMMA) & MASK)

    def unit(self):
        self.state = (self.state + GAMMA) & MASK
        return (mix(self.state) >> 11) * 2.0 ** -53

    def normal(self):
        radius = math.sqrt(-2 * math.log(1 - self.unit()))
        return radius * math.cos(2 * math.pi * self.unit())


def matrices():
    """(name, matrix): tall, wide, square, of low rank, of very different scales."""
    random = numpy.random.default_rng(20260730)

    def rounded(matrix):
        return [[round(float(x), 6) + 0.0 for x in row] for row in matrix]

    yield "one number", [[-2.5]]
    yield "a row", rounded(random.normal(size=(1, 7)))
    yield "a column", rounded(random.normal(size=(6, 1)))
    yield "wide", rounded(random.normal(size=(5, 12)))
    yield "tall", rounded(random.normal(size=(14, 4)))
    yield "square", rounded(random.normal(size=(9, 9)))
    yield "rank two", rounded(numpy.outer([1, 2, 3, 4, 5], [1, 0, 2, 1]) + numpy.outer([2, 0, 1, 0, 1], [1, 1, 0, 3]))
    yield "zero", [[0.0] * 3] * 4
    yield "scales", rounded(random.normal(size=(6, 6)) * [1e6, 1e3, 1, 1, 1e-2, 1e-4])
    # Larger than the order at which LAPACK divides.
    yield "forty", rounded(random.normal(size=(40, 30)))


def clean(values):
    """Rounding errors as 0: they differ from one BLAS to the next."""
    return [float(x) if abs(x) > 1e-12 * max(abs(values)) else 0.0 for x in values]


def isometry(layers, seed, draws, sigma):
    """Mean and deviation over the draws of the mean singular value of (outputs, inputs) layers."""
    means = []
    for draw in range(draws):
        values = []
        for index, (outputs, inputs) in enumerate(layers):
            generator = Generator(seed, draw, index, 0)
            scale = sigma if sigma is not None else 1 / math.sqrt(inputs)
            matrix = [[scale * generator.normal() for _ in range(inputs)] for _ in range(outputs)]
            values.append(numpy.linalg.svd(numpy.array(matrix), compute_uv=False).mean())
        means.append(numpy.mean(values))
    return float(numpy.mean(means)), float(numpy.std(means, ddof=1))


def perceptron(sizes):
    """An ONNX model of fully connected layers with ReLU between, bias in each, weights in a file that does not exist."""
    tensors, nodes, name = [], [], "x"
    for index, (inputs, outputs) in enumerate(zip(sizes, sizes[1:])):
        for kind, dims in (("w", [outputs, inputs]), ("b", [outputs])):
            tensor = onnx.TensorProto(name=f"{kind}{index}", dims=dims, data_type=onnx.TensorProto.FLOAT)
            tensor.data_location = onnx.TensorProto.EXTERNAL
            tensor.external_data.add(key="location", value="weights")
            tensors.append(tensor)
        nodes.append(onnx.helper.make_node("Gemm", [name, f"w{index}", f"b{index}"], [f"y{index}"],
                                           name=f"layer{index}", transB=1))
        name = f"y{index}"
        if index < len(sizes) - 2:
            nodes.append(onnx.helper.make_node("Relu", [name], [f"a{index}"]))
            name = f"a{index}"
    values = [onnx.helper.make_tensor_value_info(label, onnx.TensorProto.FLOAT, [1, size])
              for label, size in (("x", sizes[0]), (name, sizes[-1]))]
    graph = onnx.helper.make_graph(nodes, "mlp", values[:1], values[1:], tensors)
    return onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=8)


def main():
    singular = [{"name": name, "rows": len(matrix), "columns": len(matrix[0]),
                 "matrix": [x for row in matrix for x in row],
                 "values": clean(numpy.linalg.svd(numpy.array(matrix), compute_uv=False))}
                for name, matrix in matrices()]
    eigen = []
    for name, matrix in matrices():
        if len(matrix) == len(matrix[0]):
            symmetric = numpy.array(matrix) + numpy.array(matrix).T
            eigen.append({"name": name, "order": len(matrix), "matrix": [float(x) for x in symmetric.flatten()],
                          "values": clean(numpy.linalg.eigvalsh(symmetric))})
    networks = []
    for layers, seed in (([(8, 5), (8, 8), (8, 15), (8, 19)], 0), ([(12, 30), (12, 12), (12, 20)], 7), ([(3, 4)], 1)):
        for draws, sigma in ((5, 1.0), (8, 0.05), (5, None)):
            mean, deviation = isometry(layers, seed, draws, sigma)
            networks.append({"layers": [n for layer in layers for n in layer], "seed": seed, "draws": draws,
                             "sigma": sigma, "mean": mean, "deviation": deviation})
    sizes = [20, 16, 24, 12, 5]
    layers = list(zip(sizes[1:-1], sizes))
    mean, deviation = isometry(layers, 7, 5, 1.0)
    networks.append({"layers": [n for layer in layers for n in layer], "seed": 7, "draws": 5, "sigma": 1.0, "mean": mean,
                     "deviation": deviation})
    path = output(REFERENCES / "onnx" / "mlp.onnx")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(perceptron(sizes).SerializeToString())
    write(REFERENCES / "numpy-spectra.json", {
        "source": "NumPy: numpy.linalg.svd, numpy.linalg.eigvalsh",
        "version": f"numpy {numpy.__version__}",
        "command": "python3 Tests/ReferenceTests/generators/numpy_spectra.py",
        "tolerance": 1e-10,
        "about": "The tolerance is relative to the largest value. layers: outputs, inputs, …; sigma null: 1 / √inputs.",
        "singular": singular,
        "eigen": eigen,
        "isometry": networks,
    })


if __name__ == "__main__":
    main()
