#!/usr/bin/python3
"""Training and prediction beside PyTorch's and ONNX Runtime's at their best, same networks:

    nn.py BUILD [--threads 2] [--pairs 5] [--seconds 1] [--arch NAME|FILE.net ...] [--kernels TABLE]
          [--torch COMMAND ...]

BUILD has tests/bench-nn, made from nn.c, and bench/node_modules with onnxruntime-node if that was installed.
COMMAND runs a Python script with another PyTorch, beside the one here: 'tests/bench/torch_chroot trixie'.

What is fastest for a peer depends on the network: one thread or all of them, also in its BLAS; channels last or
first; float32 or bfloat16; as it stands or frozen; ONNX Runtime's batch. So all ways are tried for an instant,
and the best few measured in turn with ours. Bfloat16 is tried where the processor multiplies it: elsewhere it is
converted for each product. There ours is measured with it too, and both stand beside the same best. A way that
gives no figure in time is left out: PyTorch 2.6 compiles some frozen networks for minutes. Prints a table in
Markdown: ratios are to the best, which is named.

Every figure is a median. One of our measurements that did not get its processors (CPU time below 90 % of wall
time) is done again; for the peers' that cannot be told. So the multiply-add peak is measured before each round,
and its range says how quiet the machine was.
"""

import argparse
import itertools
import json
import os
import select
import shlex
import shutil
import signal
import statistics
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(TOP, "fixtures"))
from torch_net import PRESETS, wants_rows  # noqa: E402

BATCHES = {"linear": 256, "linear-relu": 32, "mlp-100": 256}
PREDICT_BATCHES = (64, 256, 1024)
TRIES = 4  # of a measurement that did not get its processors
GLANCE = 0.2  # seconds, for each way of a peer
LIMIT = 15  # seconds, for what a peer prepares for a figure
FINALISTS = 3  # ways of peers that are measured in turn with ours


def described(name):
    """The network of a preset, or of a file for ten classes."""
    if name in PRESETS:
        return PRESETS[name]
    with open(name, encoding="utf-8") as lines:
        layers = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    return ", ".join("linear 10" if layer == "linear" else layer for layer in layers)


def processor(field):
    """What /proc/cpuinfo says of this, e.g. "flags"; where it does not, nothing."""
    with open("/proc/cpuinfo", encoding="utf-8") as lines:
        for line in lines:
            name, _, value = line.partition(":")
            if name.strip() == field:
                return value.strip()
    return ""


class Peer:
    """A process that measures; `threads` says how it uses the processors."""

    def __init__(self, command, threads, environment=None):
        self.threads = threads
        self.command = command
        self.environment = dict(os.environ, **(environment or {}))
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            self.command, env=self.environment, cwd=TOP, text=True, bufsize=1, start_new_session=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # fmt: skip
        self.name = self.process.stdout.readline().strip()
        if not self.name:
            raise SystemExit(f"nn.py: {shlex.join(self.command)} does not run")

    def stop(self):
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def ask(self, limit=None, **request):
        """The answer; None, and a new process, where it takes more than `limit` seconds."""
        print(json.dumps(request), file=self.process.stdin)
        if not select.select([self.process.stdout], [], [], limit)[0]:
            self.stop()
            self.start()
            return None
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"nn.py: {self.name} ended at {request}")
        return json.loads(line)


class Way:
    """How a peer does its work; rate() is images per second, 0 where it cannot."""

    def __init__(self, peer, words, **request):
        self.peer = peer
        self.name = ", ".join([peer.name.split(",")[0], *filter(None, words), peer.threads])
        self.request = request

    def rate(self, seconds):
        return self.peer.ask(limit=LIMIT + seconds, seconds=seconds, **self.request) or 0


def torch_peers(commands, threads):
    """Both numbers of threads; OpenBLAS's own do not always go well with PyTorch's."""
    script = os.path.join("tests", "bench", "torch_rate.py")
    uses = [(1, 1, "1 thread")]
    if threads > 1:
        uses += [(threads, threads, f"{threads} threads"), (threads, 1, f"{threads} threads, BLAS 1")]
    return [
        Peer([*shlex.split(command), script, str(n)], name, {"OPENBLAS_NUM_THREADS": str(blas)})
        for command in commands
        for n, blas, name in uses
    ]


def onnx_peers(build, threads):
    modules = os.path.abspath(os.path.join(build, "bench", "node_modules"))
    if not shutil.which("node") or not os.path.isdir(os.path.join(modules, "onnxruntime-node")):
        print("Not beside ONNX Runtime, which is missing: make deps FOR=bench\n", file=sys.stderr)
        return []
    script = os.path.join(HERE, "onnx_rate.js")
    return [
        Peer(["node", script, str(n)], f"{n} thread{'s' * (n > 1)}", {"NODE_PATH": modules})
        for n in sorted({1, threads})
    ]


