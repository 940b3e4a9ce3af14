#!/usr/bin/python3
"""Kills programs at random instants and lets make finish the work:

    kills.py BIN [--fit 1000] [--others 200] [--seed 1]

A pipeline is run once undisturbed. Then, for each program and so many times, its output is removed
or made stale, its stage started and killed (SIGKILL; fit also by SIGTERM or SIGINT, which has to
write a checkpoint and end by that signal, and sometimes by SIGKILL while it does) after a random part
of the time it takes; and what is kept of finished work goes, or is torn or altered. Then each file is the old one or the new one, whole, and after the next make
all are, byte for byte, what the undisturbed run made, and no other file is left. Prints the counts.
"""

import argparse
import collections
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

ROWS, PIXELS = 3000, 64
MAKEFILE = """all: submission.csv
TRAIN = train.csv
TEST = test.csv
MODELS = a
a.fit = --arch 'flatten, linear 24, batchnorm, relu, dropout 0.2, linear' --epochs 6 --batch 8
include {inc}
"""
OUTPUTS = {
    "ingest": "csvnet.out/train.st.zst",
    "split": "csvnet.out/part-train.st.zst",
    "fit": "csvnet.out/a.model.st.zst",
    "predict": "csvnet.out/test.pred.st.zst",
    "submit": "submission.csv",
}
KEPT = "csvnet.out/kept"
BESIDE = {"split": ["csvnet.out/part-val.st.zst"]}


def table(path, rows, labelled):
    draw = random.Random(rows)
    with open(path, "w") as out:
        print(",".join(["label"] * labelled + [f"pixel{i}" for i in range(PIXELS)]), file=out)
        for r in range(rows):
            cells = [(r % 3 * 40 + draw.randrange(150)) % 256 for _ in range(PIXELS)]
            print(",".join(map(str, [r % 3] * labelled + cells)), file=out)


def make(*words):
    subprocess.run(["make", "-s", *words], check=True, capture_output=True)


def temporaries():
    return [name for folder in (".", "csvnet.out") for name in os.listdir(folder)
            if name.startswith(".csvnet-")]


def read(path):
    try:
        with open(path, "rb") as file:
            return file.read()
    except FileNotFoundError:
        return None


