# Exported bytes against NumPy, which computes what the source says of itself in whole numbers of any
# size, by definition: sums over windows, then factor / 2^shift, rounded half away from zero.
python=${PYTHON:-/usr/bin/python3}
cc=${CC:-cc}
$cc --version >/dev/null 2>&1 || skip "there is no $cc"
$python -c 'import numpy' 2>/dev/null || skip 'there is no NumPy'
exports() { "$CSVNET_BIN/export" "$@"; } # the shell has an export of its own
csv train.csv 120 9
ingest -q train.csv -o train.st.zst
cat >main.c <<'END'
#include <stdio.h>
int net_predict_bytes(const unsigned char *pixels, float *probabilities);
int main(void)
{
    unsigned char pixels[81];
    float p[3];
    while (fread(pixels, 1, sizeof pixels, stdin) == sizeof pixels) {
        const int best = net_predict_bytes(pixels, p);
        printf("%d %.9g %.9g %.9g\n", best, p[0], p[1], p[2]);
    }
    return 0;
}
END
cat >reference.py <<'END'
import csv, os, re, sys
import numpy as np
sys.path.insert(0, os.environ["CSVNET_TOP"] + "/tests/support")
from tensors import read
source = open("net.c").read()
arrays = {name: np.array([int(v) for v in values.split(",")], dtype=object) for name, values in
          re.findall(r"net_([wbfs]\d+)\[\d+\] = \{([^}]*)\}", source)}
rows = list(csv.reader(open("train.csv")))[1:]
pixels = np.array([[int(v) for v in row[1:]] for row in rows], dtype=np.uint8)
open("pixels", "wb").write(pixels.tobytes())

def scaled(value, factor, shift): # exact: Python's whole numbers
    product = value * factor
    rounded = (abs(product) + (1 << (shift - 1))) >> shift
    return max(-2**29, min(2**29, rounded if product >= 0 else -rounded))
scaled = np.vectorize(scaled, otypes=[object])
byte = lambda value: np.clip(value, -128, 127)

def windows(x, kh, kv, sy, sx, oh, ov): # x [n][h][v][c] padded: [n][oh][ov][kh][kv][c]
    return np.stack([np.stack([x[:, i * sy:i * sy + kh, j * sx:j * sx + kv] for j in range(ov)], 1) for i in range(oh)], 1)
def pad_by(x, pad, value):
    return np.pad(x, ((0, 0), (pad, pad), (pad, pad), (0, 0)), constant_values=value)
def whole(text): # an argument
    return int(text) if re.fullmatch(r"-?\d+", text) else arrays.get(text[4:], text)

memory = {"net_m0": (pixels.astype(object) - 128).reshape(len(rows), -1)}
scale = float(re.search(r"\* ([-0-9.e]+)f\);", source)[1])
for name, arguments in re.findall(r"^    net_(\w+8)\(([^;]*)\);", source, re.M):
    a = [whole(v.strip()) for v in arguments.split(",")]
    x, to = memory[a[0]], a[1]
    if name == "conv8":
        w, b, f, s, zero, base, c, h, v, o, oh, ov, kh, kv, sy, sx, pad = a[2:]
        x = pad_by(x.reshape(-1, h, v, c) - zero, pad, 0)
        x = np.pad(x, ((0, 0), (0, kh + sy), (0, kv + sx), (0, 0)), constant_values=0)
        sums = np.tensordot(windows(x, kh, kv, sy, sx, oh, ov), w.reshape(o, kh, kv, c), ([3, 4, 5], [1, 2, 3])) + b
        y = byte(base + scaled(sums, f, s))
    elif name == "pool8":
        mean, zero, base, f, s, c, h, v, oh, ov, kh, kv, sy, sx, pad = a[2:]
        x = pad_by(x.reshape(-1, h, v, c), pad, zero if mean else -10**6)
        win = windows(x, kh, kv, sy, sx, oh, ov)
        y = byte(base + scaled((win - zero).sum((3, 4)), f, s)) if mean else win.max((3, 4))
    elif name == "logits8":
        w, b, f, s, zero, c, o = a[2:]
        y = scaled((x.reshape(-1, c) - zero) @ w.reshape(o, c).T + b, f, s)
    else:
        sys.exit("no reference for " + name)
    memory[to] = y.reshape(len(rows), -1)
logits = memory["logits"].astype(float)
p = np.exp((logits - logits.max(1, keepdims=True)) * scale)
p /= p.sum(1, keepdims=True)
np.savez("wanted.npz", p=p, best=logits.argmax(1))

# The weights: of each output channel those of the model, the largest of which is 127.
model = read("net.st.zst")[1]
last = [v for n, v in model.items() if n.endswith(".weight")][-1].astype(float)
own = arrays[max((n for n in arrays if n[0] == "w"), key=lambda n: int(n[1:]))].astype(float).reshape(len(last), -1)
largest = abs(last).max(1, keepdims=True)
print("weights:", sorted(map(tuple, np.sort(np.rint(last / largest * 127), 1))) == sorted(map(tuple, np.sort(own, 1))))
END
cat >compare.py <<'END'
import numpy as np
wanted = np.load("wanted.npz")
got = np.loadtxt("net.out")
print("rows", len(got), "classes", (got[:, 0] == wanted["best"]).all(), "probabilities", bool(abs(got[:, 1:] - wanted["p"]).max() < 1e-6))
END
for arch in 'linear' 'conv 4 3x3 pad 1, batchnorm, relu, maxpool 2, conv 5 3x2 stride 2 pad 1, relu, avgpool 2, flatten, linear' \
    'conv 6 5x5, relu, maxpool 3 stride 1 pad 1, globalpool, flatten, linear' \
    'conv 3 3x3, avgpool 3 stride 2 pad 1, relu, flatten, linear 7, relu, linear'; do
    echo "-- $arch"
    fit -q train.st.zst --arch "$arch" --epochs 3 -o net.st.zst
    exports -q net.st.zst --int8 train.st.zst -o net.c
    $python -B reference.py && $cc -O1 -w main.c net.c -o net && ./net <pixels >net.out && $python -B compare.py
done
