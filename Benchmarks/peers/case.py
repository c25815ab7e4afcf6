"""A case: a file of weights, windows and truth in the format of the conformance set. Needs nothing but Python.

`param.*` are the weights, `x.m` [batch, step, channel] and `mask.m` [batch, step] (one where a step is hidden from
training) the windows of telemetry layer `m`, `infer.joint` and `infer.score` what inference gives. Beside the file,
`<model>.json` holds the loss of the windows, where somebody trains on them.
"""

import array
import json
import math
import pathlib
import struct

LAYERS = range(4)


class Case:
    """The arrays of a safetensors file, read one at a time."""

    def __init__(self, folder, model):
        self.path = pathlib.Path(folder, f"{model}.safetensors")
        with open(self.path, "rb") as file:
            (size,) = struct.unpack("<Q", file.read(8))
            self.entries = json.loads(file.read(size))
        self.start = 8 + size

    def names(self, prefix):
        return [name for name in self.entries if name.startswith(prefix)]

    def floats(self, name):
        """The shape and the elements of an array."""
        entry = self.entries[name]
        if entry["dtype"] != "F32":
            raise ValueError(f"{self.path}: '{name}' is of type {entry['dtype']}, expected F32")
        elements = array.array("f")
        with open(self.path, "rb") as file:
            file.seek(self.start + entry["data_offsets"][0])
            elements.fromfile(file, math.prod(entry["shape"]))
        return entry["shape"], elements

    def rows(self, name):
        """The rows of a matrix, as lists."""
        (count, width), elements = self.floats(name)
        return [elements[i * width:(i + 1) * width].tolist() for i in range(count)]

    def numpy(self, name):
        import numpy

        shape, elements = self.floats(name)
        return numpy.frombuffer(elements, numpy.float32).reshape(shape)

    def parameters(self):
        """The weights under the names of the reference implementation."""
        return {name.removeprefix("param."): self.numpy(name) for name in self.names("param.")}

    def windows(self):
        return [self.numpy(f"x.{layer}") for layer in LAYERS]

    def hidden(self):
        return [self.numpy(f"mask.{layer}") for layer in LAYERS]

    def notes(self):
        return json.loads(self.path.with_suffix(".json").read_text())
