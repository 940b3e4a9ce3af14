# Test-time views: the mean over what plain predictions of shifted and mirrored pictures give, of unsure
# rows alone if asked, the same bytes for any number of threads, out of fold and by make too.
python=${PYTHON:-/usr/bin/python3}
csv train.csv 301 6
ingest -q train.csv -o train.st.zst
arch='conv 4 3x3, relu, flatten, linear'
fit -q train.st.zst --arch "$arch" --epochs 4 --lr 0.005 -o a.st.zst
fit -q train.st.zst --arch "$arch" --epochs 4 --lr 0.005 --seed 2 -o b.st.zst
cat >check.py <<'END'
import csv, os, subprocess, sys
import numpy as np
sys.path.insert(0, os.environ["CSVNET_TOP"] + "/tests/support")
from tensors import read

def p(name):
    return read(name)[1]["probabilities"].astype(float)

head, *rows = csv.reader(open("train.csv"))
pixels = np.array([r[1:] for r in rows], int).reshape(-1, 6, 6)
both = [np.pad(p, ((0, 0), (1, 1), (1, 1)), mode="edge") for p in (pixels, pixels[:, :, ::-1])]
plain, mirrored, total, mirrored_total = {}, {}, {}, {}
for model in "ab":
    for i, (mirror, y, x) in enumerate((m, *at) for m in (0, 1) for at in ((1, 1), (1, 2), (1, 0), (2, 1), (0, 1))):
        moved = both[mirror][:, y:y + 6, x:x + 6].reshape(len(rows), -1)
        with open("moved.csv", "w") as f:
            csv.writer(f, lineterminator="\n").writerows([head, *([r[0], *m] for r, m in zip(rows, moved))])
        subprocess.run("ingest -q moved.csv --like train.st.zst -o moved.st.zst &&"
                       f"predict -q moved.st.zst {model}.st.zst -o moved.pred", shell=True, check=True)
        sums, first = (mirrored_total, mirrored) if mirror else (total, plain)
        sums[model] = sums.get(model, 0) + p("moved.pred")
        first.setdefault(model, p("moved.pred"))
mean = (plain["a"] + plain["b"]) / 2
shifted = (total["a"] + total["b"]) / 10
mirror = (plain["a"] + plain["b"] + mirrored["a"] + mirrored["b"]) / 4
ten = shifted / 2 + (mirrored_total["a"] + mirrored_total["b"]) / 20
for name, below, views in (("all", 1, shifted), ("some", 0.75, shifted), ("mirror", 1, mirror), ("ten", 0.75, ten)):
    unsure = mean.max(axis=1) < below
    wanted = np.where(unsure[:, None], views, mean)
    found = p(f"{name}.st.zst")
    print(name, unsure.sum(), "as viewed by hand:", bool(abs(found - wanted).max() < 1e-6),
          "plain:", bool(abs(found - mean).max() < 1e-6), read(f"{name}.st.zst")[0]["options"])
END
run predict train.st.zst a.st.zst b.st.zst --tta shifts -o all.st.zst --json all.json | grep -v -e class -e ' [0-9]* *$'
run predict train.st.zst a.st.zst b.st.zst --tta shifts --tta-below 0.75 -o some.st.zst | grep shifted
run predict train.st.zst a.st.zst b.st.zst --tta mirror -o mirror.st.zst | grep mirrored
run predict train.st.zst a.st.zst b.st.zst --tta shifts,mirror --tta-below 0.75 -o ten.st.zst | grep mirrored
$python -B check.py
$python -c 'import json; all = json.load(open("all.json")); print(all["shifted"], all["score_without_tta"]["loss"])'
echo '-- what the views are worth, and models that saw no mirrored pictures'
run predict train.st.zst a.st.zst b.st.zst -o plain.st.zst | grep 'their mean'
for changes in 'flip h' 'shift 1, flip h v' 'flip v'; do
    fit -q train.st.zst --arch "$arch" --epochs 1 --augment "$changes" -o c.st.zst
    run predict train.st.zst c.st.zst --tta mirror -o mirror.st.zst | grep hint
done
fit -q train.st.zst --arch "$arch" --epochs 0 --from a.st.zst -o c.st.zst # who knows what those were trained on
run predict train.st.zst c.st.zst --tta mirror -o mirror.st.zst | grep hint
run predict train.st.zst a.st.zst --tta mirror -o mirror.st.zst --json one.json | grep hint
$python -c 'import json; print(json.load(open("one.json"))["hints"])'
for threads in 1 3; do
    predict -q train.st.zst a.st.zst b.st.zst --tta shifts --tta-below 0.75 --threads $threads -o t.st.zst
    cmp t.st.zst some.st.zst && echo same
done
run predict train.st.zst a.st.zst b.st.zst --tta shifts --tta-below 0.75 -o some.st.zst --if-changed
run predict train.st.zst a.st.zst b.st.zst --tta shifts -o some.st.zst --if-changed | grep -c accuracy
run predict train.st.zst a.st.zst --tta-below 0.75 -o some.st.zst
run predict train.st.zst a.st.zst --tta shifts --tta-below 1.5 -o some.st.zst
echo '-- out of fold'
for fold in 1 2; do fit -q train.st.zst --arch "$arch" --epochs 2 --fold $fold/2 -o f$fold.st.zst; done
run predict train.st.zst f1.st.zst f2.st.zst --oof --tta shifts -o oof.st.zst | grep -e shifted -e 'out of fold:' -e without -e hint
echo '-- by make'
competition
sed -i '1i PREDICT = --tta shifts --tta-below 0.99' Makefile
make -n submission.csv | grep -c 'predict .* --tta shifts --tta-below 0.99'
