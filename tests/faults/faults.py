#!/usr/bin/python3
"""Makes every call of every program that can fail do so once, one run for each:

    faults.py BIN INJECT.so [--stride N] [--places] [--only COMMAND...]

Whatever fails, a program ends by itself with a status that says why and a line that names it; the
output is the old one or the new one, whole; no other file is left, and no memory but what is left
without a fault. A fault that does no harm has to leave the new output and status 0. The calls that
bring an output to disk come in the right order, and of two tensor files that belong together, as the
parts of a split, none is new while the other is old, unless it was the renaming that failed. Then all programs run with reads and writes that
come in small pieces and are interrupted.

The same calls that bring an output to disk are where a program is killed (SIGKILL): the outputs are
whole then, and the next run sweeps away what the killed one left, but nothing of a run that is only
stopped there and goes on later. All this once more as on a file system that has no files without
names. Then it all begins with damage: an input that is cut off or altered, an output that was torn; some of
each call's faults on top. Last, the folder is on a disk with room for no page more, one more, and so on,
until the program has enough. --stride N takes every Nth of the calls only, --places the first of those that one
chain of functions makes. Prints the counts, and every violation.
"""

import argparse
import collections
import ctypes
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile

FIXTURES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "fixtures")
sys.path.insert(0, os.path.join(FIXTURES, "..", "tests", "support"))
import make_pictures  # noqa: E402

PIXELS = 16
STATUS = {
    "memory": {71},
    "open": {66, 73, 74},
    "read": {66, 74},
    "write": {73, 74},
    "fsync": {74},
    "close": {74},
    "rename": {74},
    "link": {73, 74},
    "times": {74},
}
# Each: the command, and the files it writes. With "again" its outputs are up to date already.
COMMANDS = {
    "ingest": (["train.csv", "-o", "out.st.zst"], ["out.st.zst"]),
    "ingest pictures": (["--pictures", "pictures", "labels.csv", "--size", "4x4", "-o", "out.st.zst"],
                        ["out.st.zst"]),
    "ingest pictures again": (["pictures", "--size", "4x4", "-o", "out.st.zst", "--if-changed"],
                              ["out.st.zst"]),
    "split": (
        ["train.st.zst", "--part", "out.st.zst=70%", "--part", "out2.st.zst=rest"],
        ["out.st.zst", "out2.st.zst"],
    ),
    "fit": (
        ["a.st.zst", "--val", "b.st.zst", "--arch", "flatten, linear 5, batchnorm, relu, linear",
         "--epochs", "2", "--keep", "best-auc", "--history", "out.jsonl", "-o", "out.st.zst"],
        ["out.st.zst", "out.jsonl"],
    ),
    "predict": (["b.st.zst", "m.st.zst", "-o", "out.st.zst", "--json", "out.json"],
                ["out.st.zst", "out.json"]),
    "predict joined": (["p.st.zst", "p2.st.zst", "--geometric", "-o", "out.st.zst"], ["out.st.zst"]),
    "predict pictures": (["pictures/2.png", "m.st.zst", "--show", "-o", "out.st.zst", "--csv", "out.csv"],
                         ["out.st.zst", "out.csv"]),
    "submit": (["p.st.zst", "-o", "out.csv"], ["out.csv"]),
    "submit voted": (["--vote", "truth.csv", "truth2.csv", "-o", "out.csv"], ["out.csv"]),
    "ingest ids": (["ids.csv", "--id", "name", "--group", "who", "-o", "out.st.zst"], ["out.st.zst"]),
    "split groups": (
        ["ids.st.zst", "--part", "out.st.zst=70%", "--part", "out2.st.zst=rest"],
        ["out.st.zst", "out2.st.zst"],
    ),
    "fit fold": (["ids.st.zst", "--fold", "1/2", "--arch", "linear", "--epochs", "1", "-o",
                  "out.st.zst"], ["out.st.zst"]),
    "submit sample": (["ids.pred.st.zst", "--sample", "sample.csv", "-o", "out.csv"], ["out.csv"]),
    "submit against the truth": (["--check", "s.csv", "--truth", "truth.csv", "--json", "out.json"],
                                 ["out.json"]),
    "compare": (["p.st.zst", "p.st.zst"], []),
    "submit to a pipe": (["p.st.zst", "-o", "-"], []),
    "ingest cells": (["cells.csv", "--label", "c0-c2", "--only", "part=a", "--names", "names.csv", "-o", "out.st.zst"],
                     ["out.st.zst"]),
    "ingest apart": (["images.csv", "apart.csv", "-o", "out.st.zst"], ["out.st.zst"]),
    "ingest to a pipe": (["train.csv", "-o", "-"], []),
    "ingest a list": (["some.st.zst", "all.st.zst", "-o", "out.shards"], ["out.shards"]),
    "split a list": (["list.shards", "--part", "out.st.zst=70%", "--part", "out2.st.zst=rest"],
                     ["out.st.zst", "out2.st.zst"]),
    "split again": (
        ["train.st.zst", "--part", "out.st.zst=70%", "--part", "out2.st.zst=rest", "--if-changed"],
        ["out.st.zst", "out2.st.zst"],
    ),
    "fit again": (["a.st.zst", "--arch", "linear", "--epochs", "1", "-o", "out.st.zst",
                   "--if-changed"], ["out.st.zst"]),
    "show": (["b.st.zst", "--model", "m.st.zst", "--mistakes", "3", "--png", "out.png", "--json",
              "out.json"], ["out.png", "out.json"]),
    "show as JSON": (["p.st.zst", "--json", "out.json"], ["out.json"]),
    "explain": (["a.st.zst", "train.st.zst"], []),
    "explain the line": (["m.st.zst", "a.st.zst", "--command"], []),
    "explain two models": (["m.st.zst", "m2.st.zst"], []),
    "report": (["-o", "out.html", "--data", "a=a.st.zst", "--data", "b=b.st.zst", "--model", "m.st.zst",
                "--pred", "b=p.st.zst", "--history", "m.jsonl", "--stage", "p.json"], ["out.html"]),
}
# Blocks that may be left: the thread that reads ahead is not waited for, it may hang on a pipe.
LEFT = {"ingest": 8}
DAMAGED = {65, 66} # statuses for an input that is
TO_DISK = ["times", "fsync", "link", "close", "rename"]
TIMED = {"out.jsonl", "out.json"}  # hold times: their bytes differ from run to run


