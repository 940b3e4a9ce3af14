"""PyTorch's training beside a device's, for gpu.sh: images per second of each network, in batches of 64 that
are on the device before, without augmentation: PyTorch at its best.

    gpu_torch.py NETWORK.net...

Prints a row of Markdown a network: eager, compiled, and one captured CUDA graph a step; - where a way fails.
Exit status: 77 where there is no PyTorch with a GPU; on the processor with PROCESSOR=1, to try this.
"""

import os
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "fixtures"))
try:
    import torch
    from torch_net import sequential, wants_rows
except ImportError:
    sys.exit(77)

BATCH, SECONDS = 64, 2
CUDA = torch.cuda.is_available()
PLACE = "cuda" if CUDA else "cpu"


def wait():
    if CUDA:
        torch.cuda.synchronize()


def stepper(text):
    net = sequential(text, (1, 28, 28)).to(PLACE)
    x = torch.rand((BATCH, 784) if wants_rows(text) else (BATCH, 1, 28, 28), device=PLACE)
    y = torch.arange(BATCH, device=PLACE) % 10
    optimizer = torch.optim.Adam(net.parameters(), 1e-3, capturable=CUDA)

    def step():
        optimizer.zero_grad(set_to_none=False)
        torch.nn.functional.cross_entropy(net(x), y).backward()
        optimizer.step()

    return step


def captured(step):
    stream = torch.cuda.Stream()
    with torch.cuda.stream(stream):
        for _ in range(5):
            step()
    torch.cuda.synchronize()
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        step()
    return graph.replay


def rate(make):
    """Images per second, or - where PyTorch cannot do it: one way that fails costs the others nothing."""
    try:
        step = make()
        for _ in range(10):
            step()
        wait()
        steps, begin = 0, time.perf_counter()
        while time.perf_counter() - begin < SECONDS:
            for _ in range(20):
                step()
            wait()
            steps += 20
        return f"{steps * BATCH / (time.perf_counter() - begin):.0f}"
    except Exception as error:  # noqa: BLE001
        print(f"PyTorch: {str(error)[:200]}", file=sys.stderr)
        return "-"


def main():
    if not CUDA and "PROCESSOR" not in os.environ:
        sys.exit(77)
    torch.backends.cudnn.benchmark = True
    print(f"PyTorch {torch.__version__}, {torch.cuda.get_device_name() if CUDA else 'the processor'}, images/s\n")
    print("| network | eager | compiled | CUDA graph |\n|---|---:|---:|---:|")
    for path in sys.argv[1:]:
        with open(path, encoding="utf-8") as file:
            lines = [line.split("#")[0].strip() for line in file]
        text = ", ".join(line for line in lines if line)
        text += " 10" if text.endswith("linear") else ""
        ways = [
            lambda text=text: stepper(text),
            lambda text=text: torch.compile(stepper(text)),
            lambda text=text: captured(stepper(text)),
        ]
        rates = " | ".join(rate(way) for way in ways)
        print(f"| {os.path.basename(path)} | {rates} |", flush=True)


main()
