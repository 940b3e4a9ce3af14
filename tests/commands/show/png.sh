# Contact sheets.
terminals_here
csv train.csv 30 8
ingest -q train.csv -o train.st.zst
# size FILE: what the PNG's header says, and whether its chunks have the checksums they state
size()
{
    /usr/bin/python3 - "$1" <<'END'
import struct, sys, zlib
data, at = open(sys.argv[1], "rb").read(), 8
assert data[:8] == b"\x89PNG\r\n\x1a\n"
pixels = b""
while at < len(data):
    length, name = struct.unpack(">I4s", data[at:at + 8])
    body, crc = data[at + 8:at + 8 + length], struct.unpack(">I", data[at + 8 + length:at + 12 + length])[0]
    assert crc == zlib.crc32(name + body), name
    if name == b"IHDR":
        w, h, depth, colour = struct.unpack(">IIBB", body[:10])
    pixels += body if name == b"IDAT" else b""
    at += 12 + length
print(w, h, depth, colour, len(zlib.decompress(pixels)) == h * (1 + 3 * w), name.decode())
END
}
echo '-- sheets'
show train.st.zst --png a.png >a.txt
size a.png
show train.st.zst --png b.png >b.txt
cmp a.png b.png && cmp a.txt b.txt
show train.st.zst --rows 7 --png a.png >a.txt
size a.png
fit -q train.st.zst --arch linear --epochs 1 -o m.st.zst
show train.st.zst --rows 7 --png b.png --model m.st.zst >b.txt
size b.png
cp train.st.zst before
run show train.st.zst --rows 7 --png train.st.zst
cmp train.st.zst before
run show train.st.zst --rows 7 --png nowhere/a.png | tail -n 2
run show train.st.zst --rows 7 --png /dev/full | tail -n 2
echo '-- what a training sees'
python=${PYTHON:-/usr/bin/python3}
show train.st.zst --rows 7 --augment 'shift 1' --epochs 3 --png c.png >c.txt
size c.png
grep 'row 7\|epoch' c.txt
show train.st.zst --rows 3,7 --augment 'flip h' --epochs 9 --values --json c.json >/dev/null
# half of all flipped, and what is flipped is flipped right
show train.st.zst --rows 3,7 --values --json plain.json >/dev/null
$python -c '
import json, numpy as np
plain, changed = ([np.reshape(p["values"], (8, 8)) for p in json.load(open(f))["picked"]] for f in ("plain.json", "c.json"))
flips = [bool((c == plain[i // 9][:, ::-1]).all()) for i, c in enumerate(changed)]
same = [bool((c == plain[i // 9]).all()) for i, c in enumerate(changed)]
print([p["epoch"] for p in json.load(open("c.json"))["picked"]][7:11])
print(len(changed), all(f != s for f, s in zip(flips, same)), 3 < sum(flips) < 15)
'
# trained on the one, the other is what it sees: row by row the same as the training of the changed ones
show train.st.zst --rows 1-30 --augment 'shift 2, rotate 20, elastic 2, erase 2' --seed 4 --values --json c.json >/dev/null
$python -c '
import csv, json
head, *rows = csv.reader(open("train.csv"))
picked = json.load(open("c.json"))["picked"]
with open("seen.csv", "w") as f:
    csv.writer(f, lineterminator="\n").writerows([head, *([r[0], *p["values"]] for r, p in zip(rows, picked))])'
ingest -q seen.csv --like train.st.zst -o seen.st.zst
fit -q seen.st.zst --arch linear --epochs 1 --seed 4 -o seen.model.st.zst
fit -q train.st.zst --arch linear --epochs 1 --seed 4 --augment 'shift 2, rotate 20, elastic 2, erase 2' -o changed.model.st.zst
# the last 780 bytes: 0.weight [3,64] and 0.bias [3] in F32
for model in seen changed; do zstd -qdc $model.model.st.zst | tail -c 780 >$model; done
cmp seen changed && echo 'the same weights'
run show train.st.zst --augment 'shift 99' | head -n 2
run show train.st.zst --augment 'shift 1' --model m.st.zst | head -n 2
run show train.st.zst --epochs 2 | head -n 2
run show m.st.zst --augment 'shift 1' | head -n 2
echo '-- bytes to a terminal'
for command in 'ingest -q train.csv -o -' \
    'split -q train.st.zst --part -=rest' 'show train.st.zst --rows 1 --png -'; do
    echo "on a terminal: $command"
    SHOWN=1 $python -B "$CSVNET_TOP/tests/support/terminal.py" 80 xterm $command | tail -n 2 | sed 's/: 0 direct.*//'
done
