"""Inputs that a fuzz target starts from: those kept in fixtures/fuzz/TARGET, and whole and damaged files
as the target takes them. Usage: seeds.py TARGET FOLDER"""
import json
import math
import os
import random
import struct
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
FIXTURES = os.path.join(HERE, "..", "..", "fixtures")
sys.path.insert(0, os.path.join(HERE, "..", "support"))
import csv_corpus  # noqa: E402


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


    yield from lists()


def lists():
    """Lists of one shard, once and twice, of other classes and with texts for ids that are numbers there."""
    digest = "0123456789abcdef" * 2

    def content(classes, ids, rows):
        at, text = 0, {"__metadata__": {
            "kind": "dataset/1", "classes": json.dumps(classes), "source": "m.csv", "source_bytes": "44",
            "source_digest": digest, "content_digest": digest}}
        for name, dtype, shape in (("rows", "I64", [rows]), ("ids", "I64" if len(ids) == 0 else "U8", [rows, *ids]),
                                   ("labels", "U8", [rows, len(classes)]), ("images", "U8", [rows, 1, 2, 2])):
            size = math.prod(shape) * (8 if dtype == "I64" else 1)
            text[name] = {"dtype": dtype, "shape": shape, "data_offsets": [at, at + size]}
            at += size
        return json.dumps(text, separators=(",", ":")).encode()

    shard = content(["0", "1"], [], 2)
    shard += b" " * (-len(shard) % 8)
    numbers = struct.pack("<4q", 1, 2, 7, -8)
    shard = struct.pack("<Q", len(shard)) + shard + numbers + bytes([1, 0, 0, 1]) + bytes(range(8))
    for classes in (["0", "1"], ["1", "x", "0"]):
        for ids in ([], [5]):
            for times in (1, 2):
                yield b"\0csvnet shards 1\n# a note\n" + b"2 2 %s 500\n" % digest.encode() * times + \
                    content(classes, ids, 2 * times) + b"\n\0" + shard


def line():
    """Lines of pixels, labels and ids, whole and damaged, for columns as the first two bytes say."""
    rng = random.Random(1)
    for kinds in range(32):
        for pixels in (1, 4, 16):
            cells = [rng.choice(["0", "7", "42", "255", "0"]) for _ in range(pixels)]
            cells[:0] = ["cat" if kinds % 3 else "3"] * (kinds // 2 % 2) + ["17"] * (kinds // 4 % 2)
            cells += ["x"] * (kinds // 8 % 2)
            for _ in range(4):
                yield bytes([kinds, pixels - 1]) + (",".join(cells) + rng.choice(["\n", "\r\n", "", "\n0"])).encode("utf-8", "surrogateescape")
                cells[rng.randrange(len(cells))] = rng.choice([c for c in csv_corpus.CELLS if len(c) < 100])


def lanes():
    """Small files of the corpus."""
    for i, (_, dtype, data) in enumerate(csv_corpus.files()):
        if i % 16 == 0 and len(data) < 700:
            yield bytes([dtype == "f32", i // 16 % 40]) + data


def pictures():
    """Those kept, each as every option has it, and cut."""
    kept = os.path.join(FIXTURES, "fuzz", "pictures")
    for name in sorted(os.listdir(kept)):
        data = read(os.path.join(kept, name))[1:]
        for option in (1, 2, 7, 11, 50, 187):
            yield bytes([option]) + data
        yield bytes([2]) + data[:len(data) // 2]


def texts():
    """Networks and augmentations as the manual page has them, and the ends of scales."""
    model = os.path.join(HERE, "..", "..", "pipeline", "model")
    for name in sorted(os.listdir(os.path.join(model, "presets"))):
        yield b"\0" + read(os.path.join(model, "presets", name)).replace(b"\n", b", ")
    for text in ("shift 2, rotate 10, flip h", "scale 0.1, shear 0.2, elastic 3, erase 8", "flip hv",
                 "thickness 0.5, crop 2, erase area 0.3 chance 0.9", "deskew, width 16, height 20", "size 20"):
        yield b"\1" + text.encode()
    for low, high in ((0, 1), (-1e308, 1e308), (0.9, 0.9995), (1e-300, 1e300)):
        for options in (4, 70, 200):
            yield bytes([2, options]) + struct.pack("<dd", low, high)


def tables():
    """Recipes, and small files of the others."""
    recipes = os.path.join(HERE, "..", "..", "pipeline", "model", "recipes")
    for name in sorted(os.listdir(recipes)):
        yield b"\0" + read(os.path.join(recipes, name))
    yield b'\1{"event":"start","rows":20,"settings":{"epochs":1}}\n{"event":"step","step":1,"loss":0.5}\n' \
          b'{"event":"epoch","epoch":1,"loss":0.5,"accuracy":0.5}\n{"event":"end","model":"0123","seconds":1.5}\n'
    yield b"\2ImageId,Label\n1,0\n2,1\n3,2\n"
    yield b"\3label,name\n0,zero\n1,one\n"
    for kind in b"\4", b"\5":
        yield kind + b"row,suggested\n1,2\n3,0\n"
        yield kind + b"rank,set,row,given,suggested\n1,training,7,2,3\n2,test,7,2,4\n3,training,1,0,\n4,training,2,0,1\n"
        yield kind + b"row;suggested\n7;'a'\n7;'a'\n"
    yield b"\0030 48\n1 49\n2 50 51\n"


def main():
    target, folder = sys.argv[1:]
    kept = os.path.join(FIXTURES, "fuzz", target)
    inputs = [read(os.path.join(kept, name)) for name in sorted(os.listdir(kept))] if os.path.isdir(kept) else []
    for i, data in enumerate(inputs + list({"tensor": tensor, "line": line, "lanes": lanes, "pictures": pictures,
                                        "texts": texts, "tables": tables}[target]())):
        with open(os.path.join(folder, f"seed-{i:04}"), "wb") as file:
            file.write(data)


if __name__ == "__main__":
    main()
