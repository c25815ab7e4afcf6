"""Writes the corpus that fuzzing starts from: small files that each show a reader something of their format.

Usage: generate.py [FOLDER]. The default folder is Corpus beside this file. Needs numpy, numcodecs and safetensors.
"""

import gzip
import io
import json
import pathlib
import struct
import sys

import numpy as np
from numcodecs import GZip, Zstd
from numcodecs.checksum32 import CRC32C
from safetensors.numpy import save

corpus = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent / "Corpus")


def write(reader, name, data):
    (corpus / reader).mkdir(parents=True, exist_ok=True)
    (corpus / reader / name).write_bytes(data)


def npy(array, version=None):
    file = io.BytesIO()
    np.lib.format.write_array(file, array, version=version)
    return file.getvalue()


for dtype in ("b1", "i1", ">i2", "<i4", "<i8", "u1", "<u2", ">u4", "<u8", "<f4", ">f8"):
    write("npy", f"{dtype.strip('<>')}.npy", npy(np.arange(6).reshape(2, 3).astype(dtype)))
write("npy", "fortran.npy", npy(np.asfortranarray(np.arange(24, dtype="<f4").reshape(2, 3, 4))))
write("npy", "scalar.npy", npy(np.float32(1).reshape(())))
write("npy", "empty.npy", npy(np.zeros((0, 3), "<f4")))
# Extents that NumPy would refuse; the padding gives way, so that the header keeps its length.
write(
    "npy", "huge.npy",
    npy(np.zeros((1, 2, 0), "<f4")).replace(b"(1, 2, 0), }" + b" " * 35, b"(%d, %d, 0), }" % (int("1" * 19), int("2" * 18))))
for version in ((2, 0), (3, 0)):
    write("npy", f"version{version[0]}.npy", npy(np.arange(3, dtype="<f4"), version))

for name, save_archive in (("stored", np.savez), ("deflated", np.savez_compressed)):
    file = io.BytesIO()
    save_archive(file, a=np.arange(40, dtype="<f4"), b=np.zeros((8, 8), "u1"))
    write("npz", f"{name}.npz", file.getvalue())

tables = {
    "plain": b"time,load,name\n1,2.5,a\n2,-1e-3,b\n3,,c\n",
    "quoted": b'\xef\xbb\xbf"a","b ""x"""\r\n"1","2\r\n3"\r\n1e400,nan\r\n',
    "numbers": b"x\n0.1\n1e22\n8.5e-324\n1.7976931348623157e308\n123456789012345678901234567890\n-0\ninf\n0x1p3\n+7\n.5\n5.\n",
    "carriage": b"a,b\r1,2\r3,4\r",
    "nothing": b"",
}
for name, table in tables.items():
    write("csv", f"{name}.csv", table)
    write("csv", f"{name}.csv.gz", gzip.compress(table, mtime=0))

arrays = {"weight": np.arange(6, dtype="<f4").reshape(2, 3), "bias": np.zeros(0, "<f4"), "h": np.ones(2, "<f2")}
write("safetensors", "arrays.safetensors", save(arrays, metadata={"format": "pt", "é": '"\\'}))
write("safetensors", "double.safetensors", save({"d": np.arange(3, dtype="<f8"), "i": np.arange(3)}))
header = json.dumps({"b": {"dtype": "BF16", "shape": [1], "data_offsets": [0, 2]}}).encode()
write("safetensors", "half.safetensors", struct.pack("<Q", len(header)) + header + b"\x80\x3f")

# The first byte chooses one of the stores of StoreTarget.swift; each section begins with the file that it replaces.
DIVIDER = b"\xff\xfe\xfd"
CHUNK, SECOND, DOCUMENT, ENTITY = 7, 8, 2, 5
values = np.where(np.arange(12) % 5 == 0, np.nan, np.arange(12) / 8).astype("<f4").tobytes()
double = np.arange(12, dtype=">f8").tobytes()


def store(name, base, *sections):
    write("store", name, bytes([base]) + DIVIDER.join(bytes([file]) + data for file, data in sections))


zstd, gz, crc = Zstd(level=3), GZip(level=9), CRC32C(location="end")
encode = lambda codec, data: bytes(codec.encode(data))
store("raw", 0, (CHUNK, values), (SECOND, values))
store("zstd", 1, (CHUNK, encode(zstd, values)), (SECOND, encode(zstd, values)))
store("gzip", 2, (CHUNK, encode(gz, values)))
store("crc32c", 3, (CHUNK, encode(crc, values)))
store("zstd-crc32c", 4, (CHUNK, encode(crc, encode(zstd, values))))
store("gzip-zstd", 5, (CHUNK, encode(zstd, encode(gz, double))))
store("single", 6, (CHUNK, values[:8]), (SECOND, values[8:16]))
store("names", 0, (ENTITY, b"\x02\0\0\0\x04\0\0\0c0/a\x01\0\0\0b"))
store("nothing", 0)


def document(shape, chunk, codecs, **changes):
    text = {
        "zarr_format": 3,
        "node_type": "array",
        "shape": shape,
        "data_type": "float32",
        "fill_value": "NaN",
        "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": chunk}},
        "chunk_key_encoding": {"name": "default", "configuration": {"separator": "."}},
        "codecs": codecs,
        "attributes": {},
        "dimension_names": ["time", "entity", "channel"],
        "storage_transformers": [],
    }
    return json.dumps({**text, **changes}).encode()


little = {"name": "bytes", "configuration": {"endian": "little"}}
store("document", 0, (DOCUMENT, document([5, 2, 3], [2, 2, 3], [little])), (CHUNK, values))
store("large-chunk", 1, (DOCUMENT, document([5, 2, 3], [99999, 2, 3], [little, "zstd"], fill_value=0)))
store("hexadecimal", 2, (DOCUMENT, document([5, 2, 3], [1, 1, 1], [little, "gzip"], fill_value="0x7fc00000")))
store("old-keys", 3, (DOCUMENT, document([5, 2, 3], [2, 2, 3], [little], chunk_key_encoding={"name": "v2"})))
store(
    "extension", 4,
    (DOCUMENT, document([5, 2, 3], [2, 2, 3], [little], more={"must_understand": False, "x": [[[{}]]]})),
)
long_run = {
    "format": "strata-run", "format_version": 1, "name": "long", "start": 1.5, "interval": 0.25, "sample_count": 10**9,
    "layers": ["physical"], "topology": {}, "provenance": {"seed": "1"}, "labels": [],
}
group = json.dumps({"zarr_format": 3, "node_type": "group", "attributes": long_run}).encode()
store("long", 0, (0, group), (DOCUMENT, document([10**9, 2, 3], [1, 2, 3], [little])))
