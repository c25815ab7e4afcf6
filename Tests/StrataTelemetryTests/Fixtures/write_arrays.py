"""Writes arrays with NumPy: every type, byte order, memory order and version that is read.

Usage: write_arrays.py FOLDER. Element i (in C order) of each array is i - 3 where the type has a sign, i where it has
none, i % 2 for booleans, and (i - 3) / 8 for floats. The shape follows from the file's name.
"""

import sys

import numpy as np

folder = sys.argv[1]
SHAPES = {"scalar": (), "vector": (7,), "matrix": (3, 5), "cube": (2, 3, 4), "empty": (0, 3), "deep": (1, 2, 1, 3, 1, 2)}


def values(dtype, shape):
    index = np.arange(int(np.prod(shape))).reshape(shape)
    kind = np.dtype(dtype).kind
    scale = {"b": lambda i: i % 2, "u": lambda i: i, "i": lambda i: i - 3, "f": lambda i: (i - 3) / 8}[kind]
    return scale(index).astype(dtype)


for name in ("b1", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f4", "f8"):
    for order in "<>":
        for shape_name, shape in SHAPES.items():
            array = values(order + name, shape)
            assert array.dtype.str[1:] == name
            np.save(f"{folder}/{shape_name}-{name}-{'little' if order == '<' else 'big'}-C.npy", array)
            np.save(
                f"{folder}/{shape_name}-{name}-{'little' if order == '<' else 'big'}-F.npy", array.copy(order="F")
            )

for version in ((1, 0), (2, 0), (3, 0)):
    with open(f"{folder}/matrix-f4-version{version[0]}-C.npy", "wb") as file:
        np.lib.format.write_array(file, values("<f4", SHAPES["matrix"]), version=version)

arrays = {name: values("<f8", shape) for name, shape in SHAPES.items()}
np.savez(f"{folder}/stored.npz", **arrays)
np.savez_compressed(f"{folder}/deflated.npz", **arrays, **{"naïve/name": values("<f4", (2, 2))})
np.savez(f"{folder}/none.npz")
