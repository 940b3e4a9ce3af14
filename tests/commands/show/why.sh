# Maps of what speaks for a class: occlusion as predictions of pictures covered by hand say it, and
# the class activation map, whose sum is the class's logit less its bias.
python=${PYTHON:-/usr/bin/python3}
csv train.csv 90 12
ingest -q train.csv -o train.st.zst
cat >cover.py <<'END'
# Writes covered.csv: of each of the first three rows, as they are, then a row for each patch.
import csv, statistics
lines = list(csv.reader(open("train.csv")))
out = csv.writer(open("covered.csv", "w"))
out.writerow(lines[0][1:])
side = 2; step = 1; first = -1 # for 12 pixels: (2 * 12 + 7) // 14
for line in lines[1:4]:
    p = [[int(v) for v in line[1 + 12 * y:13 + 12 * y]] for y in range(12)]
    edge = sorted(p[y][x] for y in range(12) for x in range(12) if y in (0, 11) or x in (0, 11))
    fill = edge[(len(edge) - 1) // 2]
    out.writerow(sum(p, []))
    for top in range(first, 12, step):
        for left in range(first, 12, step):
            out.writerow([fill if top <= y < top + side and left <= x < left + side else p[y][x]
                          for y in range(12) for x in range(12)])
END
$python -B cover.py
ingest -q covered.csv --like train.st.zst -o covered.st.zst
cat >check.py <<'END'
import json, os, sys
import numpy as np
sys.path.insert(0, os.environ["CSVNET_TOP"] + "/tests/support")
from tensors import read
p = read("covered.pred")[1]["probabilities"].astype(float).reshape(3, 1 + 13 * 13, -1)
shown = json.load(open("why.json"))["picked"]
for row, one in zip(p, shown):
    k = row[0].argmax()
    falls = (row[0, k] - row[1:, k]).reshape(13, 13)
    wanted = np.array([[falls[y:y + 2, x:x + 2].mean() for x in range(12)] for y in range(12)])
    found = np.array(one["why"]["occlusion"])
    print("row", one["row"], "class", one["why"]["class"] == str(k), "occlusion:", bool(abs(found - wanted).max() < 1e-5), end="")
    if "activation" in one["why"]:
        f = read("f.st.zst")[1]["features"].astype(float)[one["row"] - 1]
        w = read("m.st.zst")[1]
        weight = [v for n, v in w.items() if n.endswith(".weight")][-1].astype(float)
        bias = [v for n, v in w.items() if n.endswith(".bias")][-1].astype(float)
        a = np.array(one["why"]["activation"])
        logits = f @ weight.T if weight.ndim == 2 else (weight[:, :, 0, 0] @ f.reshape(weight.shape[1], -1)).mean(1) + bias
        print(", activation", a.shape, bool(abs(a.sum() - logits[k]) < 1e-4), end="")
    print()
END
for arch in 'conv 6 3x3 pad 1, batchnorm, relu, maxpool 2, conv 8 3x3 pad 1, relu, globalpool, flatten, linear' \
    'conv 6 3x3, relu, avgpool 10, dropout 0.2, flatten, linear' 'conv 6 3x3, relu, conv 3 1x1, globalpool, flatten' 'flatten, linear'; do
    echo "-- $arch"
    fit -q train.st.zst --arch "$arch" --epochs 6 --lr 0.01 -o m.st.zst
    predict -q covered.st.zst m.st.zst -o covered.pred
    predict -q train.st.zst m.st.zst -o p.pred --features f.st.zst
    show -q train.st.zst --model m.st.zst --rows 1-3 --why --json why.json --png why.png >why.txt
    run $python -B check.py
    show -q train.st.zst --model m.st.zst --rows 1-3 --why --threads 1 --json again.json --png again.png >again.txt
    cmp why.txt again.txt && cmp why.json again.json && cmp why.png again.png
done
sed -n '/^below/,$p' why.txt
echo '-- the mean of several: occlusion alone'
fit -q train.st.zst --arch 'conv 6 3x3, relu, globalpool, flatten, linear' --epochs 3 --lr 0.01 -o g.st.zst
predict -q covered.st.zst m.st.zst g.st.zst -o covered.pred
show -q train.st.zst --model m.st.zst --model g.st.zst --rows 1-3 --why --json why.json >/dev/null
run $python -B check.py
echo '-- of several with maps of one size: their mean, whose sum is that of logits less biases'
fit -q train.st.zst --arch 'conv 4 3x3, relu, globalpool, flatten, linear' --epochs 3 --lr 0.01 --seed 2 -o h.st.zst
for model in g h; do predict -q train.st.zst $model.st.zst -o p.pred --features $model.features; done
show -q train.st.zst --model g.st.zst --model h.st.zst --rows 1-2 --why --json why.json >/dev/null
show -q train.st.zst --model g.st.zst --model m.st.zst --rows 1-2 --why --json other.json >/dev/null
$python -B -c '
import json, os, sys
import numpy as np
sys.path.insert(0, os.environ["CSVNET_TOP"] + "/tests/support")
from tensors import read
def logits(model):
    weight = [v for n, v in read(model + ".st.zst")[1].items() if n.endswith(".weight")][-1]
    return read(model + ".features")[1]["features"].astype(float) @ weight.astype(float).T
mean = (logits("g") + logits("h")) / 2
for one in json.load(open("why.json"))["picked"]:
    a = np.array(one["why"]["activation"])
    print("row", one["row"], a.shape, bool(abs(a.sum() - mean[one["row"] - 1, int(one["why"]["class"])]) < 1e-4))
print(["activation" in one["why"] for one in json.load(open("other.json"))["picked"]])'
echo '-- none of a picture that a model stretches first'
fit -q train.st.zst --normalize 'width 8' --arch 'conv 4 3x3, relu, globalpool, flatten, linear' --epochs 1 -o v.st.zst
show -q train.st.zst --model v.st.zst --rows 1-2 --why --json why.json >/dev/null
grep -c '"activation"' why.json
echo '-- the first weights as pictures'
fit -q train.st.zst --arch linear --epochs 3 -o lin.st.zst
run show lin.st.zst --filters --png lin.png
show g.st.zst --filters | tail -n 12
run show train.st.zst --filters
run show train.st.zst --why
run show train.st.zst --why --model m.st.zst --values
run show lin.st.zst --why --model m.st.zst
fit -q train.st.zst --arch 'maxpool 2, conv 2 3x3, flatten, linear' --epochs 1 -o pool.st.zst
show pool.st.zst --filters | sed -n '/^weights/p'
echo '-- in colour, where pictures are: what tells the classes is red'
awk 'BEGIN { srand(1); for (r = 0; r < 60; r++) { printf "%d", r % 2; for (i = 0; i < 48; i++) printf ",%d", i < 16 ? r % 2 * 250 : int(rand() * 50); print "" } }' >rgb.csv
ingest -q rgb.csv --header no --label 1 --shape 3x4x4 -o rgb.st.zst
fit -q rgb.st.zst --arch linear --epochs 50 --init normal:0.001 -o rgb.model.st.zst
show rgb.model.st.zst --filters --png rgb.png | sed -n 's/from -.*/from .../; /^weights/p; /^red/p'
mkdir -p sheet/a sheet/b
cp rgb.png sheet/a && cp rgb.png sheet/b
ingest -q sheet -o sheet.st.zst
zstd -qdc sheet.st.zst | "$python" -c 'import json, sys
data = sys.stdin.buffer.read()
size = int.from_bytes(data[:8], "little")
images = json.loads(data[8:8 + size])["images"]
pixels = data[8 + size:][slice(*images["data_offsets"])]
plane = images["shape"][2] * images["shape"][3]
most = [max(abs(r - g) for r, g in zip(pixels[:plane], pixels[k * plane:(k + 1) * plane])) for k in (1, 2)]
print(images["shape"][1], "channels, red is apart:", [m > 60 for m in most])'
