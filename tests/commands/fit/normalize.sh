# Normalized pictures: next to an independent reference in NumPy, bytes, floats and colour; fit and
# predict do the same, alone, out of fold and beside models of other views; said, recorded, refused.
python=${PYTHON:-/usr/bin/python3}
cat >reference.py <<'END'
"""What the manual page says, over whole arrays: prints whether `show --normalize` shows that."""
import csv, json, subprocess, sys
import numpy as np

def reference(p, ground, deskew=False, width=0, height=0, size=0):
    c, h, w = p.shape
    d = np.abs(p - ground[:, None, None]).sum(axis=0)
    if d.max() == 0:
        return p
    ink = d >= d.max() / 4
    y, x = np.nonzero(ink)
    m, slant, my = d[ink], 0, 0
    if deskew:
        mx, my = (m * x).sum() / m.sum(), (m * y).sum() / m.sum()
        mu11, mu02 = (m * (x - mx) * (y - my)).sum(), (m * (y - my) ** 2).sum()
        slant = np.clip(mu11 / mu02, -1, 1) if mu02 > 1e-9 else 0
    along = x - slant * (y - my)
    wide, high = along.max() - along.min() + 1, y.max() - y.min() + 1
    sx = width / wide if width else size / max(wide, high) if size else 1
    sy = height / high if height else size / max(wide, high) if size else 1
    cx, cy = (along.max() + along.min()) / 2, (y.max() + y.min()) / 2
    n, k = (max(1, int(np.ceil(1 / s - 1e-6))) for s in (sy, sx))
    Y, X = np.mgrid[0:h * n, 0:w * k]
    Y, X = (Y + 0.5) / n - 0.5, (X + 0.5) / k - 0.5
    down = (Y - (h - 1) / 2) / sy + cy if height or size else Y
    over = (X - (w - 1) / 2) / sx + cx if width or size else X
    over = over + slant * (down - my)
    i, j = np.floor(down).astype(int), np.floor(over).astype(int)
    fy, fx = down - i, over - j
    out = np.zeros((c, h, w))
    for ch in range(c):
        padded = np.pad(p[ch], 1, constant_values=ground[ch])
        at = lambda a, b: padded[np.clip(a + 1, 0, h + 1), np.clip(b + 1, 0, w + 1)]
        v = ((1 - fy) * ((1 - fx) * at(i, j) + fx * at(i, j + 1)) +
             fy * ((1 - fx) * at(i + 1, j) + fx * at(i + 1, j + 1)))
        out[ch] = v.reshape(h, n, w, k).mean(axis=(1, 3))
    return out

data, shape = sys.argv[1], tuple(map(int, sys.argv[2].split("x")))
rows = list(csv.reader(open(data + ".csv")))[1:]
old = np.array([[float(v) for v in r[1:]] for r in rows]).reshape(-1, *shape)
corners = old[:, :, [0, 0, -1, -1], [0, -1, 0, -1]].transpose(1, 0, 2).reshape(shape[0], -1)
ground = np.array([(lambda v, n: v[n.argmax()])(*np.unique(c, return_counts=True)) for c in corners])
for spec in ("deskew", "width 5", "height 6", "width 4, height 7", "size 6", "deskew, size 5"):
    how = {p.split()[0]: int((p.split() + [1])[1]) for p in spec.split(", ")}
    subprocess.run(["show", data + ".st.zst", "--rows", f"1-{len(rows)}", "--normalize", spec, "--values",
                    "--json", "shown.json"], capture_output=True, check=True)
    found = np.array([r["values"] for r in json.load(open("shown.json"))["picked"]]).reshape(-1, *shape)
    wanted = np.array([reference(p, ground, **how) for p in old])
    off = np.abs(found - wanted).max()
    print(f"{spec}: as the reference:", bool(off < (0.5001 if old.max() > 2 else 1e-6)), "changed:", bool(abs(found - old).max() > 0.1))
END
cat >draw.py <<'END'
"""Slanted strokes of several widths at several places, on a ground of 9, or dark on white, or in colour."""
import random, sys
name, channels, ground, ink, scale = sys.argv[1], int(sys.argv[2]), *map(float, sys.argv[3:6])
rng = random.Random(name)
with open(name, "w") as f:
    print("label," + ",".join(f"pixel{i}" for i in range(channels * 90)), file=f)
    for r in range(60):
        k, x0, top, high = rng.uniform(-1.3, 1.3), rng.uniform(2, 7), rng.randrange(4), rng.randrange(3, 6)
        cells = []
        for c in range(channels):
            for y in range(10):
                for x in range(9):
                    near = max(0, 1 - abs(x - x0 - k * (y - 5)) / (1 + r % 3)) if top <= y < top + high else 0
                    v = ground + (ink - ground) * near * (1 - 0.2 * c)
                    cells.append(f"{v * scale:.4f}" if scale != 1 else round(v))
        print(r % 3, *cells, sep=",", file=f)
