#!/usr/bin/python3
"""Trains a few steps with every preset, recipe, budget, optimizer, schedule and change of pictures, and
compares digests of what comes out with fixtures/pinned: the same bytes from every compiler, C library
and processor.

    pinned.py BINDIR [TABLE...]    the programs of BINDIR with these tables of kernels, by default all
                                   that fuse multiply-adds; those that this processor lacks are named
    pinned.py --update BINDIR      writes fixtures/pinned by what BINDIR gives; other bytes of the options
                                   below take another ARITHMETIC

BINDIR can hold scripts that run the programs in an emulator. A digest is of the tensors of a model or
of predictions and of a model's losses and learning rates; settings and names are not part of it."""

import glob
import hashlib
import json
import os
import platform
import re
import shlex
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PINNED = os.path.join(TOP, "fixtures", "pinned")
NUMBER = os.path.join(TOP, "pipeline", "base", "arithmetic.h")

STRIDES = (
    "conv 6 3x3 stride 2 pad 1, relu, batchnorm, dropout 0.4, conv 20 2x2, leakyrelu, avgpool 2, "
    "flatten, linear 30, relu, linear"
)
POOLS = (
    "conv 5 3x3 pad 1, batchnorm, relu, maxpool 2, conv 9 3x3 pad 1, relu, globalpool, flatten, linear"
)
ROUNDED = (
    "conv 16 3x3 pad 1, relu, conv 16 3x3 pad 1, batchnorm, relu, maxpool 2, conv 6 2x2 stride 2, "
    "relu, flatten, linear 33, relu, linear"
)
# Options of fit for 8x8 pictures.
SMALL = {
    "sgd": ["--arch", STRIDES, *"--optimizer sgd --lr 0.1 --epochs 2".split()],
    "momentum": ["--arch", STRIDES, *"--optimizer sgd --lr 0.1 --momentum 0.9".split()],
    "nesterov": ["--arch", STRIDES, *"--optimizer sgd --lr 0.1 --momentum 0.9 --nesterov".split()],
    "decay": ["--arch", STRIDES, *"--optimizer sgd --lr 0.1 --weight-decay 0.01".split()],
    "adam": ["--arch", STRIDES, *"--weight-decay 0.02 --epochs 3".split()],
    "adamw": ["--arch", STRIDES, *"--optimizer adamw --weight-decay 0.02 --epochs 3".split()],
    "step": ["--arch", POOLS, *"--schedule step --step-epochs 2 --lr 0.01".split()],
    "exponential": ["--arch", POOLS, *"--schedule exponential --lr 0.01".split()],
    "cosine": ["--arch", POOLS, *"--schedule cosine --lr 0.01".split()],
    "one-cycle": ["--arch", POOLS, *"--schedule one-cycle --lr 0.01".split()],
    "labels": [
        "--arch", POOLS, *"--label-smoothing 0.1 --class-weights balanced --init normal:0.1".split()
    ],
    "average": ["--arch", POOLS, *"--ema 0.9 --fold 1/4 --epochs 2".split()],
    "normalized": ["--arch", STRIDES, *"--mean auto --std auto --shuffle no".split()],
    "bf16": ["--arch", ROUNDED, *"--precision bf16 --epochs 2".split()],
    "rectangles": ["--arch", "linear", "--augment", "erase area 0.3 chance 0.9"],
    "view": ["--arch", POOLS, *"--mean auto --std auto".split(), "--normalize", "deskew, width 6"],
    **{
        change.split()[0]: ["--arch", "linear", "--augment", change]
        for change in (
            "shift 1.5", "rotate 20", "scale 0.2", "shear 0.1", "elastic 2", "erase 3", "flip h v",
            "thickness 0.5", "crop 2"
        )
    },
}
# Of predict, after the model's name and the data's.
PREDICTIONS = [
    ("labels", "small"),
    ("floats", "floats", "--tta", "shifts"),
    ("bf16", "small"),
    ("hour.stacked", "large", "--tta", "shifts", "--tta-below", "0.99"),
]


def names(pattern):
    return sorted(os.path.splitext(os.path.basename(f))[0] for f in glob.glob(os.path.join(TOP, pattern)))


def budget(name):
    """(MODEL, fit's options) for each model of a budget, as make sees them."""
    makefile = (
        f"csvnet_dir = {TOP}/pipeline/\ninclude {TOP}/pipeline/budgets/{name}.mk\n"
        "$(foreach m,$(MODELS),$(info $m $($m.fit)))\nall:;@:\n"
    )
    output = subprocess.run(
        ["make", "-s", "-f", "-"], input=makefile, check=True, stdout=subprocess.PIPE, text=True
    ).stdout
    for line in output.splitlines():
        model, *options = shlex.split(line)
        yield f"{name}.{model}", options


def trainings():
    """(model, data, fit's options) for each case."""
    for preset in names("pipeline/model/presets/*.net"):
        yield preset, "large", ["--arch", preset, "--epochs", "1"]
    for recipe in names("pipeline/model/recipes/*.recipe"):
        options = ["--recipe", recipe, "--batch", "8", "--epochs", "2", "--fold", "1/4"]
        yield recipe + ".recipe", "large", options
    for name in names("pipeline/budgets/*.mk"):
        if name == "auto":  # its network is made on the way
            continue
        for model, options in budget(name):
            yield model, "large", [*options, "--epochs", "3"]
    for name, options in SMALL.items():
        yield name, "small", options
    for network in "pooled-16", "strided":
        arch = os.path.join(TOP, "pipeline", "budgets", network + ".net")
        yield network + ".bf16", "large", ["--arch", arch, "--precision", "bf16", "--epochs", "2"]
    yield "floats", "floats", ["--arch", POOLS, "--augment", "shift 1.5, rotate 20, elastic 2"]


