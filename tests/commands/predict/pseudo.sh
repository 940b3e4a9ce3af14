# Pseudo-labels: which rows and labels, both outputs or none, and that nobody takes them for the truth.
python=${PYTHON:-/usr/bin/python3}
csv train.csv 301
# labels that the pictures do not tell in every seventh row
awk -F, -v OFS=, 'NR > 1 && NR % 7 == 0 { $1 = (NR / 7) % 3 } { print }' train.csv >noisy.csv
csv test.csv 90
cut -d , -f 2- test.csv >unlabelled.csv
ingest -q noisy.csv -o train.st.zst
ingest -q unlabelled.csv --like train.st.zst -o test.st.zst
ingest -q test.csv --like train.st.zst -o truth.st.zst
split -q train.st.zst --part part.st.zst=rest --part val.st.zst=20%
fit -q part.st.zst --arch linear --lr 0.01 --epochs 20 -o a.st.zst
fit -q part.st.zst --arch linear --lr 0.01 --epochs 20 --seed 2 -o b.st.zst
cat >check.py <<'END'
# The rows of at least that probability, with the largest one's class, and all else as in the data.
import json, os, sys
import numpy as np
sys.path.insert(0, os.environ["CSVNET_TOP"] + "/tests/support")
from tensors import read
(data, pred, pseudo), sure = (read(f)[1] for f in sys.argv[1:4]), float(sys.argv[4])
p = pred["probabilities"]
rows = p.max(axis=1).astype(float) >= sure
print(rows.sum(), "of", len(rows), "rows:",
      bool((pseudo["labels"] == np.eye(p.shape[1], dtype=np.uint8)[p.argmax(axis=1)][rows]).all()),
      all(bool((pseudo[t] == data[t][rows]).all()) for t in ("rows", "images")))
meta = read(sys.argv[3])[0]
models = [read(m)[0]["content_digest"] for m in ("a.st.zst", "b.st.zst")]
labels = json.loads(meta["pseudo_labels"])
print(meta["source"], labels.pop("models") == models, labels, meta["options"])
END

echo '-- the sure rows, as predicted'
run predict test.st.zst a.st.zst b.st.zst -o p.st.zst --pseudo-labels s.st.zst --sure 0.8 --json s.json
run $python -B check.py test.st.zst p.st.zst s.st.zst 0.8
$python -c 'import json; s = json.load(open("s.json"))["pseudo_labels"]; del s["digest"]; print(s)'
predict -q test.st.zst a.st.zst b.st.zst -o plain.st.zst
cmp plain.st.zst p.st.zst && echo 'the same predictions as without'
for threads in 1 3; do
    predict -q test.st.zst a.st.zst b.st.zst -o t.st.zst --pseudo-labels u.st.zst --sure 0.8 --threads $threads
    cmp t.st.zst p.st.zst && cmp u.st.zst s.st.zst && echo same
done
run predict test.st.zst a.st.zst b.st.zst -o t.st.zst --pseudo-labels u.st.zst --sure 0
run $python -B check.py test.st.zst t.st.zst u.st.zst 0
echo '-- what is known of labelled data does not count'
predict -q truth.st.zst a.st.zst b.st.zst -o t.st.zst --pseudo-labels u.st.zst --sure 0.8
run $python -B check.py truth.st.zst t.st.zst u.st.zst 0.8
echo '-- of shifted pictures and weighted models'
predict -q test.st.zst a.st.zst b.st.zst -o t.st.zst --pseudo-labels u.st.zst --sure 0.37 --tta shifts --weights 2,1
run $python -B check.py test.st.zst t.st.zst u.st.zst 0.37

echo '-- made already: both'
set -- test.st.zst a.st.zst b.st.zst -o p.st.zst --pseudo-labels s.st.zst --if-changed
run predict "$@" --sure 0.8 --json s.json
cp s.st.zst kept.st.zst
rm s.st.zst
run predict "$@" --sure 0.8
cmp s.st.zst kept.st.zst && echo same
run predict "$@" --sure 0.82
echo '-- no row is that sure: neither is written'
echo old >p.st.zst
echo old >s.st.zst
run predict test.st.zst a.st.zst b.st.zst -o p.st.zst --pseudo-labels s.st.zst --sure 1
cat p.st.zst s.st.zst
ls -A | grep csvnet
run predict test.st.zst a.st.zst -o p.st.zst --pseudo-labels ./p.st.zst
run predict test.st.zst a.st.zst -o p.st.zst --pseudo-labels test.st.zst
run predict test.st.zst a.st.zst -o p.st.zst --pseudo-labels no/s.st.zst
run predict test.st.zst a.st.zst -o p.st.zst --sure 0.9
run predict test.st.zst a.st.zst -o p.st.zst --pseudo-labels s.st.zst --sure 1.1
run predict train.st.zst a.st.zst -o p.st.zst --pseudo-labels s.st.zst --oof
cat p.st.zst s.st.zst

