"""Writes one run in many ways with zarr and xarray.

Usage: write_stores.py FOLDER. Each folder in FOLDER is a run store with equal contents; the values follow a formula that
the reader of the stores knows: element i is i / 8 - 3, and missing where i is a multiple of 5.
"""

import sys
import warnings

import numpy as np
import xarray as xr
import zarr
from zarr.codecs import BytesCodec, Crc32cCodec, GzipCodec, VLenUTF8Codec, ZstdCodec

SHAPE = (7, 3, 4)
ENTITIES = ["c0/a", "c0/b", "c0/ß"]
CHANNELS = ["t", "power", "x", "y"]
ATTRIBUTES = {
    "format": "strata-run",
    "format_version": 1,
    "name": "from Python",
    "start": 1.5e9,
    "interval": 2,
    "sample_count": SHAPE[0],
    "layers": ["physical"],
    "labels": [],
    "topology": {},
    "provenance": {},
}
CHANNEL_ATTRIBUTES = {
    "kind": ["gauge", "counter", "rate", "event"],
    "unit": ["Cel", "W", "1", "1"],
    "meaning": ["heat", "power", "other", "other"],
}

flat = np.arange(np.prod(SHAPE))
values = np.where(flat % 5 == 0, np.nan, flat / 8 - 3).astype("f4").reshape(SHAPE)
folder = sys.argv[1]


def names(group, name, values, **options):
    array = group.create_array(name, shape=(len(values),), dtype=str, dimension_names=(name,), **options)
    array[:] = np.array(values, dtype=object)
    return array


def write(
    name, *, chunks=SHAPE, compressors=(), endian="little", dtype="f4", separator="/", encoding="default", names_in=4,
    fill=np.nan,
):
    root = zarr.open_group(f"{folder}/{name}", mode="w", zarr_format=3, attributes=ATTRIBUTES)
    group = root.create_group("physical")
    array = group.create_array(
        "values", shape=SHAPE, chunks=chunks, dtype=dtype, fill_value=fill, serializer=BytesCodec(endian=endian),
        compressors=compressors, filters=(), dimension_names=("time", "entity", "channel"),
        chunk_key_encoding={"name": encoding, "configuration": {"separator": separator}},
    )
    array[:] = values
    names(group, "entity", ENTITIES, chunks=(names_in,), compressors=compressors)
    channel = names(group, "channel", CHANNELS, chunks=(names_in,), compressors=compressors)
    channel.attrs.update(CHANNEL_ATTRIBUTES)


write("plain")
write("chunked", chunks=(2, 2, 3), names_in=2)
write("single-elements", chunks=(1, 1, 1), names_in=1)
write("larger-chunks", chunks=(16, 8, 8), compressors=(ZstdCodec(),))
write("dots", chunks=(2, 3, 4), separator=".")
write("old-keys", chunks=(2, 3, 4), separator=".", encoding="v2")
write("old-keys-slashes", chunks=(2, 3, 4), separator="/", encoding="v2")
write("big-endian", endian="big", compressors=(ZstdCodec(level=1),))
write("double", dtype="f8", chunks=(3, 3, 2))
write("double-big-endian", dtype="f8", endian="big", compressors=(GzipCodec(),))
write("zstd", compressors=(ZstdCodec(level=19, checksum=True),), chunks=(2, 2, 2))
write("gzip", compressors=(GzipCodec(level=9),), chunks=(3, 1, 4))
write("checksum", compressors=(Crc32cCodec(),))
write("zstd-checksum", compressors=(ZstdCodec(), Crc32cCodec()), chunks=(4, 2, 2))
write("checksum-zstd", compressors=(Crc32cCodec(), ZstdCodec()), chunks=(4, 2, 2))
write("gzip-zstd-checksum", compressors=(GzipCodec(), ZstdCodec(), Crc32cCodec()))
write("filled-with-zero", chunks=(1, 1, 1), fill=0)
write("filled-with-infinity", chunks=(1, 1, 1), fill=-np.inf)

# As somebody does who knows xarray and not Strata.
with warnings.catch_warnings():
    # The text type that xarray chooses is announced to be unstable.
    warnings.simplefilter("ignore")
    dataset = xr.Dataset(
        {"values": (("time", "entity", "channel"), values)},
        coords={
            "time": np.datetime64("2017-07-14T02:40:00", "ns") + 2 * np.arange(SHAPE[0]) * np.timedelta64(1, "s"),
            "entity": ENTITIES,
            "channel": ("channel", CHANNELS, CHANNEL_ATTRIBUTES),
        },
    )
    for name in ("xarray", "xarray-consolidated"):
        zarr.open_group(f"{folder}/{name}", mode="w", zarr_format=3, attributes=ATTRIBUTES)
        dataset.to_zarr(f"{folder}/{name}", group="physical", mode="w", zarr_format=3, consolidated=False)
    zarr.consolidate_metadata(f"{folder}/xarray-consolidated")
    zarr.consolidate_metadata(f"{folder}/xarray-consolidated", path="physical")
