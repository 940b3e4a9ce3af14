# Models as C source, also in bytes, and as ONNX compute what predict computes, for networks that have every layer.
python=${PYTHON:-/usr/bin/python3}
cc=${CC:-cc}
$cc --version >/dev/null 2>&1 || skip "there is no $cc"
csv train.csv 120 9
ingest -q train.csv -o train.st.zst
csv colour.csv 40 6
ingest -q colour.csv --shape 4x3x3 -o colour.st.zst
ingest -q train.csv --dtype f32 -o float.st.zst
cat >main.c <<'END'
#include <stdio.h>
int net_predict(const float *, float *);
int net_predict_bytes(const unsigned char *, float *);
extern const char *const net_classes[];
static unsigned char bytes[100];
static float floats[100], p[10], q[10];
int main(void)
{
    int label, pixel, i, one, two;
    scanf("%*s");
    while (scanf("%d", &label) == 1) {
        for (i = 0; i < PIXELS && scanf(",%d", &pixel) == 1; i++)
            floats[i] = bytes[i] = pixel;
        one = net_predict(floats, p);
        two = net_predict_bytes(bytes, q);
        printf("%s %d", net_classes[one], one == two && one == net_predict(floats, 0));
        for (i = 0; i < 3; i++) printf(" %.9g", p[i]);
        puts(p[0] == q[0] ? "" : " differs");
    }
    return 0;
}
END
cat >check.py <<'END'
# Reads ONNX by protobuf's encoding alone and computes its operators in numpy.
import csv, json, os, struct, sys
import numpy as np
sys.path.insert(0, os.environ["CSVNET_TOP"] + "/tests/support")
from tensors import read

def fields(b):
    at, out = 0, []
    def varint():
        nonlocal at
        value = shift = 0
        while True:
            value |= (b[at] & 127) << shift
            at, shift = at + 1, shift + 7
            if b[at - 1] < 128:
                return value
    while at < len(b):
        key = varint()
        if key & 7 == 0: value = varint()
        elif key & 7 == 5: value, at = struct.unpack("<f", b[at:at + 4])[0], at + 4
        else:
            assert key & 7 == 2
            size = varint()
            value, at = b[at:at + size], at + size
        out.append((key >> 3, value))
    return out

def get(message, field):
    return [v for f, v in message if f == field]

def windows(x, a, fill):
    (kh, kw), (sy, sx), (p, _, _, _) = a["kernel_shape"], a["strides"], a["pads"]
    x = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)), constant_values=fill)
    w = np.lib.stride_tricks.sliding_window_view(x, (kh, kw), (2, 3))
    return w[:, :, ::sy, ::sx]

def run(path, pixels):
    model = fields(open(path, "rb").read())
    graph = fields(get(model, 7)[0])
    v = {"pixels": pixels}
    for t in map(fields, get(graph, 5)):
        v[get(t, 8)[0].decode()] = np.frombuffer(get(t, 9)[0], "<f4").reshape(get(t, 1)).astype(float)
    operators = []
    for n in map(fields, get(graph, 1)):
        i = [v[name.decode()] for name in get(n, 1)]
        a = {}
        for f in map(fields, get(n, 5)):
            a[get(f, 1)[0].decode()] = {1: lambda: get(f, 2)[0], 2: lambda: get(f, 3)[0], 7: lambda: get(f, 8)}[get(f, 20)[0]]()
        op = get(n, 4)[0].decode()
        operators.append(op)
        v[get(n, 2)[0].decode()] = {
            "Add": lambda: i[0] + i[1], "Sub": lambda: i[0] - i[1], "Mul": lambda: i[0] * i[1], "Div": lambda: i[0] / i[1],
            "Relu": lambda: np.maximum(i[0], 0), "LeakyRelu": lambda: np.where(i[0] > 0, i[0], i[0] * a["alpha"]),
            "Flatten": lambda: i[0].reshape(len(i[0]), -1),
            "Gemm": lambda: i[0] @ i[1].T + i[2],
            "Conv": lambda: np.einsum("ncyxij,ocij->noyx", windows(i[0], a, 0), i[1]) + i[2][:, None, None],
            "MaxPool": lambda: windows(i[0], a, -np.inf).max((4, 5)),
            "AveragePool": lambda: windows(i[0], a, 0).mean((4, 5)),
            "GlobalAveragePool": lambda: i[0].mean((2, 3), keepdims=True),
            "Softmax": lambda: np.exp(i[0] - i[0].max(1, keepdims=True)) / np.exp(i[0] - i[0].max(1, keepdims=True)).sum(1, keepdims=True),
        }[op]()
    return v["probabilities"], operators

data, shape = sys.argv[1], tuple(map(int, sys.argv[2].split("x")))
p = read("net.pred")[1]["probabilities"]
rows = list(csv.reader(open(data)))[1:]
pixels = np.array([r[1:] for r in rows], float).reshape(len(rows), *shape)
def c_run(path):
    c = [line.split() for line in open(path)]
    return c, np.array([line[2:5] for line in c], float)

c, q = c_run("net.out")
o, operators = run("net.onnx", pixels)
try:
    import onnx
    onnx.checker.check_model(onnx.load("net.onnx"), full_check=True)
except ImportError: # python3-onnx is not needed by anything else
    pass
