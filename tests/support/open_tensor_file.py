#!/usr/bin/env python3
"""Opens tensor files with json and numpy alone, as the page csvnet-tensor-file says users can.

    tests/support/open_tensor_file.py FILE...

Prints kind, metadata keys and tensors (name, type, shape; of integers the sum) and checks what
their kind promises. Nothing of csvnet's own code is used: `zstd` decompresses.
"""
import json
import subprocess
import sys

import numpy

DTYPES = {"U8": numpy.uint8, "I64": numpy.int64, "F32": numpy.float32, "F64": numpy.float64}


def load(path):
    """A tensor file's metadata and arrays: what that page shows."""
    raw = subprocess.run(["zstd", "-dc", path], check=True, stdout=subprocess.PIPE).stdout
    size = int.from_bytes(raw[:8], "little")
    header = json.loads(raw[8:8 + size])
    meta = header.pop("__metadata__")
    arrays = {name: numpy.frombuffer(raw[8 + size + t["data_offsets"][0]:
                                         8 + size + t["data_offsets"][1]],
                                     DTYPES[t["dtype"]]).reshape(t["shape"])
              for name, t in header.items()}
    assert raw[8:9] == b"{" and size % 8 == 0
    assert 8 + size + sum(a.nbytes for a in arrays.values()) == len(raw)
    return meta, arrays


def check_rows(meta, arrays):
    rows = arrays["rows"]
    assert rows.dtype == numpy.int64 and rows.min(initial=1) >= 1 and (numpy.diff(rows) > 0).all()
    if "labels" in arrays:
        labels = arrays["labels"]
        assert labels.shape == (len(rows), len(json.loads(meta["classes"])))
        assert numpy.allclose(labels.sum(axis=1), 1, atol=1e-5)
        assert labels.dtype == numpy.float32 or set(labels.ravel()) <= {0, 1}


def check_dataset(meta, arrays):
    check_rows(meta, arrays)
    images = arrays["images"]
    assert images.ndim == 4 and len(images) == len(arrays["rows"])
    if "columns" in meta:
        assert len(json.loads(meta["columns"])) == images[0].size
    assert len(meta["source_digest"]) == 32 and int(meta["source_bytes"]) > 0
    assert "/" not in meta["source"]


def check_model(meta, arrays):
    assert all(a.dtype == numpy.float32 and numpy.isfinite(a).all() for a in arrays.values())
    assert set(json.loads(meta["input"])) == {"divisor", "mean", "std"}
    assert len(json.loads(meta["shape"])) == 3 and isinstance(json.loads(meta["settings"]), dict)
    assert isinstance(json.loads(meta["epochs"]), list) and len(meta["data_digest"]) == 32


def check_predictions(meta, arrays):
    check_rows(meta, arrays)
    shares = arrays["probabilities"]
    assert shares.dtype == numpy.float32
    assert shares.shape == (len(arrays["rows"]), len(json.loads(meta["classes"])))
    assert (shares >= 0).all() and numpy.allclose(shares.sum(axis=1), 1, atol=1e-5)
    assert json.loads(meta["models"]) and len(meta["data_digest"]) == 32


CHECKS = {"dataset/1": check_dataset, "model/1": check_model, "predictions/1": check_predictions}


def main():
    for path in sys.argv[1:]:
        meta, arrays = load(path)
        CHECKS[meta["kind"]](meta, arrays)
        for record in json.loads(meta["inputs"]):
            assert len(record["digest"]) == 32
        assert isinstance(json.loads(meta["options"]), dict) and len(meta["content_digest"]) == 32
        print(path, meta["kind"])
        print("    metadata:", ", ".join(meta))
        for name, array in arrays.items():
            total = " sum %d" % array.sum() if array.dtype.kind in "iu" else ""
            print("    %s %s %s%s" % (name, array.dtype, array.shape, total))


if __name__ == "__main__":
    main()
