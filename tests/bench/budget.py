#!/usr/bin/env python3
"""Measures a BUDGET of Makefile.inc: the wall time from CSV to submission, then the accuracy out of
fold over all training rows, for several seeds (none: only of a budget that has folds).

    budget.py BUILD BUDGET --data FOLDER [--ingest OPTIONS] [--folds 5] [--seeds 5] [--score-test]

FOLDER has train.csv and test.csv, or MNIST's four IDX files; fixtures/colours.py makes one whose
pictures take --ingest='--shape 3x32x32 --channels first'. Chosen is by folds alone: the labels of
the test rows are looked at with --score-test only, which is for a recipe that will not change any
more. What is made lies in BUILD/budgets."""

import argparse
import gzip
import json
import os
import shutil
import statistics
import subprocess
import time

IDX = "{}-{}-idx{}-ubyte"


def find(folder, *names):
    """The first of these files that there is, plain, .gz or .zst; None if there is none."""
    for name in names:
        for path in (os.path.join(folder, name + end) for end in ("", ".gz", ".zst")):
            if os.path.exists(path):
                return os.path.abspath(path)
    return None


def write_makefile(folder, data, inc, ingest):
    train, test = find(data, "train.csv"), find(data, "test.csv")
    options = f"TRAIN.ingest = {ingest}\n" if ingest else ""
    if not train or not test:
        train = " ".join(find(data, IDX.format("train", kind, dims)) or "none"
                         for kind, dims in (("images", 3), ("labels", 1)))
        test = find(data, IDX.format("t10k", "images", 3))
        options = "TRAIN.ingest = --idx\nTEST.ingest = --idx\n"
    if not test or "none" in train.split():
        raise SystemExit(f"budget: {data} has neither train.csv and test.csv nor four IDX files")
    with open(os.path.join(folder, "Makefile"), "w", encoding="utf-8") as file:
        file.write(f"all: submission.csv\nTRAIN = {train}\nTEST = {test}\n{options}include {inc}\n")


def make(folder, *words):
    # The user's make, not a part of the one that runs this.
    env = {name: value for name, value in os.environ.items()
           if name not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")}
    done = subprocess.run(["make", "-s", "-C", folder, *words], check=False, env=env,
                          capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(done.stderr + "budget: make " + " ".join(words) + " failed")


def score(folder, *names):
    """Of the ensemble: accuracy in percent, and "N of ROWS wrong"."""
    with open(os.path.join(folder, *names), encoding="utf-8") as file:
        figures = json.load(file)["score"]
    return 100 * figures["accuracy"], f"{figures['rows'] - figures['correct']} of {figures['rows']} wrong"


def write_truth(data, path):
    """The labels of the test rows as a submission that is all right."""
    if find(data, "truth.csv"):
        shutil.copy(find(data, "truth.csv"), path)
        return
    source = find(data, IDX.format("t10k", "labels", 1))
    if not source:
        raise SystemExit(f"budget: {data} has no labels of the test rows")
    with (gzip.open if source.endswith(".gz") else open)(source, "rb") as file:
        labels = file.read()[8:]
    with open(path, "w", encoding="ascii") as file:
        file.write("ImageId,Label\n")
        file.writelines(f"{row},{label}\n" for row, label in enumerate(labels, 1))


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build")
    parser.add_argument("budget")
    parser.add_argument("--data", required=True)
    parser.add_argument("--ingest", default="", help="options for train.csv")
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--jobs", default="-j2", help="make's")
    parser.add_argument("--score-test", action="store_true")
    args = parser.parse_args()

    folder = os.path.join(args.build, "budgets", args.budget)
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    write_makefile(folder, args.data, os.path.abspath(os.path.join(args.build, "share/csvnet/Makefile.inc")),
                   args.ingest)
    begin = time.monotonic()
    make(folder, args.jobs, "submission.csv", "BUDGET=" + args.budget)
    print(f"{args.budget}: {time.monotonic() - begin:.1f} s from CSV to submission", flush=True)
    out = os.path.join("csvnet.out", args.budget)
    if os.path.exists(os.path.join(folder, out, "val.pred.json")):
        print("  rows held back: {:.2f} %, {}".format(*score(folder, out, "val.pred.json")), flush=True)
    else:  # it has folds of its own, and these are its score
        make(folder, args.jobs, "oof", "BUDGET=" + args.budget)
        print("  out of fold: {:.3f} %, {}".format(*score(folder, out, "train.oof.json")), flush=True)
    if args.score_test:
        truth = os.path.join(folder, "truth.csv")
        write_truth(args.data, truth)
        subprocess.run([os.path.join(args.build, "bin/csvnet"), "submit", "--check",
                        os.path.join(folder, "submission.csv"), "--truth", truth], check=True)
    scores = []
    for seed in range(1, args.seeds + 1):
        make(folder, args.jobs, "oof", "BUDGET=" + args.budget, f"FOLDS={args.folds}", f"SEED={seed}",
             f"OUT=seed{seed}")
        accuracy, wrong = score(folder, f"seed{seed}", args.budget, "train.oof.json")
        scores.append(accuracy)
        print(f"  seed {seed}: {accuracy:.3f} %, {wrong}", flush=True)
    if len(scores) > 1:
        print(f"{args.budget}: out of fold {statistics.mean(scores):.3f} % +- "
              f"{statistics.stdev(scores):.3f} over {len(scores)} seeds, {args.folds} folds")


if __name__ == "__main__":
    main()