print("C:", len(c) == len(p), abs(q - p).max() < 1e-5, all(line[1] == "1" and len(line) == 5 for line in c), [line[0] for line in c] == [str(k) for k in p.argmax(1)])
print("ONNX:", abs(o - p).max() < 1e-5, (o.argmax(1) == p.argmax(1)).all(), " ".join(operators[3:-1]))
# In bytes: nearly the same probabilities, and the source computes just what export has measured.
c, q = c_run("net8.out")
j = json.load(open("net8.json"))
labels = np.array([int(r[0]) for r in rows])
print("bytes:", abs(q - p).max() < 0.06, all(line[1] == "1" for line in c), j["alike"] == (q.argmax(1) == p.argmax(1)).sum(), j["rows"] == len(rows),
      abs(j["loss"] + np.log(q[range(len(q)), labels]).mean()) < 1e-5, abs(j["accuracy"] - (q.argmax(1) == labels).mean()) < 1e-9)
if abs(q - p).max() >= 0.06: print(abs(q - p).max())
END
mkdir net8
exports() { "$CSVNET_BIN/export" "$@"; } # the shell has an export of its own
try() # DATA SHAPE NETWORK
{
    echo "-- $3"
    fit -q $1.st.zst --arch "$3" --epochs 3 -o net.st.zst || return
    predict -q $1.st.zst net.st.zst -o net.pred
    exports -q net.st.zst -o net.c && exports -q net.st.zst -o net.onnx || return
    $cc -std=c99 -Wall -Wextra -pedantic -Werror -O1 -c net.c && $cc -w -DPIXELS=$(echo $2 | sed 's/x/*/g') main.c net.o -o net || return
    table=${1%float}
    ./net <${table:-train}.csv >net.out
    exports -q net.st.zst --int8 $1.st.zst -o net8/net.c --json net8.json && $cc -std=c99 -Wall -Wextra -pedantic -Werror -O1 -c net8/net.c -o net8.o &&
        $cc -w -DPIXELS=$(echo $2 | sed 's/x/*/g') main.c net8.o -o net8/net || return
    ./net8/net <${table:-train}.csv >net8.out
    $python -B check.py ${table:-train}.csv $2
}
try train 1x9x9 'linear'
try train 1x9x9 'conv 4 3x3 pad 1, batchnorm, relu, maxpool 2, conv 5 3x2 stride 2 pad 1 nobias, leakyrelu 0.2, batchnorm, flatten, dropout 0.3, linear 8, batchnorm, relu, linear'
try train 1x9x9 'batchnorm, conv 6 5x5, relu, batchnorm, avgpool 3 stride 2 pad 1, conv 7 3x3, relu, batchnorm, flatten, batchnorm, linear'
try train 1x9x9 'conv 6 3x3 stride 2, relu, maxpool 3 stride 1 pad 1, maxpool 2x3, globalpool, flatten, linear'
try colour 4x3x3 'conv 3 2x2 pad 1, relu, maxpool 2 stride 1, flatten, linear 6 nobias, leakyrelu, linear'
try float 1x9x9 'conv 4 3x3, relu, flatten, linear'
# Residual blocks: an input that is added, one that batch normalization takes too, shortcuts, a branch
# of nothing but dropout, blocks within branches and of vectors, a flattened picture that is used twice.
try train 1x9x9 'conv 4 3x3 pad 1, residual, batchnorm, relu, conv 4 3x3 pad 1, batchnorm, add, relu, flatten, linear'
try train 1x9x9 'residual, conv 6 3x3 stride 2 pad 1, batchnorm, relu, residual, conv 6 1x1, relu, add, shortcut, conv 6 1x1 stride 2, batchnorm, add, batchnorm, relu, globalpool, flatten, linear'
try train 1x9x9 'conv 3 3x3, residual, dropout 0.2, shortcut, batchnorm, relu, add, maxpool 2, residual, flatten, linear 7, batchnorm, relu, shortcut, flatten, linear 7, add, residual, linear 7, relu, add, linear'
try colour 4x3x3 'conv 5 2x2, residual, residual, conv 5 3x3 pad 1, add, relu, shortcut, avgpool 3 stride 1 pad 1, add, flatten, residual, batchnorm, add, linear'
echo '-- what it says, and what is refused'
run exports net.st.zst -o 9-net.c --json net.json
grep -o 'int [_a-z0-9]*predict_bytes' 9-net.c | sort -u
$python -c 'import json; j = json.load(open("net.json")); print(sorted(j), j["weights"], j["memory"])'
cp net.c kept.c
for file in net.txt net.c/x.c; do run exports net.st.zst -o $file; done 2>&1
run exports train.st.zst -o net.c 2>&1
run exports net.st.zst 2>&1
echo '-- bytes: what they cost, what is refused'
cmp net.c kept.c
run exports net.st.zst --int8 colour.st.zst -o net.c
run exports net.st.zst --int8 colour.st.zst -o net.onnx 2>&1
run exports net.st.zst --int8 train.st.zst -o net.c 2>&1
run exports net.st.zst --int8 colour.st.zst -o colour.st.zst 2>&1
cut -d , -f 2- colour.csv >test.csv
ingest -q test.csv --like colour.st.zst -o test.st.zst
run exports net.st.zst --int8 test.st.zst -o test.c
