#!/usr/bin/python3
"""ingest next to what else reads CSV, and PNG files, in turn, the same input, the same threads:

    ingest.py BUILD [FILE] [--rounds 5]

BUILD is the folder of the built programs, which has bin/ingest and tests/bench-libcsv, and Polars and DuckDB
in bench/node_modules if they were installed. Without FILE, one of the shape of Kaggle's digits is made there,
42,000 rows of 784 pixels. Of the others only the reading into memory is timed, of ingest the whole program: it
checks, orders and compresses the rows as well, and writes them to a file; what the disk takes to flush that is
given apart. Then the same of 20,000 PNG files of 32x32 in colour, next to a loop with Pillow. Prints tables in
Markdown of medians; a peer that is not installed is named below them."""

import argparse
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "support"))

import make_pictures

PILLOW = ("import os, sys, time, numpy\nfrom PIL import Image\nbegin = time.perf_counter()\n"
          "names = sorted(os.listdir(sys.argv[1]))\nout = numpy.empty((len(names), 32, 32, 3), 'u1')\n"
          "for i, name in enumerate(names):\n"
          "    with Image.open(os.path.join(sys.argv[1], name)) as picture:\n        out[i] = picture\n"
          "print(f'{time.perf_counter() - begin:.4f} {len(out)}')")
PICTURES = 20000
FREAD = ('a <- commandArgs(TRUE); suppressMessages(library(data.table)); setDTthreads(as.integer(a[2])); '
         't <- proc.time()[[3]]; d <- fread(a[1], showProgress = FALSE); '
         'cat(sprintf("%.4f %d", proc.time()[[3]] - t, nrow(d)))')
PANDAS = ("import sys, time, pandas\nbegin = time.perf_counter()\nd = pandas.read_csv(sys.argv[1])\n"
          "print(f'{time.perf_counter() - begin:.4f} {len(d)}')")

# ---- The file ----


def picture_line(rng):
    """One of a picture's 28 lines: strokes of grey edges and white, about a fifth of it."""
    if rng.random() < .28:
        return "0," * 28
    begin, length = rng.randrange(4, 16), rng.randrange(3, 12)
    stroke = ["253"] * length
    for i in (0, 1, -2, -1):
        stroke[i] = str(rng.randrange(1, 256))
    return "0," * begin + ",".join(stroke) + "," + "0," * (28 - begin - length)


def make_digits(path):
    rng = random.Random(1)
    with open(path + ".new", "w", encoding="ascii") as file:
        file.write("label," + ",".join(f"pixel{i}" for i in range(784)) + "\n")
        for _ in range(42000):
            file.write(f"{rng.randrange(10)}," + "".join(picture_line(rng) for _ in range(28))[:-1] + "\n")
    os.rename(path + ".new", path)


def make_png_files(path):
    numpy = make_pictures.numpy
    rng = numpy.random.default_rng(1)
    os.mkdir(path + ".new")
    for i in range(PICTURES):
        areas = rng.integers(0, 230, (4, 4, 3)).repeat(8, 0).repeat(8, 1)
        with open(f"{path}.new/{i:05}.png", "wb") as file:
            file.write(make_pictures.png((areas + rng.integers(0, 24, (32, 32, 3))).astype("u1")))
    os.rename(path + ".new", path)


# ---- Readers ----


class Reader:
    """How to run it, given file and threads, and whether it takes a number of threads."""

    def __init__(self, name, command, threads=True, env=None, missing=None):
        self.name, self.command, self.threads, self.env, self.missing = name, command, threads, env or {}, missing


def has_module(name):
    return subprocess.run([sys.executable, "-c", f"import {name}"], stderr=subprocess.DEVNULL, check=False).returncode == 0


def ingest(build, out):
    return Reader("csvnet ingest", lambda path, n: [os.path.join(build, "bin", "ingest"), path, "-q", "-o",
                                                    os.path.join(out, "x.st.zst"), "--threads", str(n), "--json",
                                                    os.path.join(out, "x.json")])


