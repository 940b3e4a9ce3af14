"""PyTorch's speed, for nn.py, which starts one such process for each way to use threads:

    torch_rate.py THREADS

Its first line tells what it is; then each line of JSON that it reads is a request, which it answers by a line:
    {"what": "work", "net": DESCRIPTION}    multiply-adds of a picture, and those of the first layer with weights
    {"what": "onnx", "net": ..., "file": F} writes the network to F
    {"what": "train" or "predict", "net": ..., "batch": N, "last": BOOL, "bf16": BOOL, "frozen": BOOL,
     "seconds": S}                          images per second; null where PyTorch cannot do it
"""

import contextlib
import functools
import json
import os
import sys
import time

import torch
import torch.nn.functional as F

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "fixtures"))
from torch_net import sequential, wants_rows  # noqa: E402

SHAPE = (1, 28, 28)


def blas():
    """The library that PyTorch's products of matrices are in."""
    with open("/proc/self/maps", encoding="utf-8") as lines:
        paths = {line.split()[-1] for line in lines if "blas" in line}
    names = " ".join(sorted(os.path.basename(os.path.realpath(path)) for path in paths))
    return next((name for name in ("openblas", "mkl", "blis", "atlas") if name in names), "reference BLAS")


def pictures(count, description):
    return torch.rand((count, 784) if wants_rows(description) else (count, *SHAPE))


def work(description):
    counts = []

    def count(layer, _, output):
        counts.append(layer.weight[0].numel() * output[0].numel())

    net = sequential(description, SHAPE).eval()
    for layer in net.modules():
        if isinstance(layer, (torch.nn.Conv2d, torch.nn.Linear)):
            layer.register_forward_hook(count)
    with torch.no_grad():
        net(pictures(1, description))
    return sum(counts), counts[0]


def precision(bf16):
    return torch.autocast("cpu", torch.bfloat16) if bf16 else contextlib.nullcontext()


def network(request):
    """A network and a batch of pictures, both with channels last where that is asked for."""
    net = sequential(request["net"], SHAPE)
    x = pictures(request["batch"], request["net"])
    if request["last"]:
        net, x = net.to(memory_format=torch.channels_last), x.to(memory_format=torch.channels_last)
    return net, x


def training(request):
    net, x = network(request)
    y = torch.arange(len(x)) % 10
    optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)

    def step():
        optimizer.zero_grad()
        with precision(request["bf16"]):
            output = net(x)
        F.cross_entropy(output.float(), y).backward()
        optimizer.step()

    return step


def prediction(request):
    net, x = network(request)
    net.eval()
    if request["frozen"]:
        # Autocast's cache of weights would be traced as constants of the wrong kind.
        cast = torch.autocast("cpu", torch.bfloat16, enabled=request["bf16"], cache_enabled=False)
        with torch.no_grad(), cast:
            net = torch.jit.freeze(torch.jit.trace(net, x, check_trace=False))
            net = net if request["bf16"] else torch.jit.optimize_for_inference(net)

    def step():
        with torch.no_grad(), precision(request["bf16"]):
            torch.softmax(net(x), 1)

    return step


@functools.lru_cache(maxsize=1)
def prepared(text):
    """The step of a request; a few are done, for what is made at the first."""
    request = json.loads(text)
    step = (training if request["what"] == "train" else prediction)(request)
    for _ in range(3):
        step()
    return step


def rate(request):
    seconds = request.pop("seconds")
    try:
        step = prepared(json.dumps(request))
    except RuntimeError:
        return None
    done, begin = 0, time.perf_counter()
    while (spent := time.perf_counter() - begin) < seconds:
        step()
        done += request["batch"]
    return done / spent


def write_onnx(request):
    net, x = network({"net": request["net"], "batch": 1, "last": False})
    torch.onnx.export(net.eval(), x, request["file"], input_names=["x"], output_names=["y"],
                      dynamic_axes={"x": {0: "n"}, "y": {0: "n"}})  # fmt: skip


def answer(request):
    if request["what"] == "work":
        return work(request["net"])
    if request["what"] == "onnx":
        return write_onnx(request)
    return rate(request)


def main():
    torch.set_num_threads(int(sys.argv[1]))
    torch.manual_seed(1)
    torch.ones(64, 64) @ torch.ones(64, 64)  # loads its libraries
    answers = os.fdopen(os.dup(1), "w", buffering=1)  # apart from what PyTorch prints
    os.dup2(2, 1)
    print(f"PyTorch {torch.__version__}, {blas()}", file=answers)
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), file=answers)


main()
