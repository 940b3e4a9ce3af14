"""Small PNG files, of numpy alone: make_pictures.py FOLDER COUNT [OPTION...] writes COUNT pictures, 1.png and on, of
three classes: the first is mostly red, the second green, the third blue. Options: classes (in folders bird, cat and
dog), gray, alpha, wide (12 bits in 16), HxW, from=N (the first is N.png)."""
import os
import struct
import sys
import zlib

import numpy


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(pixels):
    """The bytes of a PNG with these pixels, [h][w] or [h][w][3 or 4]."""
    h, w = pixels.shape[:2]
    kind = 0 if pixels.ndim == 2 else {3: 2, 4: 6}[pixels.shape[2]]
    bits = 8 * pixels.itemsize
    pixels = pixels.astype(pixels.dtype.newbyteorder(">"))
    rows = numpy.concatenate([numpy.zeros((h, 1), "u1"), pixels.reshape(h, -1).view("u1")], axis=1)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", w, h, bits, kind, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(rows.tobytes())) + chunk(b"IEND", b""))


def picture(number, h, w):
    y, x, c = numpy.mgrid[:h, :w, :3]
    return ((number * 37 + y * 11 + x * 5 + c * 3) % 60 + 150 * ((number - 1) % 3 == c)).astype("u1")


def write(folder, number, h=8, w=8, options=()):
    pixels = picture(number, h, w)
    if "gray" in options:
        pixels = pixels[:, :, 0].copy()
    if "alpha" in options:
        pixels = numpy.concatenate([pixels, numpy.full((h, w, 1), 99, "u1")], axis=2)
    if "wide" in options:
        pixels = pixels.astype("u2") * 16
    with open(os.path.join(folder, f"{number}.png"), "wb") as file:
        file.write(png(pixels))


def main():
    folder, count = sys.argv[1], int(sys.argv[2])
    options = dict((word + "=").split("=")[:2] for word in sys.argv[3:])
    sizes = [word for word in options if word[0].isdigit()] or ["8x8"]
    h, w = map(int, sizes[0].split("x"))
    first = int(options.get("from", 1))
    for number in range(first, first + count):
        place = os.path.join(folder, ["bird", "cat", "dog"][(number - 1) % 3]) if "classes" in options else folder
        os.makedirs(place, exist_ok=True)
        write(place, number, h, w, options)


if __name__ == "__main__":
    main()
