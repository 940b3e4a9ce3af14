"""Drawn things, of numpy alone: drawn.py writes train.csv, 300 rows of 16x16 with a ring, a bar or a cross that
differ in thickness, and own/, 30 pictures as a person draws such things: large, dark on white, anywhere."""
import os
import random

import numpy
from make_pictures import png

SIDE, BOX, LARGE = 16, 10, 120


def thing(kind, box, thick):
    """[box][box] shares of ink."""
    y, x = (numpy.mgrid[:box, :box] + 0.5) / box
    r = numpy.hypot(x - 0.5, y - 0.5)
    ink = [(r < 0.5) & (r > 0.5 - thick), abs(y - 0.5) < thick / 2 + 0.1,
           (abs(x - y) < thick / 2) | (abs(1 - x - y) < thick / 2)][kind]
    return ink.astype(float)


def main():
    draw = random.Random(5)
    with open("train.csv", "w") as file:
        print(",".join(["label"] + [f"pixel{i}" for i in range(SIDE * SIDE)]), file=file)
        for row in range(300):
            large = thing(row % 3, 8 * BOX, draw.uniform(0.15, 0.3))
            page = numpy.zeros((SIDE, SIDE))
            page[3:3 + BOX, 3:3 + BOX] = large.reshape(BOX, 8, BOX, 8).mean((1, 3))
            print(",".join(map(str, [["ring", "bar", "cross"][row % 3], *(page.ravel() * 255).astype(int)])), file=file)
    os.makedirs("own", exist_ok=True)
    for number in range(30):
        box = draw.randint(30, 80)
        x, y = draw.randint(5, LARGE - 5 - box), draw.randint(5, LARGE - 5 - box)
        page = numpy.full((LARGE, LARGE), draw.choice([255, 240]), "u1")
        page[y:y + box, x:x + box][thing(number % 3, box, draw.uniform(0.12, 0.3)) > 0] = draw.choice([0, 60])
        with open(f"own/{number:02d}.png", "wb") as file:
            file.write(png(page))


main()
