"""Whether parts hold all rows of a data set, each once, in its order and with all that belongs to it.
Usage: split_parts.py WHOLE PART..."""
import sys

import numpy as np
from tensors import read


def main():
    _, whole = read(sys.argv[1])
    parts = [read(path)[1] for path in sys.argv[2:]]
    rows = np.concatenate([part["rows"] for part in parts])
    assert sorted(rows.tolist()) == whole["rows"].tolist(), "not every row once"
    for part in parts:
        assert list(part) == list(whole), "other tensors"
        assert (np.diff(part["rows"]) > 0).all(), "another order"
        places = np.searchsorted(whole["rows"], part["rows"])
        for name, tensor in part.items():
            assert (tensor == whole[name][places]).all(), name
    print("every row once, in order:", [len(part["rows"]) for part in parts])


if __name__ == "__main__":
    main()