def write_csv(path, side, rows=40):
    """Pixels of all values, and labels of ten classes, by their place."""
    with open(path, "w", encoding="ascii") as csv:
        csv.write("label," + ",".join(f"pixel{i}" for i in range(side * side)) + "\n")
        for r in range(rows):
            pixels = (
                0 if (i * 3 + r) % 7 < 3 else (r * 31 + i * i * 17 + i * r) % 256
                for i in range(side * side)
            )
            csv.write(f"{r * 7 % 10}," + ",".join(map(str, pixels)) + "\n")


def digest_of(path):
    with open(path, "rb") as file:
        length = int.from_bytes(file.read(8), "little")
        epochs = json.loads(file.read(length))["__metadata__"].get("epochs", "")
        return hashlib.sha256(epochs.encode() + file.read()).hexdigest()[:32]


class Programs:
    """Runs them, side by side, in a folder."""

    def __init__(self, bindir, folder, table):
        self.bindir, self.folder = bindir, folder
        self.environment = {**os.environ, "CSVNET_KERNELS": table, "LC_ALL": "C"}

    def run(self, program, *words):
        done = subprocess.run(
            [os.path.join(self.bindir, program), "-q", *words],
            cwd=self.folder, env=self.environment, stderr=subprocess.PIPE, text=True, check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{program} {' '.join(words)}: exit {done.returncode}\n{done.stderr}")

    def lack_kernels(self):
        done = subprocess.run(
            [os.path.join(self.bindir, "fit"), "nothing", "-o", "model"],
            cwd=self.folder, env=self.environment, stderr=subprocess.PIPE, text=True, check=False,
        )
        return "no such kernels" in done.stderr

    def ingest(self):
        for side, name in (28, "large"), (8, "small"):
            write_csv(os.path.join(self.folder, name + ".csv"), side)
            self.run("ingest", name + ".csv", "-o", name)
        self.run("ingest", "small.csv", "--dtype", "f32", "-o", "floats")

    def fit(self, case):
        name, data, options = case
        self.run(
            "fit", data, "--batch", "8", "--limit-rows", "24", *options, "--threads", "1",
            "-o", name + ".st.zst",
        )
        return name

    def predict(self, case):
        name, data, *options = case
        self.run(
            "predict", data, name + ".st.zst", *options, "--threads", "1", "-o", name + ".pred.st.zst"
        )
        return name + ".pred"

    def make(self, wanted=lambda name: True):
        """Trains and predicts, and returns the names of what it made."""
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            made = list(pool.map(self.fit, (case for case in trainings() if wanted(case[0]))))
            made += pool.map(self.predict, (case for case in PREDICTIONS if wanted(case[0])))
        return made

    def digests(self, made):
        """A line for each of these."""
        subprocess.run(
            ["zstd", "-dqf", *(name + ".st.zst" for name in made)], cwd=self.folder, check=True
        )
        with open(NUMBER, encoding="ascii") as file:
            number = re.search(r"ARITHMETIC = (\d+)", file.read())[1]
        lines = [f"{name} {digest_of(os.path.join(self.folder, name + '.st'))}\n" for name in made]
        return [f"arithmetic {number}\n", *lines]


def read_pinned():
    with open(PINNED, encoding="ascii") as file:
        return file.readlines()


def update_pinned(digests):
    """Returns 1 where the number of the arithmetic has to be raised before."""
    before, now = (dict(line.split() for line in lines) for lines in (read_pinned(), digests))
    other = [name for name in (*SMALL, "floats") if before.get(name, now[name]) != now[name]]
    if other and before.get("arithmetic") == now["arithmetic"]:
        print(f"pinned: other bytes for the same options, {' '.join(other)}: raise ARITHMETIC in {NUMBER} first")
        return 1
    with open(PINNED, "w", encoding="ascii") as file:
        file.writelines(digests)
    return 0


def compare(digests, table, pinned):
    """Tells which cases are not as pinned, and returns how many."""
    other = sorted({line.split()[0] for line in set(pinned) ^ set(digests)})
    if other:
        print(f"pinned: {table}: {len(other)} of {len(digests)} digests differ: {' '.join(other)}")
    else:
        print(f"pinned: {table}: {len(digests)} digests are the same", file=sys.stderr)
    return len(other)


def main():
    update = sys.argv[1] == "--update"
    bindir, *tables = sys.argv[1 + update :]
    wrong = 0
    for table in tables or (["avx2", "avx512", "avx512bf16"] if platform.machine() == "x86_64" else ["baseline"]):
        with tempfile.TemporaryDirectory() as folder:
            programs = Programs(os.path.abspath(bindir), folder, table)
            if programs.lack_kernels():
                print(f"pinned: NOT compared with {table}, which this processor lacks", file=sys.stderr)
                continue
            programs.ingest()
            digests = programs.digests(programs.make())
            if update:
                return update_pinned(digests)
            wrong += compare(digests, table, read_pinned())
    return wrong > 0


if __name__ == "__main__":
    sys.exit(main())
