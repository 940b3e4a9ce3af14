#!/usr/bin/python3
"""Training and prediction beside PyTorch's, same networks, same threads, the two in turn:

    nn.py BENCH [--threads 2] [--pairs 5] [--seconds 1] [--arch NAME|FILE.net ...] [--kernels TABLE]

BENCH is the program made from nn.c. Prints a table in Markdown; every figure is a median. One of our
measurements that did not get its processors (CPU time below 90 % of wall time) is done again; for
PyTorch's that cannot be told, since it leaves some of them idle on small networks. So the multiply-add
peak is measured before each pair, and its range says how quiet the machine was.
"""

import argparse
import os
import statistics
import subprocess
import sys
import time

import torch
import torch.nn.functional as F

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "fixtures"))
from torch_net import PRESETS, sequential, wants_rows  # noqa: E402

BATCHES = {"linear": 256, "linear-relu": 32, "mlp-100": 256}
PREDICT_BATCH = 256
SHAPE = (1, 28, 28)
TRIES = 4  # of a measurement that did not get its processors


def described(name):
    """The network of a preset, or of a file for ten classes."""
    if name in PRESETS:
        return PRESETS[name]
    with open(name, encoding="utf-8") as lines:
        layers = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    return ", ".join("linear 10" if layer == "linear" else layer for layer in layers)


def work(description):
    """Multiply-adds of a picture, and those of the first layer with weights."""
    counts = []

    def count(layer, _, output):
        counts.append(layer.weight[0].numel() * output[0].numel())

    net = sequential(description, SHAPE).eval()
    for layer in net:
        if isinstance(layer, (torch.nn.Conv2d, torch.nn.Linear)):
            layer.register_forward_hook(count)
    with torch.no_grad():
        net(pictures(1, description))
    return sum(counts), counts[0]


def pictures(count, description):
    shape = (count, 784) if wants_rows(description) else (count, 1, 28, 28)
    return torch.rand(shape)


def timed(step, count, seconds):
    """Images per second of step(), which does `count` images."""
    for _ in range(3):
        step()
    done, begin = 0, time.perf_counter()
    while (spent := time.perf_counter() - begin) < seconds:
        step()
        done += count
    return done / spent


def torch_training(description, batch, channels_last):
    net = sequential(description, SHAPE)
    x, y = pictures(batch, description), torch.arange(batch) % 10
    if channels_last and x.dim() == 4:
        net, x = net.to(memory_format=torch.channels_last), x.to(memory_format=torch.channels_last)
    optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)

    def step():
        optimizer.zero_grad()
        F.cross_entropy(net(x), y).backward()
        optimizer.step()

    return step


def torch_prediction(description, kind):
    net = sequential(description, SHAPE).eval()
    x = pictures(PREDICT_BATCH, description)
    if kind == "channels_last" and x.dim() == 4:
        net, x = net.to(memory_format=torch.channels_last), x.to(memory_format=torch.channels_last)
    if kind == "optimized":
        with torch.no_grad():
            net = torch.jit.optimize_for_inference(torch.jit.freeze(torch.jit.script(net)))

    def step():
        with torch.no_grad():
            torch.softmax(net(x), 1)

    return step


class Bench:
    def __init__(self, args):
        self.args = args
        self.environment = dict(os.environ, CSVNET_KERNELS=args.kernels)
        self.repeated = 0
        self.peaks = []

    def ours(self, what, *more, seconds=None):
        """What the program measured; again if it did not get its processors."""
        seconds = str(seconds or self.args.seconds)
        command = [self.args.bench, what, str(self.args.threads), seconds, *more]
        for _ in range(TRIES):
            text = subprocess.run(
                command, env=self.environment, check=True, capture_output=True, text=True
            ).stdout
            figure, share = map(float, text.split())
            if share >= 0.9:
                break
            self.repeated += 1
        return figure

    def medians(self, ours, theirs):
        """Our rate and its ratios to each of theirs, measured in turn; medians over the pairs."""
        rates, ratios = [], [[] for _ in theirs]
        for _ in range(self.args.pairs):
            self.peaks.append(self.ours("peak", seconds=0.2))
            rates.append(ours())
            for list_, step in zip(ratios, theirs):
                list_.append(rates[-1] / step())
        return statistics.median(rates), [statistics.median(r) for r in ratios]

    def row(self, name):
        description = described(name)
        batch = BATCHES.get(name, 64)
        seconds = self.args.seconds
        all_, first = work(description)

        def theirs(step, count):
            return lambda: timed(step, count, seconds)

        train, train_ratios = self.medians(
            lambda: self.ours("train", str(batch), description),
            [theirs(torch_training(description, batch, last), batch) for last in (False, True)],
        )
        predict, predict_ratios = self.medians(
            lambda: self.ours("predict", str(batch), description),
            [
                theirs(torch_prediction(description, kind), PREDICT_BATCH)
                for kind in ("plain", "channels_last", "optimized")
            ],
        )
        peak = self.peak * 1e9
        return (
            f"| `{os.path.basename(name)}` | {train:,.0f} | {train * (6 * all_ - 2 * first) / peak:.0%} | "
            + " | ".join(f"{r:.1f}" for r in train_ratios)
            + f" | {predict:,.0f} | {predict * 2 * all_ / peak:.0%} | "
            + " | ".join(f"{r:.1f}" for r in predict_ratios)
            + " |"
        )

    def run(self):
        self.peak = max(self.ours("peak") for _ in range(3))
        print(f"{processor()}, {self.args.threads} threads, multiply-add peak", end=" ")
        print(f"{self.peak:.0f} GFLOP/s; PyTorch {torch.__version__}; images/s, share of peak,")
        print("and times PyTorch's rate.\n")
        print("| network | train | peak | x plain | x channels last | predict | peak | x plain |", end="")
        print(" x channels last | x optimized |")
        print("|---" + "|---:" * 9 + "|")
        for name in self.args.arch:
            print(self.row(name), flush=True)
        low, high = min(self.peaks) / self.peak, max(self.peaks) / self.peak
        print(f"\nPeak before each pair: {low:.0%} to {high:.0%} of the best; measurements done again")
        print(f"because the processors were busy: {self.repeated}")


def processor():
    with open("/proc/cpuinfo") as lines:
        for line in lines:
            if line.startswith("model name"):
                return line.split(":")[1].strip()
    return "unknown processor"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("bench")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1)
    parser.add_argument("--arch", nargs="+", default=list(PRESETS), help="presets, or files")
    parser.add_argument("--kernels", default="", help="a table of kernels instead of the best")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(1)
    Bench(args).run()


main()
