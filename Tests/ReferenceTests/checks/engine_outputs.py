#!/usr/bin/env python3
"""Runs an ONNX model in ONNX Runtime's Python interface: engine_outputs.py MODEL.onnx INPUT

INPUT is a JSON list of numbers, the model's one input for a batch of 1. Prints the numbers of its output.
"""

import json
import sys

import numpy
import onnxruntime

session = onnxruntime.InferenceSession(sys.argv[1], providers=["CPUExecutionProvider"])
shape = [1] + session.get_inputs()[0].shape[1:]
with open(sys.argv[2]) as file:
    numbers = numpy.array(json.load(file), dtype=numpy.float32).reshape(shape)
output = session.run(None, {session.get_inputs()[0].name: numbers})[0]
print(json.dumps([float(number) for number in output.ravel()]))
