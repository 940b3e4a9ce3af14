"""Prints what is in a tensor file, as any Python program would read it: zstd's tool unpacks it, json
reads the header, numpy the tensors. Usage: tensors.py FILE [NAME...]"""
import json
import subprocess
import sys

import numpy as np


def read(path):
    """The metadata and the tensors by name."""
    content = subprocess.run(["zstd", "-dcq", path], check=True, stdout=subprocess.PIPE).stdout
    length = int.from_bytes(content[:8], "little")
    header = json.loads(content[8:8 + length])
    meta = header.pop("__metadata__", {})
    types = {"U8": np.uint8, "I64": np.int64, "F32": np.float32, "F64": np.float64}
    tensors = {}
    for name, about in header.items():
        begin, end = (8 + length + offset for offset in about["data_offsets"])
        tensors[name] = np.frombuffer(content[begin:end], types[about["dtype"]]).reshape(about["shape"])
    return meta, tensors


def main():
    meta, tensors = read(sys.argv[1])
    for key in ("classes", "columns", "transposed", "label_column", "id_column", "source"):
        if key in meta:
            print(key + ":", meta[key])
    for name, tensor in tensors.items():
        if name in sys.argv[2:] or len(sys.argv) == 2:
            print(name, tensor.dtype, list(tensor.shape), tensor.ravel()[:24].tolist())


if __name__ == "__main__":
    main()