def readers(build, out):
    modules = os.path.join(build, "bench", "node_modules")
    node = os.path.join(HERE, "readers.js")
    libcsv = os.path.join(build, "tests", "bench-libcsv")
    has_fread = shutil.which("Rscript") and os.path.isdir("/usr/lib/R/site-library/data.table")

    def js(package, how):
        found = shutil.which("node") and os.path.isdir(os.path.join(modules, package))
        return {"command": lambda file, n: ["node", node, how, file, str(n)],
                "env": {"NODE_PATH": modules}, "missing": None if found else package}

    return [
        ingest(build, out),
        Reader("data.table fread", lambda file, n: ["Rscript", "-e", FREAD, file, str(n)],
               missing=None if has_fread else "r-cran-data.table"),
        Reader("Polars", **js("nodejs-polars", "polars")),
        Reader("DuckDB, columns declared", **js("@duckdb/node-api", "duckdb-declared")),
        Reader("DuckDB, sniffing", **js("@duckdb/node-api", "duckdb")),
        Reader("pandas", lambda file, n: [sys.executable, "-c", PANDAS, file], False,
               missing=None if has_module("pandas") else "python3-pandas"),
        Reader("bare libcsv", lambda file, n: [libcsv, file], False)]


def picture_readers(build, out):
    return [ingest(build, out),
            Reader("loop with Pillow", lambda folder, n: [sys.executable, "-c", PILLOW, folder], False,
                   missing=None if has_module("PIL") else "python3-pil")]


def peak(pid, before):
    """The most memory that the process had so far, in MiB. What wait4() says would not do: it counts what
    this program had when it forked."""
    try:
        with open(f"/proc/{pid}/status", encoding="ascii") as status:
            return next((int(line.split()[1]) / 1024 for line in status if line.startswith("VmHWM")), before)
    except OSError:
        return before


def run(reader, file, threads, out):
    """Seconds, seconds of flushing, and the memory peak in MiB."""
    begin, most = time.perf_counter(), 0
    process = subprocess.Popen(reader.command(file, threads), stdout=subprocess.PIPE,
                               env={**os.environ, **reader.env, "POLARS_MAX_THREADS": str(threads)})
    while process.poll() is None:
        most = peak(process.pid, most)
        time.sleep(.002)
    seconds, flush = time.perf_counter() - begin, 0.0
    printed = process.stdout.read()
    if process.returncode:
        sys.exit(f"{reader.name}: failed")
    if printed:
        seconds = float(printed.split()[0])
    else:
        with open(os.path.join(out, "x.json"), encoding="utf-8") as summary:
            flush = json.load(summary)["flush_seconds"]
    return seconds - flush, flush, most


# ---- The table ----


def measure(file, build, rounds, what):
    with tempfile.TemporaryDirectory(dir=build) as out:
        present = [reader for reader in what(build, out) if not reader.missing]
        runs = [(reader, n) for reader in present for n in (1, 2) if n == 1 or reader.threads]
        results = {(reader.name, n): [] for reader, n in runs}
        for _ in range(rounds):
            for reader, n in runs:
                results[reader.name, n].append(run(reader, file, n, out))
        missing = sorted({reader.missing for reader in what(build, out) if reader.missing})
    return {key: [statistics.median(column) for column in zip(*rows)] for key, rows in results.items()}, missing


def show(results, missing, what):
    ours = {n: results["csvnet ingest", n] for n in (1, 2)}
    print(f"Reading {what}; seconds, and how many times ingest's\n")
    print("| reader | 1 thread | x ingest | 2 threads | x ingest | memory peak |\n|---|---:|---:|---:|---:|---:|")
    for name in dict.fromkeys(name for name, _ in results):
        line = f"| {name} "
        for n in (1, 2):
            found = results.get((name, n))
            line += f"| {found[0]:.2f} | {found[0] / ours[n][0]:.1f} " if found else "| | "
        print(line + f"| {max(found[2] for (other, _), found in results.items() if other == name):.0f} MiB |")
    print(f"\ningest's flushing to disk, not in the times: {ours[1][1]:.2f} s and {ours[2][1]:.2f} s")
    if missing:
        print("Not installed (make deps FOR=bench):", ", ".join(missing))


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("build")
    parser.add_argument("file", nargs="?")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    build = os.path.abspath(options.build)
    bench = os.path.join(build, "bench")
    file, pictures = options.file or os.path.join(bench, "digits.csv"), os.path.join(bench, "pictures")
    os.makedirs(bench, exist_ok=True)
    if not os.path.exists(file) and not options.file:
        make_digits(file)
    if not os.path.exists(pictures):
        make_png_files(pictures)
    with open(file, "rb") as warm:
        while warm.read(1 << 20):
            pass
    show(*measure(file, build, options.rounds, readers), f"{os.path.getsize(file) / 1e6:.0f} MB")
    print()
    show(*measure(pictures, build, options.rounds, picture_readers), f"{PICTURES} PNG files")


if __name__ == "__main__":
    main()
