"""Says of the made-up pictures of fixtures/relatives.py in a data set how their stems, bright lines in
the middle, run. Usage: stems.py FILE"""
import sys

from tensors import read

STEM = 13


def main():
    images = read(sys.argv[1])[1]["images"]
    scale = 255 if images.dtype == "uint8" else 1
    for channel in range(images.shape[1]):
        planes = images[:, channel] / scale
        upright, lying = planes[:, :, STEM].mean(), planes[:, STEM, :].mean()
        if abs(upright - lying) > 0.1:
            print(f"channel {channel} of {images.shape[1]}: the stems", "stand" if upright > lying else "lie")


if __name__ == "__main__":
    main()
