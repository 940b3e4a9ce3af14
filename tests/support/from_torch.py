#!/usr/bin/env python3
"""For the command test of weights from PyTorch; needs no PyTorch itself.

    from_torch.py unpack FIXTURE       weights.safetensors, net.txt and train.csv from a fixture
    from_torch.py compare FIXTURE PRED whether `predict` says what PyTorch said for these pictures
"""

import os
import subprocess
import sys

import numpy as np

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "fixtures"))
import plain_safetensors  # noqa: E402

OTHERS = ("images", "labels", "logits")


def unpack(fixture):
    tensors, meta = plain_safetensors.read(fixture)
    weights = {name: values for name, values in tensors.items() if name not in OTHERS}
    plain_safetensors.write("weights.safetensors", weights)
    with open("net.txt", "w", encoding="ascii") as file:
        print(meta["architecture"], file=file)
    rows = tensors["images"].reshape(len(tensors["images"]), -1)
    with open("train.csv", "w", encoding="ascii") as file:
        print("label", *(f"pixel{i}" for i in range(rows.shape[1])), sep=",", file=file)
        for label, row in zip(tensors["labels"], rows):
            print(label, *row, sep=",", file=file)
    print(len(weights), "tensors of", meta["architecture"])


def compare(fixture, predictions):
    """Log-probabilities relative to the largest of the same picture, as in torch_weights.py."""
    logits = plain_safetensors.read(fixture)[0]["logits"].astype(float)
    raw = subprocess.run(["zstd", "-dcq", predictions], check=True, stdout=subprocess.PIPE).stdout
    ours = np.log(plain_safetensors.unpack(raw)[0]["probabilities"].astype(float))
    theirs = logits - np.log(np.exp(logits).sum(1, keepdims=True))
    worst = (np.abs(ours - theirs).max(1) / np.abs(theirs).max(1)).max()
    print("PyTorch's logits" if worst < 1e-5 else f"not PyTorch's logits: {worst:.1e} apart")
    return worst < 1e-5


if __name__ == "__main__":
    if sys.argv[1] == "unpack":
        unpack(sys.argv[2])
    elif not compare(*sys.argv[2:]):
        sys.exit(1)
