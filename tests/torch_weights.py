#!/usr/bin/python3
"""Weights both ways between csvnet and PyTorch, for every preset, judged on real pictures:

    torch_weights.py BINDIR FOLDER

FOLDER has train.csv or MNIST's IDX files, as for fixtures/notebook.py. Forth: what `fit` trained is
loaded into a flat nn.Sequential. Back: what PyTorch trained goes through `fit --from --epochs 0`.
Each time `predict` has to say what PyTorch says. The lines for both in the manual page on tensor
files are run as well."""

import os
import re
import subprocess
import sys
import tempfile

import numpy as np
import torch
import torch.nn.functional as F

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(TOP, "fixtures"))
import plain_safetensors  # noqa: E402
from notebook import find_sources  # noqa: E402
from torch_net import PRESETS, sequential, wants_rows  # noqa: E402

TOLERANCE = 1e-5
TRAIN, SCORED, STEPS = 2000, 500, 30


def run(*words):
    subprocess.run([*words, "--quiet"], check=True)


def unpack(path):
    raw = subprocess.run(["zstd", "-dcq", path], check=True, stdout=subprocess.PIPE).stdout
    return plain_safetensors.unpack(raw)[0]


def pictures(images, description):
    x = torch.tensor(images).float() / 255
    return x.flatten(1) if wants_rows(description) else x


def difference(net, description, model):
    """The largest relative difference between our log-probabilities and PyTorch's for the same
    weights, over the largest of the same picture. PyTorch computes in double, so that it is our
    rounding that is measured. A probability below 1e-30 is left out: it is near the smallest
    float."""
    run("predict", "scored.st.zst", model, "-o", "x.pred.st.zst")
    ours = torch.tensor(unpack("x.pred.st.zst")["probabilities"]).double()
    x = pictures(unpack("scored.st.zst")["images"], description)
    with torch.no_grad():
        logits = net.eval().double()(x.double())
    theirs = F.log_softmax(logits, 1)
    apart = torch.where(ours > 1e-30, ours.clamp(min=1e-45).log() - theirs, torch.zeros(1).double())
    return (apart.abs().amax(1) / theirs.abs().amax(1)).max().item()


def from_ours(name, description, shape):
    """A network trained by `fit`, loaded by PyTorch."""
    run("fit", "train.st.zst", "--arch", name, "--epochs", "1", "-o", "ours.model.st.zst")
    net = sequential(description, shape)
    weights = unpack("ours.model.st.zst")
    net.load_state_dict({key: torch.tensor(value) for key, value in weights.items()})
    return difference(net, description, "ours.model.st.zst")


def to_ours(name, description, shape):
    """A network trained by PyTorch, so that running means and variances are no longer 0 and 1, and
    read by `fit`; num_batches_tracked is among its weights."""
    torch.manual_seed(1)
    net = sequential(description, shape)
    optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
    train = unpack("train.st.zst")
    x = pictures(train["images"], description)
    y = torch.tensor(train["labels"]).argmax(1)
    for rows in torch.randperm(len(x)).split(64)[:STEPS]:
        optimizer.zero_grad()
        F.cross_entropy(net(x[rows]), y[rows]).backward()
        optimizer.step()
    plain_safetensors.write("net.safetensors",
                            {key: value.numpy() for key, value in net.state_dict().items()})
    run("fit", "train.st.zst", "--from", "net.safetensors", "--arch", name, "--epochs", "0",
        "-o", "theirs.model.st.zst")
    return difference(net, description, "theirs.model.st.zst")


# ---- The manual page ----

def blocks(text):
    """The literal blocks of a manual page."""
    escapes = {r"\(aq": "'", r"\e": "\\", r"\&": ""}
    return [re.sub(r"\\\(aq|\\e|\\&", lambda found: escapes[found[0]], block)
            for block in re.findall(r"^\.Bd -literal.*?\n(.*?)^\.Ed", text, flags=re.M | re.S)]


def manual_page():
    """The lines of the page on tensor files, as they stand there: the reader, here reading a model,
    and those that take weights to PyTorch and back. Returns the difference of PyTorch's network to
    ours, and of ours to ours read back."""
    with open(os.path.join(TOP, "cmd/man/csvnet-tensor-file.5"), encoding="utf-8") as file:
        text = file.read()
    reader, *section = blocks(text[text.index(".Sh EXAMPLES"):])
    names = {}
    for block in section:
        if block.startswith("csvnet "):
            subprocess.run(["sh", "-ec", block], check=True, stderr=subprocess.DEVNULL)
            continue
        if not names:
            exec(reader.replace("train.st.zst", "a.model.st.zst"), names)
        exec(block, names)
    run("predict", "scored.st.zst", "a.model.st.zst", "-o", "a.pred.st.zst")
    run("predict", "scored.st.zst", "b.model.st.zst", "-o", "b.pred.st.zst")
    a, b = (unpack(name + ".pred.st.zst")["probabilities"] for name in "ab")
    return difference(names["net"], "conv", "a.model.st.zst"), float(np.abs(a - b).max())


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    bin_folder, folder = map(os.path.abspath, sys.argv[1:])
    os.environ["PATH"] = bin_folder + os.pathsep + os.environ["PATH"]
    source = find_sources(folder)[0]
    failed = []

    def judge(what, *differences):
        bad = not all(d <= TOLERANCE for d in differences)
        print(f"{what:<12}", *(f"{d:10.1e}" for d in differences), "  TOO FAR" if bad else "",
              flush=True)
        if bad:
            failed.append(what)

    with tempfile.TemporaryDirectory() as scratch:
        os.chdir(scratch)
        run("ingest", *source, "-o", "all.st.zst")
        run("split", "all.st.zst", f"--part=train.st.zst={TRAIN}", f"--part=scored.st.zst={SCORED}",
            "--part=rest.st.zst=rest")
        shape = unpack("scored.st.zst")["images"].shape[1:]
        print(f"Largest relative difference of logits; {TOLERANCE:g} is allowed.")
        print(f"{'preset':<12} {'to PyTorch':>10} {'from it':>10}")
        for name, description in PRESETS.items():
            judge(name, from_ours(name, description, shape), to_ours(name, description, shape))
        judge("manual page", *manual_page())
    sys.exit(f"torch_weights: too far apart: {', '.join(failed)}" if failed else 0)


if __name__ == "__main__":
    main()
