# The page computes what predict computes, by its own JavaScript: rows of the data, and pictures of a
# person's own as predict prepares them; and where there is a browser, what is drawn on it.
python=${PYTHON:-/usr/bin/python3}
node --version >/dev/null 2>&1 || skip 'there is no node'
exports() { "$CSVNET_BIN/export" "$@"; } # the shell has an export of its own
cat >check.js <<'END'
// check.js PAGE CSV PROBABILITIES PIXELS...: runs the page's scripts, but for what draws.
const fs = require("fs"), [, , page, csv, expected, ...files] = process.argv;
const html = fs.readFileSync(page, "utf8");
const json = html.match(/<script id="network" type="application\/json">(.*)<\/script>/)[1];
const script = html.match(/<script>\n([\s\S]*?)\/\/ The page: drawing/)[1];
const { readNetwork, predict, prepare } = new Function(script + "return { readNetwork, predict, prepare };")();
const net = JSON.parse(json);
readNetwork(net);
const read = name => fs.readFileSync(name, "utf8").trim().split("\n").map(l => l.split(/[ ,]/).map(Number));
const difference = (p, q) => Math.max(...p.map((v, k) => Math.abs(v - q[k])));
const rows = read(csv).slice(1).map(r => predict(net, r.slice(1)));
const q = read(expected);
console.log("rows:", rows.length === q.length, rows.every((p, i) => difference(p, q[i]) < 1e-5), net.classes.join(" "));
for (const file of files) {
  const { w, h, planes, p } = JSON.parse(fs.readFileSync(file));
  const pixels = prepare(net, planes.map(v => Float64Array.from(v)), w, h);
  console.log(file + ":", pixels ? difference(predict(net, pixels), p) < 1e-4 : "nothing on it");
}
END
cat >tools.py <<'END'
import json, os, struct, subprocess, sys, zlib
sys.path.insert(0, os.environ["CSVNET_TOP"] + "/tests/support")
from tensors import read
import numpy as np

def png(a, path):
    part = lambda name, data: struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
    rows = b"".join(b"\0" + line.tobytes() for line in a)
    open(path, "wb").write(b"\x89PNG\r\n\x1a\n" + part(b"IHDR", struct.pack(">IIBBBBB", a.shape[1], a.shape[0], 8, 2 if a.ndim == 3 else 0, 0, 0, 0)) +
                           part(b"IDAT", zlib.compress(rows)) + part(b"IEND", b""))

def own(name, a, model): # a picture, and what predict says of it
    a = np.ascontiguousarray(a, np.uint8)
    png(a, name + ".png")
    subprocess.run([os.environ["CSVNET_BIN"] + "/predict", "-q", name + ".png", model, "-o", "own.pred"], check=True, stdout=subprocess.DEVNULL)
    planes = np.moveaxis(a, 2, 0) if a.ndim == 3 else a[None]
    json.dump({"w": a.shape[1], "h": a.shape[0], "planes": [p.ravel().tolist() for p in planes],
               "p": read("own.pred")[1]["probabilities"][0].tolist()}, open(name, "w"))

np.savetxt("expected", read("net.pred")[1]["probabilities"], fmt="%.9g")
a = np.zeros((40, 50), np.uint8)
if sys.argv[1] == "gray":
    y, x = np.mgrid[:90, :70]
    ring = (abs(np.hypot(y - 40, (x - 30) * 1.5) - 22) < 5) * 1.0
    own("dark-ring", 255 * ring, "net.st.zst")
    own("bright-ring", 240 - 200 * ring, "net.st.zst")
    own("colour-ring", np.stack([250 - 200 * ring, 250 - 100 * ring, 250 - 240 * ring], 2), "net.st.zst")
    own("no-ground", y * 2 + x, "net.st.zst")
    own("empty", np.full((30, 30), 255), "net.st.zst")
    own("small", np.pad(np.full((4, 2), 255), ((5, 5), (6, 6))), "net.st.zst")
else:
    y, x = np.mgrid[:30, :44]
    own("colours", np.stack([y * 8, x * 5, 255 - y * 4], 2), "net.st.zst")
    own("gray", y * 3 + x, "net.st.zst")
    own("tiny", np.arange(18).reshape(2, 3, 3) * 14, "net.st.zst")
END
try() # NETWORK KIND PICTURES...
{
    echo "-- $1"
    fit -q train.st.zst --arch "$1" --epochs 3 -o net.st.zst && predict -q train.st.zst net.st.zst -o net.pred &&
        exports -q net.st.zst -o net.html && $python -B tools.py $2 || return
    shift 2
    node check.js net.html train.csv expected "$@"
}
# Digits of a kind: rings and bars, on a dark ground.
$python -c '
import random
random.seed(3)
print("label," + ",".join("p%d" % i for i in range(256)))
for r in range(120):
    k, cy, cx, s = r % 3, 7 + random.random(), 7 + random.random(), 5 + random.random()
    ink = lambda y, x: (abs(((y - cy) ** 2 + (x - cx) ** 2) ** .5 - s) < 1, abs(x - cx) < 1 and abs(y - cy) < s, abs(y - cy) < 1 and abs(x - cx) < s)[k]
    print(k, *(ink(i // 16, i % 16) * (200 + random.randrange(55)) for i in range(256)), sep=",")' >train.csv
ingest -q train.csv -o train.st.zst
try 'conv 6 3x3 pad 1, batchnorm, relu, residual, conv 6 3x3 pad 1, leakyrelu, shortcut, avgpool 3 stride 1 pad 1, add, maxpool 2, batchnorm, flatten, linear' gray dark-ring bright-ring colour-ring no-ground empty small
try 'conv 5 3x3 stride 2, relu, globalpool, flatten, linear 7, relu, linear' gray dark-ring
# Names that are markup, and pixels from 0 to 1.
printf '0,</script><b>\n1,"&amp;"\n2,\303\251\n' >names.csv
awk -F , 'NR == 1 { print; next } { printf "%s", $1; for (i = 2; i <= NF; i++) printf ",%.4f", $i / 255; print "" }' train.csv >scaled.csv && mv scaled.csv train.csv
ingest -q train.csv --dtype f32 --names names.csv -o train.st.zst
try 'conv 4 3x3, relu, flatten, linear' gray dark-ring bright-ring no-ground
csv train.csv 60 12
ingest -q train.csv --shape 3x8x6 -o train.st.zst
try 'conv 4 3x3, relu, flatten, linear' colour colours gray tiny
grep -o -i -E '(src|href)=|https?:[^" ]*|@import|url\(' net.html
csv colour.csv 40 6
ingest -q colour.csv --shape 4x3x3 -o colour.st.zst
fit -q colour.st.zst --arch linear --epochs 1 -o four.st.zst
run exports four.st.zst -o four.html