class Bench:
    def __init__(self, args):
        self.args = args
        self.environment = dict(os.environ, CSVNET_KERNELS=args.kernels)
        self.torch = torch_peers([sys.executable, *args.torch], args.threads)
        self.onnx = onnx_peers(args.build, args.threads)
        self.repeated = 0
        self.peaks = []
        instructions = processor("flags").split() + processor("Features").split()
        has_bf16 = {"avx512_bf16", "amx_bf16", "bf16"} & set(instructions)
        self.precisions = (False, True) if has_bf16 else (False,)

    def ours(self, what, *more, seconds=None):
        """What the program measured; again if it did not get its processors."""
        program = os.path.join(self.args.build, "tests", "bench-nn")
        command = [program, what, str(self.args.threads), str(seconds or self.args.seconds), *more]
        for _ in range(TRIES):
            text = subprocess.run(
                command, env=self.environment, check=True, capture_output=True, text=True
            ).stdout
            figure, share = map(float, text.split())
            if share >= 0.9:
                break
            self.repeated += 1
        return figure

    def training_ways(self, description, batch):
        layouts = (False,) if wants_rows(description) else (False, True)
        return [
            Way(peer, ("bf16" * bf16, "channels last" * last),
                what="train", net=description, batch=batch, last=last, bf16=bf16, frozen=False)
            for peer, last, bf16 in itertools.product(self.torch, layouts, self.precisions)
        ]  # fmt: skip

    def prediction_ways(self, description):
        layouts = (False,) if wants_rows(description) else (False, True)
        ways = [
            Way(peer, ("bf16" * bf16, "channels last" * last, "frozen" * frozen),
                what="predict", net=description, batch=256, last=last, bf16=bf16, frozen=frozen)
            for peer, last, bf16, frozen in itertools.product(
                self.torch, layouts, self.precisions, (False, True))
        ]  # fmt: skip
        if self.onnx:
            rows = ".rows" * wants_rows(description)
            file = os.path.join(self.args.build, "bench", f"net{rows}.onnx")
            self.torch[0].ask(what="onnx", net=description, file=file)
            ways += [
                Way(peer, (f"batch {n}",), file=file, batch=n)
                for peer, n in itertools.product(self.onnx, PREDICT_BATCHES)
            ]
        return ways

    def beside(self, ours, ways):
        """The best peer's rate and name, and of each of ours the rate and its ratio to that: of the ways that look
        best, measured in turn with ours; medians."""
        best = sorted(ways, key=lambda way: -way.rate(GLANCE))[:FINALISTS]
        own, theirs = [], []
        for _ in range(self.args.pairs):
            self.peaks.append(self.ours("peak", seconds=0.2))
            own.append([measure() for measure in ours])
            theirs.append([way.rate(self.args.seconds) for way in best])
        medians = [statistics.median(rates) for rates in zip(*theirs)]
        first = max(range(len(best)), key=medians.__getitem__)
        figures = [
            (statistics.median(rates), statistics.median(mine / line[first] for mine, line in zip(rates, theirs)))
            for rates in zip(*own)
        ]
        return medians[first], best[first].name, figures

    def row(self, name):
        description = described(name)
        batch = BATCHES.get(name, 64)
        all_, first = self.torch[0].ask(what="work", net=description)
        cells = [f"`{os.path.basename(name)}`"]
        for what, ways, adds in (
            ("train", self.training_ways(description, batch), 6 * all_ - 2 * first),
            ("predict", self.prediction_ways(description), 2 * all_),
        ):
            ours = [
                lambda what=what, precision=precision: self.ours(what, str(batch), description, precision)
                for precision in ("float32", "bf16")[: len(self.precisions)]
            ]
            theirs, way, figures = self.beside(ours, ways)
            share = figures[0][0] * adds / (self.peak * 1e9)
            cells += [f"{figures[0][0]:,.0f}", f"{share:.0%}", f"{theirs:,.0f}", way, f"{figures[0][1]:.1f}"]
            cells += [cell for rate, ratio in figures[1:] for cell in (f"{rate:,.0f}", f"{ratio:.1f}")]
        return "| " + " | ".join(cells) + " |"

    def run(self):
        self.peak = max(self.ours("peak") for _ in range(3))
        names = dict.fromkeys(peer.name for peer in self.torch + self.onnx)
        print(f"{processor('model name') or 'unknown processor'}, {self.args.threads} threads,", end=" ")
        print(f"multiply-add peak {self.peak:.0f} GFLOP/s; beside {'; '.join(names)}.")
        if True not in self.precisions:
            print("Without bfloat16, which this processor does not multiply.")
        print("Images/s, share of the peak, the best peer's images/s and its way, and ours times its; then ours in")
        print("bfloat16 where the processor multiplies it.\n")
        heads, lines = "peak | best peer | its way | ratio |", "---:|---:|---|---:|"
        if True in self.precisions:
            heads, lines = heads + " bf16 | ratio |", lines + "---:|---:|"
        print(f"| network | train | {heads} predict | {heads}")
        print("|---" + f"|---:|{lines}"[:-1] * 2 + "|")
        try:
            for name in self.args.arch:
                print(self.row(name), flush=True)
        finally:
            for peer in self.torch + self.onnx:
                peer.stop()
        low, high = min(self.peaks) / self.peak, max(self.peaks) / self.peak
        print(f"\nPeak before each round: {low:.0%} to {high:.0%} of the best; measurements done again")
        print(f"because the processors were busy: {self.repeated}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("build")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1)
    parser.add_argument("--arch", nargs="+", default=list(PRESETS), help="presets, or files")
    parser.add_argument("--kernels", default="", help="a table of kernels instead of the best")
    parser.add_argument("--torch", nargs="+", default=[], help="commands that run other PyTorches")
    Bench(parser.parse_args()).run()


main()
