"""Opens a run store with zarr and xarray and prints what they see as JSON.

Usage: read_store.py STORE. Any warning is an error, so the store must be read as it is. The content hash is computed
anew from what was read, following the description in ContentHash.swift.
"""

import hashlib
import json
import struct
import sys
import warnings

import numpy as np
import xarray as xr
import zarr

warnings.simplefilter("error")


def bits(values):
    canonical = np.where(np.isnan(values), np.float32("nan"), values).astype("<f4")
    return canonical.view("<u4").ravel().tolist()


def content_hash(attributes, layers):
    digest = hashlib.sha256()

    def number(value):
        digest.update(struct.pack("<Q", value & (2**64 - 1)))

    def real(value):
        digest.update(struct.pack("<d", value))

    def text(value):
        data = value.encode()
        number(len(data))
        digest.update(data)

    text("strata-run-content-1")
    text(attributes["name"])
    real(attributes["start"])
    real(attributes["interval"])
    number(attributes["sample_count"])
    number(attributes.get("split", {"trainingEnd": -1})["trainingEnd"])
    number(len(attributes["labels"]))
    for label in attributes["labels"]:
        text(label["kind"])
        text(label["entity"])
        text(label.get("layer", ""))
        number(len(label["channels"]))
        for channel in label["channels"]:
            text(channel)
        number(label["interval"][0])
        number(label["interval"][1])
        number(int(label["isBenign"]))
    number(len(attributes["topology"]))
    for entity in sorted(attributes["topology"]):
        text(entity)
        number(len(attributes["topology"][entity]))
        for key in sorted(attributes["topology"][entity]):
            text(key)
            text(attributes["topology"][entity][key])
    number(len(layers))
    for name, layer in layers.items():
        text(name)
        number(len(layer["entity"]))
        for entity in layer["entity"]:
            text(entity)
        number(len(layer["channel"]))
        for i, channel in enumerate(layer["channel"]):
            for value in (channel, layer["kind"][i], layer["unit"][i], layer["meaning"][i]):
                text(value)
        digest.update(np.array(layer["bits"], "<u4").tobytes())
    return digest.hexdigest()


path = sys.argv[1]
root = zarr.open_group(path, mode="r")
attributes = dict(root.attrs)
layers = {}
for name in attributes["layers"]:
    dataset = xr.open_zarr(path, group=name, consolidated=False)
    values = dataset["values"]
    assert values.dims == ("time", "entity", "channel"), values.dims
    assert values.dtype == np.float32, values.dtype
    assert np.array_equal(root[name]["values"][:], values.to_numpy(), equal_nan=True)
    layers[name] = {
        "shape": list(values.shape),
        "bits": bits(values.to_numpy()),
        "entity": [str(entity) for entity in dataset["entity"].to_numpy()],
        "channel": [str(channel) for channel in dataset["channel"].to_numpy()],
        "nanoseconds": dataset["time"].to_numpy().astype("datetime64[ns]").astype("int64").tolist(),
        "layer": dataset.attrs["layer"],
        "run": dataset.attrs["run"],
        **{key: list(dataset["channel"].attrs[key]) for key in ("kind", "unit", "meaning")},
    }
hash_ = content_hash(attributes, layers)
print(json.dumps({"attributes": attributes, "layers": layers, "hash": hash_}))