END
$python -B draw.py bytes.csv 1 9 250 1
$python -B draw.py floats.csv 1 1 0.1 0.99
$python -B draw.py colour.csv 3 230 20 1
ingest -q bytes.csv --shape 1x10x9 -o bytes.st.zst
ingest -q floats.csv --shape 1x10x9 --dtype f32 -o floats.st.zst
ingest -q colour.csv --shape 3x10x9 --channels first -o colour.st.zst
for set in bytes:1x10x9 floats:1x10x9 colour:3x10x9; do
    echo "-- ${set%:*}"
    $python -B reference.py "${set%:*}" "${set#*:}"
done

echo '-- fit and predict do what was done to the pixels beforehand'
cat >done.py <<'END'
import csv, json, subprocess
rows = list(csv.reader(open("bytes.csv")))
subprocess.run(["show", "bytes.st.zst", "--rows", "1-60", "--normalize", "deskew, width 5", "--values",
                "--json", "shown.json"], capture_output=True, check=True)
shown = json.load(open("shown.json"))
with open("done.csv", "w") as f:
    w = csv.writer(f, lineterminator="\n")
    w.writerow(rows[0])
    for r, p in zip(rows[1:], shown["picked"]):
        w.writerow([r[0], *p["values"]])
END
$python -B done.py
ingest -q done.csv --like bytes.st.zst -o done.st.zst
set -- --arch 'conv 4 3x3, relu, flatten, linear' --epochs 3 --mean auto --std auto --augment 'shift 1, rotate 5'
fit -q bytes.st.zst "$@" --fold 1/2 --normalize 'width  5,deskew' --threads 1 -o view.st.zst
fit -q bytes.st.zst "$@" --fold 1/2 --normalize 'deskew, width 5' --threads 3 --spool . -o spool.st.zst
cmp view.st.zst spool.st.zst && echo 'same bytes'
fit -q done.st.zst "$@" --fold 1/2 -o plain.st.zst
fit -q bytes.st.zst "$@" --fold 2/2 -o other.st.zst
cat >same.py <<'END'
import os, sys
sys.path.insert(0, os.environ["CSVNET_TOP"] + "/tests/support")
from tensors import read
a, b = (read(n)[1] for n in sys.argv[1:3])
print(*sys.argv[1:3], all((a[k] == b[k]).all() for k in a if k not in ("rows", "ids")))
END
$python -B same.py view.st.zst plain.st.zst
predict -q bytes.st.zst view.st.zst -o view.pred
predict -q done.st.zst plain.st.zst -o plain.pred
$python -B same.py view.pred plain.pred
predict -q bytes.st.zst view.st.zst --tta shifts,mirror -o view.pred
predict -q done.st.zst plain.st.zst --tta shifts,mirror -o plain.pred
$python -B same.py view.pred plain.pred
echo '-- beside others, out of fold too'
for models in 'view other' 'other view' 'view other spool2'; do
    fit -q bytes.st.zst "$@" --fold 1/2 --normalize 'size 6' --threads 1 -o spool2.st.zst
    predict -q bytes.st.zst $(printf '%s.st.zst ' $models) -o all.pred
    for m in $models; do predict -q bytes.st.zst $m.st.zst -o "$m.pred"; done
    predict -q $(printf '%s.pred ' $models) -o joined.pred
    $python -B same.py all.pred joined.pred
done
run predict bytes.st.zst view.st.zst other.st.zst --oof -o oof.pred | grep 'out of fold'
echo '-- said, recorded, shown'
run fit -v bytes.st.zst --arch linear --epochs 1 --normalize 'deskew, width 5' -o v.st.zst | grep normalized
show v.st.zst | grep normal
show colour.st.zst --rows 1 --normalize 'width 3' --augment 'shift 1' | head -n 1
explain --command v.st.zst
echo '-- begins with what it sees, and no other'
fit -q bytes.st.zst --from v.st.zst --normalize 'deskew, width 5' --epochs 1 -o w.st.zst && echo taken
run fit bytes.st.zst --from v.st.zst --epochs 1 -o w.st.zst
run fit bytes.st.zst --from other.st.zst --normalize 'size 4' --epochs 1 -o w.st.zst
run fit colour.st.zst --from v.st.zst --normalize 'deskew, width 5' --epochs 1 -o w.st.zst
echo '-- refused'
exports() { "$CSVNET_BIN/export" "$@"; } # the shell has an export of its own
run exports v.st.zst -o v.c
run exports v.st.zst -o v.onnx
run fit bytes.st.zst --normalize 'width 10' -o w.st.zst
show bytes.st.zst --normalize 'width 10' 2>&1 | grep csvnet
run fit bytes.st.zst --augment 'crop 9' -o w.st.zst
show bytes.st.zst --augment 'crop 9' 2>&1 | grep csvnet
run fit bytes.st.zst --normalize 'width' -o w.st.zst
run show bytes.st.zst --normalize 'width 5' --model v.st.zst
run show v.st.zst --normalize 'width 5'
run show bytes.st.zst --normalize 'size 5, height 3'