def table(path, rows, labelled=True):
    with open(path, "w") as out:
        print(",".join(["label"] * labelled + [f"pixel{i}" for i in range(PIXELS)]), file=out)
        for r in range(rows):
            cells = [r % 3] * labelled + [(r * 7 + i * 31 + r % 3 * 50) % 256 for i in range(PIXELS)]
            print(",".join(map(str, cells)), file=out)


def table_with_ids(rows):
    """The rows of train.csv with names and groups, and a sample submission in another order."""
    with open("train.csv") as file:
        lines = file.read().splitlines()
    with open("ids.csv", "w") as out:
        print("name,who," + lines[0], file=out)
        for r, line in enumerate(lines[1:]):
            print(f"{r}.png,{r // 4},{line}", file=out)
    with open("sample.csv", "w") as out:
        print("name,label", *(f"{r}.png,0" for r in reversed(range(rows))), sep="\n", file=out)


def layouts(rows):
    """The rows of train.csv in two files, and with all pixels in a cell and one-hot labels."""
    with open("train.csv") as file:
        lines = [line.split(",") for line in file.read().splitlines()]
    with open("apart.csv", "w") as labels, open("images.csv", "w") as images:
        for line in lines:
            print(line[0], file=labels)
            print(",".join(line[1:]), file=images)
    with open("cells.csv", "w") as out:
        print("part;c0;c1;c2;pixels", file=out)
        for r, line in enumerate(lines[1:]):
            hot = [int(line[0] == str(k)) for k in range(3)]
            print("ab"[r % 7 == 0], *hot, " ".join(line[1:]), sep=";", file=out)
    with open("names.csv", "w") as out:
        print("0;zero\n1;one\n2;two", file=out)


