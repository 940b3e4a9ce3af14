"""Inputs that a fuzz target starts from: those kept in fixtures/fuzz/TARGET, and whole and damaged files
as the target takes them. Usage: seeds.py TARGET FOLDER"""
import os
import subprocess
import sys

FIXTURES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "fixtures")


def content(path):
    """What zstd unpacks, or None."""
    run = subprocess.run(["zstd", "-dcq", path], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    return run.stdout if run.returncode == 0 else None


def read(path):
    with open(path, "rb") as file:
        return file.read()


def tensor():
    """Mode bytes: tests/fuzz/fuzz.h."""
    folders = [os.path.join(FIXTURES, name) for name in ("tensor-faults", "torch-weights")]
    for path in sorted(os.path.join(folder, name) for folder in folders for name in os.listdir(folder)):
        data = read(path)
        if len(data) < 3000:
            yield b"\0" + data
            plain = content(path) if data[:4] == b"\x28\xb5\x2f\xfd" else data
            if plain and len(plain) < 3000:
                yield b"\x31" + plain


def main():
    target, folder = sys.argv[1:]
    kept = os.path.join(FIXTURES, "fuzz", target)
    inputs = [read(os.path.join(kept, name)) for name in sorted(os.listdir(kept))] if os.path.isdir(kept) else []
    for i, data in enumerate(inputs + list({"tensor": tensor}[target]())):
        with open(os.path.join(folder, f"seed-{i:04}"), "wb") as file:
            file.write(data)


if __name__ == "__main__":
    main()