class Pipeline:
    def __init__(self, args):
        self.args, self.random = args, random.Random(args.seed)
        self.bad, self.seen = [], collections.Counter()
        table("train.csv", ROWS, True)
        table("test.csv", ROWS // 3, False)
        with open("Makefile", "w") as out:
            out.write(MAKEFILE.format(inc=os.path.join(args.bin, "../share/csvnet/Makefile.inc")))
        make("csvnet.out/a.model.st.zst", "a.fit=--arch linear --epochs 1")
        self.old = {path: read(path) for path in self.files()}
        make()
        self.new = {path: read(path) for path in self.files()}
        self.known = set(os.listdir("csvnet.out"))

    def files(self):
        return [*OUTPUTS.values(), *BESIDE["split"]]

    def command(self, program):
        """The stage's command, as make prints it."""
        text = subprocess.run(["make", "-n", "-W", self.inputs(program), OUTPUTS[program]],
                              check=True, capture_output=True, text=True).stdout
        line = next(l for l in text.splitlines() if f"-- {self.args.bin}/{program} " in l and OUTPUTS[program] in l)
        return line.rpartition(" -- ")[2].replace(" --if-changed", "")

    @staticmethod
    def inputs(program):
        return {"ingest": "train.csv", "split": OUTPUTS["ingest"], "fit": OUTPUTS["split"],
                "predict": OUTPUTS["fit"], "submit": OUTPUTS["predict"]}[program]

    def check(self, program, where, status):
        for path in self.files():
            content = read(path)
            mine = path == OUTPUTS[program] or path in BESIDE.get(program, [])
            if content != self.new[path] and not (mine and content in (None, self.old.get(path))):
                self.bad.append(f"{program} killed at {where}: {path} is torn or missing")
        for name in set(os.listdir("csvnet.out")) - self.known:
            if not name.startswith(".csvnet-") and not name.endswith((".checkpoint.st.zst", ".params", ".begun", ".depend", ".former", ".old.st.zst")):
                self.bad.append(f"{program} killed at {where}: left {name}")
        if status not in (0, -signal.SIGKILL, -signal.SIGTERM, -signal.SIGINT):
            self.bad.append(f"{program} killed at {where}: status {status}")

    def harm_kept(self):
        """What is kept of finished work goes, is torn or altered, or stays: no file comes out wrong."""
        names = os.listdir(KEPT) if os.path.isdir(KEPT) else []
        how = self.random.choice(("gone", "gone", "torn", "altered", "foreign", "whole"))
        if how == "gone":
            shutil.rmtree(KEPT, ignore_errors=True)
        for name in names if how in ("torn", "altered", "foreign") else ():
            path = os.path.join(KEPT, name)
            content = read(path)
            os.unlink(path)  # not the output that it is one with
            with open(path, "wb") as out:
                if how == "torn":
                    out.write(content[:self.random.randrange(len(content) + 1)])
                elif how == "altered":
                    at = self.random.randrange(max(1, len(content)))
                    out.write(content[:at] + bytes([self.random.randrange(256)]) + content[at + 1:])
                else:
                    out.write(read(os.path.join(KEPT, self.random.choice(names))) or b"")
        self.seen[f"finished work that is kept: {how}"] += 1

    def finish(self, program, number):
        """What the killed run left is swept away by the next that writes into its folder."""
        self.harm_kept()
        left = len(temporaries())
        self.seen["a temporary file left by SIGKILL"] += left
        make()
        if temporaries():  # its output was in place, so that no stage had to write there
            self.seen["of these, swept only when make had all stages check"] += len(temporaries())
            make("csvnet_ask=1")
        if temporaries():
            self.bad.append(f"{program}, run {number}: {temporaries()} is left")
        for path in self.files():
            if read(path) != self.new[path]:
                self.bad.append(f"{program}, run {number}: {path} is not what it was")

    def disturb(self, program, takes, command):
        path = OUTPUTS[program]
        old = self.old.get(path)
        if old and self.random.random() < 0.5:
            with open(path, "wb") as out:
                out.write(old)
            os.utime(path, (10**9, 10**9))
        else:
            os.unlink(path)
        kind = signal.SIGKILL
        if program == "fit":
            kind = self.random.choice((signal.SIGKILL, signal.SIGTERM, signal.SIGINT))
        where = self.random.random() * takes
        process = subprocess.Popen(["sh", "-c", "exec " + command], stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(where)
        process.send_signal(kind)
        if kind != signal.SIGKILL and self.random.random() < 0.3:
            time.sleep(self.random.random() * 0.004)
            process.kill()
        status = process.wait()
        self.seen[f"{program} ended with {status}"] += 1
        if os.path.exists("csvnet.out/a.checkpoint.st.zst"):
            self.seen["fit left a checkpoint"] += 1
        self.check(program, f"{where:.4f} s", status)

    def torture(self, program, times):
        command = self.command(program)
        begin = time.monotonic()
        os.unlink(OUTPUTS[program])
        subprocess.run(command, shell=True, check=True, capture_output=True)
        takes = time.monotonic() - begin
        for number in range(times):
            self.disturb(program, takes, command)
            # Some runs are disturbed again before make gets its turn, so that fit resumes twice.
            if number + 1 < times and self.random.random() < 0.3 and os.path.exists(OUTPUTS[program]):
                continue
            self.finish(program, number)
        make()

    def run(self):
        for program in OUTPUTS:
            begin = time.monotonic()
            times = self.args.fit if program == "fit" else self.args.others
            self.torture(program, times)
            print(f"{program}: {times} runs killed, {time.monotonic() - begin:.0f} s", flush=True)
        for what, count in sorted(self.seen.items()):
            print(f"  {what}: {count}")
        for line in self.bad[:20]:
            print(line)
        print(f"kills: {self.args.fit + 4 * self.args.others} runs, {len(self.bad)} violations")
        return bool(self.bad)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("bin")
    parser.add_argument("--fit", type=int, default=1000)
    parser.add_argument("--others", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    args.bin = os.path.abspath(args.bin)
    os.environ["PATH"] = args.bin + os.pathsep + os.environ["PATH"]
    for name in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS"):
        os.environ.pop(name, None)
    folder = tempfile.mkdtemp()
    try:
        os.chdir(folder)
        return Pipeline(args).run()
    finally:
        os.chdir("/")
        shutil.rmtree(folder)


sys.exit(main())