def pictures(folder, rows):
    """PNG files and one JPEG, and a CSV that names them."""
    os.makedirs(folder, exist_ok=True)
    for r in range(rows):
        make_pictures.write(folder, r + 1)
    with open(os.path.join(FIXTURES, "fuzz", "pictures", "jpeg"), "rb") as file:
        data = file.read()[1:]
    with open(os.path.join(folder, "1.png"), "wb") as file:
        file.write(data)
    with open("labels.csv", "w") as out:
        print("id,label", *(f"{r + 1},c{r % 3}" for r in range(rows)), sep="\n", file=out)


def shards():
    """The rows of train.csv that are not of class 0, then all; the list of both has other classes and longer ids."""
    with open("train.csv") as file:
        lines = file.read().splitlines()
    for name, rows in (("some.csv", [line for line in lines[1:] if line[0] != "0"]), ("all.csv", lines[1:])):
        with open(name, "w") as out:
            print("id," + lines[0], *(f"{r}{'x' * (name[0] == 'a')},{line}" for r, line in enumerate(rows)), sep="\n", file=out)


class Program:
    def __init__(self, args, name):
        self.args, self.name, self.title = args, name.split()[0], name
        self.words, self.outputs = COMMANDS[name]
        self.idle = name.endswith("again")
        self.together = "out2.st.zst" in self.outputs
        self.runs, self.bad = collections.Counter(), []
        self.swept = 0  # files that killed runs left
        self.also = set()  # statuses that a run may have besides its fault's
        self.environment = dict(os.environ, LD_PRELOAD=args.inject, **({"PLACES": "1"} if args.places else {}))

    def prepare(self, folder):
        """Inputs, and old outputs: those of other rows."""
        os.chdir(folder)

        def run(program, *words):
            quiet = [] if program == "explain" else ["-q"]
            subprocess.run([os.path.join(self.args.bin, program), *words, *quiet], check=True,
                           capture_output=True)

        for rows in (30, 60):
            table("train.csv", rows)
            layouts(rows)
            pictures("pictures", rows // 10)
            run("ingest", "train.csv", "-o", "train.st.zst")
            run("split", "train.st.zst", "--part", "a.st.zst=70%", "--part", "b.st.zst=rest")
            run("fit", "a.st.zst", "--arch", "linear", "--epochs", "1", "-o", "m.st.zst",
                "--history", "m.jsonl")
            run("predict", "b.st.zst", "m.st.zst", "-o", "p.st.zst", "--json", "p.json")
            run("fit", "a.st.zst", "--arch", "linear", "--epochs", "1", "--lr", "0.3", "-o", "m2.st.zst")
            run("predict", "b.st.zst", "m2.st.zst", "-o", "p2.st.zst")
            run("submit", "p2.st.zst", "-o", "truth2.csv")
            table_with_ids(rows)
            run("ingest", "ids.csv", "--id", "name", "--group", "who", "-o", "ids.st.zst")
            run("predict", "ids.st.zst", "m.st.zst", "-o", "ids.pred.st.zst")
            run("submit", "p.st.zst", "--probabilities", "-o", "s.csv")
            run("submit", "p.st.zst", "-o", "truth.csv")
            shards()
            run("ingest", "some.csv", "--id", "id", "-o", "some.st.zst")
            run("ingest", "all.csv", "--id", "id", "--part-of", "some.csv", "-o", "all.st.zst")
            run("ingest", "some.st.zst", "all.st.zst", "-o", "list.shards")
            if rows == 30:
                run(self.name, *self.words)
                self.old = self.contents()
        if self.idle:
            run(self.name, *self.words)
            self.old = self.contents()
        self.inputs = set(os.listdir(".")) - set(self.outputs)

    def undisturbed(self):
        """The new outputs, and how often each call is made."""
        self.restore()
        status, error, self.counts = self.run("count")
        self.new = self.contents()
        if status:
            sys.exit(f"{self.name}: fails without a fault: {error}")
        # Each output is written, flushed, named, put in its place, and the folder flushed.
        steps = "(w?fl+){2}rrff" if self.together else "w?(w?flrf){%d}" % len(self.outputs)
        if self.idle or not self.outputs:
            steps = "(wf)?"
        if "NAMED" in self.environment:
            steps = steps.replace("l+", "").replace("l", "")
        if not re.fullmatch(steps, self.order.strip("-")):
            self.complain("count", f"order on disk is {self.order}")

    def contents(self):
        return {path: open(path, "rb").read() for path in self.outputs if os.path.exists(path)}

    def restore(self):
        for path in set(os.listdir(".")) - self.inputs:
            os.unlink(path)
        for path, content in self.old.items():
            with open(path, "wb") as out:
                out.write(content)

    def command(self):
        threads = [] if self.name == "explain" else ["--threads", "2"]
        return [os.path.join(self.args.bin, self.name), *self.words, *threads]

    def run(self, fault):
        with tempfile.TemporaryFile() as report:
            keep = os.dup(report.fileno())
            os.dup2(keep, 9)
            try:
                done = subprocess.run(self.command(), env=dict(self.environment, FAULT=fault),
                                      capture_output=True, pass_fds=(9,), timeout=600)
            finally:
                os.close(9)
                os.close(keep)
            report.seek(0)
            output = dict(line.split() for line in report.read().decode().splitlines())
        self.order = output.pop("order", "")
        return done.returncode, done.stderr.decode(), {k: int(v) for k, v in output.items()}

    def complain(self, fault, what):
        named = "NAMED " if "NAMED" in self.environment else ""
        self.bad.append(f"{self.title} {named}{fault}: {what}")

    def left(self):
        """What is there besides; a finished file that could not be put in its place may stay."""
        names = set(os.listdir(".")) - self.inputs - set(self.outputs)
        return {name for name in names if ".finished" not in name}

    def check_nothing_left(self, fault):
        if self.left():
            self.complain(fault, f"left {sorted(self.left())}")

    def check_outputs(self, fault, status):
        """Each output is the old one or the new one; the new ones after success."""
        now = self.contents()
        if self.together and "rename" not in fault and now not in (self.old, self.new):
            self.complain(fault, "one file is new, the other is not")
        for path in self.outputs:
            content = now.get(path)
            timed = path in TIMED and content is not None and content.endswith(b"}\n")
            if content == self.new[path] or timed:
                continue
            if status == 0 or content != self.old.get(path):
                self.complain(fault, f"{path} is neither the old file nor the new one")

    def is_clear(self, error):
        """Whether its last line is a message, which may follow what the run has said before."""
        return error.endswith("\n") and error.splitlines()[-1].startswith(f"csvnet {self.name}: ")

    def try_fault(self, call, number):
        fault = f"{call}:{number}"
        self.restore()
        try:
            status, error, counts = self.run(fault)
        except subprocess.TimeoutExpired:
            self.complain(fault, "hangs")
            return
        self.runs[call] += 1
        self.check_nothing_left(fault)
        self.check_outputs(fault, status)
        if status == 0:
            return
        if status not in STATUS[call] | self.also:
            self.complain(fault, f"status {status}: {error.strip()}")
        of_message = call == "write" and self.also  # perhaps
        if not of_message and not self.is_clear(error):
            self.complain(fault, f"no clear message: {error!r}")
        if counts.get("live", 10**9) > self.counts["live"] + LEFT.get(self.name, 0):
            self.complain(fault, f"{counts.get('live')} blocks left, {self.counts['live']} without")

    def each(self, calls):
        for call in calls:
            stride = self.args.stride if self.counts[call] > 60 else 1
            for number in range(1, self.counts[call] + 1, stride):
                yield call, number

    def faults(self, calls):
        for call, number in self.each(calls):
            self.try_fault(call, number)

    def kill(self, call, number):
        fault = f"kill-{call}:{number}"
        self.restore()
        status, _, _ = self.run(fault)
        self.runs["killed"] += 1
        if status != -signal.SIGKILL:
            self.complain(fault, f"status {status}")
        self.check_outputs(fault, status)
        self.swept += len(self.left())
        self.run_again(fault)

    def run_again(self, fault):
        status, error, _ = self.run("count")
        if status:
            self.complain(fault, f"the next run has status {status}: {error.strip()}")
        self.check_outputs(fault, status)
        self.check_nothing_left(fault)

    def start(self, fault):
        """A run that is stopped at a call; None if it does not come there."""
        self.restore()
        process = subprocess.Popen(self.command(), env=dict(self.environment, FAULT=fault),
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status = os.waitpid(process.pid, os.WUNTRACED)
        self.runs["stopped"] += 1
        if os.WIFSTOPPED(status):
            return process
        self.complain(fault, "does not come there")
        return None

    def go_on(self, process, fault, wanted):
        process.send_signal(signal.SIGCONT)
        if process.wait() != wanted:
            self.complain(fault, f"goes on to status {process.returncode}")
        self.check_outputs(fault, wanted)
        self.check_nothing_left(fault)

    def stop(self, call):
        """Its file becomes the output; another run begins meanwhile, which waits where outputs are
        held, else ends first."""
        fault = f"stop-{call}:1"
        process = self.start(fault)
        if not process:
            return
        mine = self.left()
        if any(name.endswith(".lock") for name in mine):
            self.have_another_wait(process, fault)
            return
        status, error, _ = self.run("count")
        if status or not mine or self.left() != mine:
            self.complain(fault, f"{mine}: another run: status {status}, {self.left()}, {error}")
        self.go_on(process, fault, 0)

    def have_another_wait(self, process, fault):
        another = subprocess.Popen(self.command(), env=dict(self.environment, FAULT=""),
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            self.complain(fault, f"another run does not wait: status {another.wait(0.5)}")
        except subprocess.TimeoutExpired:
            pass
        process.send_signal(signal.SIGCONT)
        statuses = process.wait(), another.wait(60)
        if any(statuses):
            self.complain(fault, f"it and the one that waits end with {statuses}")
        self.check_outputs(fault, 0)
        self.check_nothing_left(fault)

    def edit(self, edited, wanted):
        """Its first input is edited, or only written anew, when it has read it."""
        names = [word.rpartition("=")[2] for word in self.words]
        path = next(name for name in names if name in self.inputs)
        if os.path.isdir(path):
            path = os.path.join(path, "2.png")
        fault = f"{path} edited"
        process = self.start("stop-fsync:1")
        with open(path, "rb") as file:
            content = file.read()
        for new in (content + edited, content):
            with open(path, "wb") as file:
                file.write(new)
            if process:
                self.go_on(process, fault, wanted)
            process = None

    def interrupt(self):
        for call, number in self.each(TO_DISK):
            self.kill(call, number)
        if self.outputs and not self.idle:
            self.stop("rename")
            self.edit(b"", 0)
            self.edit(b"0", 75)

    def pieces(self):
        for seed in range(1, 7, self.args.stride):
            self.restore()
            status, error, _ = self.run(f"pieces:{seed}")
            self.runs["pieces"] += 1
            if status:
                self.complain(f"pieces:{seed}", f"status {status}: {error.strip()}")
            self.check_nothing_left(f"pieces:{seed}")
            self.check_outputs(f"pieces:{seed}", status)

    def some(self, calls):
        """The first call of each kind, the last, and one between."""
        for call in calls:
            for number in sorted({1, (self.counts[call] + 1) // 2, self.counts[call]}):
                if 0 < number <= self.counts[call]:
                    yield call, number

    def with_input(self, path, how, content):
        """Runs with other bytes for an input, without a fault and with some."""
        kept = self.new, self.counts
        with open(path, "rb") as file:
            sound = file.read()
        with open(path, "wb") as file:
            file.write(content)
        self.restore()
        status, error, self.counts = self.run("count")
        self.runs["damaged"] += 1
        if status == 0:
            self.new = self.contents()
        elif status not in DAMAGED or not self.is_clear(error):
            self.complain(f"{path} {how}", f"status {status}: {error.strip()}")
        self.check_nothing_left(f"{path} {how}")
        self.check_outputs(f"{path} {how}", status)
        self.also = DAMAGED
        for call, number in self.some(STATUS):
            self.try_fault(call, number)
        self.also = set()
        with open(path, "wb") as file:
            file.write(sound)
        self.new, self.counts = kept

    def damage(self):
        for path in sorted({word.rpartition("=")[2] for word in self.words} & self.inputs):
            if os.path.isdir(path):
                path = os.path.join(path, "2.png")
            with open(path, "rb") as file:
                content = file.read()
            middle = len(content) // 2
            altered = content[:middle] + bytes([content[middle] ^ 0x15]) + content[middle + 1 :]
            self.with_input(path, "cut", content[:middle])
            self.with_input(path, "altered", altered)
        if not self.old:
            return
        whole, self.old = self.old, {path: content[: len(content) // 2] for path, content in self.old.items()}
        self.restore()
        status, error, self.counts = self.run("count")
        self.runs["torn"] += 1
        if status:
            self.complain("torn outputs", f"status {status}: {error.strip()}")
        self.check_outputs("torn outputs", status)
        for call, number in self.some(STATUS):
            self.try_fault(call, number)
        for call, number in self.some(TO_DISK):
            self.kill(call, number)
        self.old = whole

    def full_disk(self):
        """In a small file system, which nobody but this process and those it starts sees."""
        disk = os.path.join(os.getcwd(), "disk")
        os.mkdir(disk)
        mount("-t", "tmpfs", "-o", "size=1m", "tmpfs", disk)
        try:
            for path in self.inputs:
                if os.path.isdir(path):
                    shutil.copytree(path, os.path.join(disk, path))
                else:
                    shutil.copy(path, disk)
            os.chdir(disk)
            for free in range(1000):
                if self.try_disk(disk, free) == 0:
                    break
        finally:
            os.chdir("..")
            subprocess.run(["umount", disk], check=True)

    def try_disk(self, disk, free):
        """The status with so many free pages."""
        mount("-o", "remount,size=1m", disk)
        self.restore()
        room = os.statvfs(disk)
        used = room.f_blocks - room.f_bfree + free
        mount("-o", f"remount,size={max(1, used) * room.f_bsize}", disk)
        status, error, _ = self.run("count")
        fault = f"{free} pages free"
        self.runs["full disk"] += 1
        self.check_nothing_left(fault)
        self.check_outputs(fault, status)
        if status not in (0, *STATUS["write"]):
            self.complain(fault, f"status {status}: {error.strip()}")
        if status and "No space left on device" not in error:
            self.complain(fault, f"no clear message: {error!r}")
        return status

    def try_all(self):
        self.undisturbed()
        self.faults(STATUS)
        self.pieces()
        self.interrupt()
        self.environment["NAMED"] = "1"
        self.undisturbed()
        self.faults(["open", *TO_DISK])
        self.interrupt()
        del self.environment["NAMED"]
        self.damage()
        if self.outputs and not self.idle and not self.args.no_disk:
            self.full_disk()


def mount(*words):
    subprocess.run(["mount", *words], check=True)


def no_private_mounts():
    """From here on mounts are seen by this process and those it starts only; else why not."""
    library = ctypes.CDLL(None, use_errno=True)
    if library.unshare(0x20000):  # CLONE_NEWNS
        return os.strerror(ctypes.get_errno())
    done = subprocess.run(["mount", "--make-rprivate", "/"], capture_output=True, text=True)
    return done.stderr.strip()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("bin")
    parser.add_argument("inject")
    parser.add_argument("--stride", type=int, default=1)
    parser.add_argument("--places", action="store_true")
    parser.add_argument("--only", choices=list(COMMANDS), nargs="+")
    args = parser.parse_args()
    args.bin, args.inject = os.path.abspath(args.bin), os.path.abspath(args.inject)
    args.no_disk = no_private_mounts()
    total, bad = 0, 0
    for name in args.only or COMMANDS:
        program, folder = Program(args, name), tempfile.mkdtemp()
        try:
            program.prepare(folder)
            program.try_all()
        finally:
            os.chdir("/")
            shutil.rmtree(folder)
        for line in program.bad:
            print(line)
        print(f"{name}: " + ", ".join(f"{call} {n}" for call, n in program.runs.items()) +
              f"; {program.swept} files swept: {len(program.bad)} violations", flush=True)
        total, bad = total + sum(program.runs.values()), bad + len(program.bad)
    if args.no_disk:
        print(f"NOT RUN: the full disk, for mounting takes root: {args.no_disk}")
    skipped = ", the full disk not run" if args.no_disk else ""
    print(f"faults: {total} runs, {bad} violations{skipped}")
    return bad > 0


sys.exit(main())
