# Wrong labels by confident learning: the rows, their order and the thresholds are those of the
# published definition, written a second time in numpy; and how many of the labels that were turned
# are found, of 1, 5 and 20 in a hundred.
python=${PYTHON:-/usr/bin/python3}
cat >make.py <<'END'
import random, sys
share, ends = float(sys.argv[1]), sys.argv[2]
random.seed(5)
out, truth = open(f"train{ends}.csv", "w"), open(f"truth{ends}.txt", "w")
print("label," + ",".join(f"pixel{i}" for i in range(64)), file=out)
for i in range(2000):
    k = random.randrange(4)
    x, y = 2 + 3 * (k % 2), 2 + 3 * (k // 2)
    label = random.choice([c for c in range(4) if c != k]) if random.random() < share else k
    print(label, *(min(255, max(0, int(random.gauss(60 + 90 * (abs(j % 8 - x) < 2 and abs(j // 8 - y) < 2), 60)))) for j in range(64)), sep=",", file=out)
    print(k, label, file=truth)
END
cat >check.py <<'END'
import csv, json, os, sys
import numpy as np
sys.path.insert(0, os.environ["CSVNET_TOP"] + "/tests/support")
from tensors import read
ends = sys.argv[1]
t = read(f"oof{ends}.st.zst")[1]
p, y = t["probabilities"].astype(float), t["labels"].argmax(1)
n, classes = p.shape
threshold = np.array([p[y == k, k].mean() for k in range(classes)])
joint = np.zeros((classes, classes), int)
for i in range(n):
    sure = [k for k in range(classes) if p[i, k] >= threshold[k] - 1e-6]
    if sure:
        joint[y[i], max(sure, key=lambda k: p[i, k])] += 1
chosen = set()
for i in range(classes):
    for j in range(classes):
        many = int(joint[i, j] / joint[i].sum() * (y == i).sum() + 0.5)
        if i != j and many:
            margins = sorted((-(p[r, j] - p[r, i]), r) for r in range(n) if y[r] == i and p[r, j] > p[r, i])
            chosen |= {r for _, r in margins[:many]}
suspects = sorted((p[r, y[r]] - max(p[r, k] for k in range(classes) if k != y[r]), r + 1, str(y[r]), str(p[r].argmax())) for r in chosen)
found = [r for r in csv.DictReader(open(f"audit{ends}.csv")) if r["kind"] == "label"]
a = json.load(open(f"audit{ends}.json"))
noise = (joint.sum(1) - joint.diagonal()) / joint.sum(1) @ np.bincount(y) / n
print("as the definition has it:", [(int(r["row"]), r["given"], r["suggested"]) for r in found] == [s[1:] for s in suspects],
      np.array_equal(a["labels"]["confident_joint"], joint), abs(a["labels"]["noise"] - noise) < 1e-7,
      max(abs(a["labels"]["thresholds"][str(k)] - threshold[k]) for k in range(classes)) < 1e-9,
      all(abs(float(r["p_given"]) - p[int(r["row"]) - 1, int(r["given"])]) < 1e-6 for r in found))
truth = [tuple(map(int, line.split())) for line in open(f"truth{ends}.txt")]
wrong = {i + 1 for i, (k, label) in enumerate(truth) if k != label}
rows = {int(r["row"]) for r in found}
right = sum(str(truth[int(r["row"]) - 1][0]) == r["suggested"] for r in found if int(r["row"]) in wrong)
print(f"{len(wrong)} labels turned, {len(rows)} suspected: precision {len(rows & wrong) / len(rows):.2f}, recall {len(rows & wrong) / len(wrong):.2f}; noise {noise:.3f}; the true class is suggested for {right} of {len(rows & wrong)}")
first = [int(r["row"]) in wrong for r in found[:len(wrong) // 2]]
print(f"of the first {len(first)}: {sum(first)}")
END
for percent in 1 5 20; do
    echo "-- $percent in a hundred"
    $python make.py $percent"e-2" $percent
    ingest -q train$percent.csv -o train$percent.st.zst
    for fold in 1 2 3; do
        fit -q train$percent.st.zst --arch 'flatten, linear 16, relu, linear' --epochs 8 --fold $fold/3 -o f$fold.st.zst
    done
    predict -q train$percent.st.zst f?.st.zst --oof -o oof$percent.st.zst
    audit -q train$percent.st.zst --pred oof$percent.st.zst -o audit$percent.csv --json audit$percent.json >printed
    $python check.py $percent
done
cat printed
echo '-- what the list says is taken back'
run ingest -q train20.csv -o mended.st.zst --relabel audit20.csv
$python -c '
import os, sys
sys.path.insert(0, os.environ["CSVNET_TOP"] + "/tests/support")
from tensors import read
truth = [int(line.split()[0]) for line in open("truth20.txt")]
print("wrong before and after:", *(sum(a != b for a, b in zip(read(f)[1]["labels"].argmax(1), truth)) for f in ("train20.st.zst", "mended.st.zst")))'
echo '-- models that know little'
for fold in 1 2 3; do
    fit -q train20.st.zst --arch linear --epochs 0 --fold $fold/3 -o f$fold.st.zst
done
predict -q train20.st.zst f?.st.zst --oof -o weak.st.zst >/dev/null
audit -q train20.st.zst --pred weak.st.zst 2>&1 >printed
echo '-- no guess: predictions by models that saw the rows, of other data, without labels'
fit -q train1.st.zst --arch linear --epochs 1 -o all.st.zst
predict -q train1.st.zst all.st.zst -o all.pred.st.zst
run audit train1.st.zst --pred all.pred.st.zst -o no.csv
run audit train5.st.zst --pred oof20.st.zst -o no.csv
cut -d, -f2- train1.csv >test.csv
ingest -q test.csv --like train1.st.zst -o test.st.zst
predict -q test.st.zst all.st.zst -o test.pred.st.zst
run audit test.st.zst --pred test.pred.st.zst -o no.csv
run audit train1.st.zst --pred train1.st.zst
run audit train1.st.zst --pred oof1.st.zst -o oof1.st.zst
run audit train1.st.zst -o audit5.csv --json audit5.csv
run audit train1.st.zst -o /nowhere/a.csv
run audit
ls no.csv 2>&1