echo '-- trained on beside the labels'
predict -q test.st.zst a.st.zst b.st.zst -o p.st.zst --pseudo-labels s.st.zst --sure 0.8
run fit part.st.zst s.st.zst --val val.st.zst --arch linear --epochs 1 -o c.st.zst | timeless
run show c.st.zst | sed -n '/^trained\|pseudo/p'
run fit part.st.zst s.st.zst --arch linear --epochs 1 --limit-rows 243 -o l.st.zst | grep -e data -e pseudo
run fit part.st.zst s.st.zst --arch linear --epochs 1 --limit-rows 100 -o l.st.zst | grep -e data -e pseudo
run fit s.st.zst --arch linear --epochs 1 -o l.st.zst | grep -e data -e pseudo
echo '-- never the truth'
run fit part.st.zst --val s.st.zst --arch linear -o x.st.zst
run fit part.st.zst --eval more=s.st.zst --arch linear -o x.st.zst
run fit s.st.zst part.st.zst --arch linear -o x.st.zst
run predict s.st.zst a.st.zst b.st.zst -o again.st.zst --json again.json
grep -c score again.json
run compare again.st.zst again.st.zst
run show s.st.zst --model a.st.zst --mistakes 3
run show s.st.zst --model a.st.zst --unsure 1 | grep -e pseudo -e predicted
run show s.st.zst --json s.json | sed -n '1,/^$/p; /^  0/,/^$/p'
$python -c 'import json; s = json.load(open("s.json")); print(s["classes"], s["pseudo_labels"]["sure"])'
run explain s.st.zst test.st.zst a.st.zst b.st.zst | sed 's/[0-9a-f]\{32\}/DIGEST/'
run report -q -o r.html --data sure=s.st.zst --data val=val.st.zst --model a.st.zst --pred sure=again.st.zst
grep -o 'rows, pseudo-labelled' r.html
grep -c 'accuracy ±' r.html
echo '-- nor are their parts'
run split s.st.zst --part x.st.zst=rest --part y.st.zst=30% | sed 's|, [0-9.]* s$||'
run fit part.st.zst --val y.st.zst --arch linear -o z.st.zst
run show y.st.zst | sed -n '/^pseudo/p'

echo '-- with a fold: those by its models alone'
for seed in 1 2; do
    for fold in 1 2; do
        fit -q train.st.zst --arch linear --lr 0.01 --epochs 4 --seed $seed --fold $fold/2 -o s$seed.f$fold.st.zst
    done
done
for fold in 1 2; do
    predict -q test.st.zst s1.f$fold.st.zst s2.f$fold.st.zst -o t.st.zst --pseudo-labels p$fold.st.zst --sure 0.5
done
predict -q test.st.zst s1.f1.st.zst s2.f2.st.zst -o t.st.zst --pseudo-labels both.st.zst --sure 0.5
run fit train.st.zst p1.st.zst --fold 1/2 --arch linear --epochs 1 -o r1.st.zst | timeless
run fit -q train.st.zst p2.st.zst --fold 2/2 --arch linear --epochs 1 -o r2.st.zst
run predict train.st.zst r1.st.zst r2.st.zst --oof -o oof.st.zst | grep 'out of fold:'
run fit train.st.zst p2.st.zst --fold 1/2 --arch linear -o z.st.zst
run fit train.st.zst both.st.zst --fold 1/2 --arch linear -o z.st.zst
run fit train.st.zst s.st.zst --fold 1/2 --arch linear -o z.st.zst
run fit train.st.zst p1.st.zst --fold 1/2 --fold-seed 5 --arch linear -o z.st.zst
run fit part.st.zst p1.st.zst --fold 1/2 --arch linear -o z.st.zst
run fit p1.st.zst --fold 1/2 --arch linear -o z.st.zst
run fit train.st.zst part.st.zst p1.st.zst --fold 1/2 --arch linear -o z.st.zst
run ls z.st.zst
