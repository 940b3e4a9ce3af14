# Predictions of the same rows as one: bytes of probabilities as by all models at once, weights, the geometric mean
# worked out in Python, and what does not fit together.
python=${PYTHON:-/usr/bin/python3}
csv train.csv 90
ingest -q train.csv -o train.st.zst
for seed in 1 2 3; do
    fit -q train.st.zst --arch 'flatten, linear' --epochs 3 --seed $seed -o $seed.st.zst
    predict -q train.st.zst $seed.st.zst -o p$seed.st.zst
done

echo '-- good'
run predict p1.st.zst p2.st.zst -o mean.st.zst --json mean.json | sed -n '1,8p'
show mean.st.zst | grep 'trained on'
predict -q train.st.zst 1.st.zst 2.st.zst -o both.st.zst
predict -q p1.st.zst p2.st.zst p3.st.zst --weights 2,0,0.5 -o w.st.zst
predict -q train.st.zst 1.st.zst 2.st.zst 3.st.zst --weights 2,0,0.5 -o models.st.zst
predict -q p1.st.zst p3.st.zst --geometric --weights 3,1 -o g.st.zst
predict -q train.st.zst 1.st.zst 3.st.zst --geometric --weights 3,1 -o gm.st.zst
cat >check.py <<'END'
import json, os, sys
sys.path.insert(0, os.environ["CSVNET_TOP"] + "/tests/support")
from tensors import read
import numpy

def p(name):
    return read(name)[1]["probabilities"]

print("as both models:", bool((p("mean.st.zst") == p("both.st.zst")).all()))
print("weighted as models:", bool((p("w.st.zst") == p("models.st.zst")).all()))
logs = (3 * numpy.log(p("p1.st.zst").astype(float)) + numpy.log(p("p3.st.zst").astype(float))) / 4
wanted = numpy.exp(logs) / numpy.exp(logs).sum(1, keepdims=True)
print("geometric:", bool(abs(p("g.st.zst") - wanted).max() < 1e-7), "as models:", bool((p("g.st.zst") == p("gm.st.zst")).all()))
meta, both = read("mean.st.zst")[0], read("both.st.zst")[0]
print(meta["options"], meta["models"] == both["models"], meta["data_digest"] == both["data_digest"])
print([one["predictions"] for one in json.load(open("mean.json"))["joins"]], "score" in json.load(open("mean.json")))
END
run $python check.py
run predict train.st.zst 1.st.zst 2.st.zst --geometric -o gm.st.zst | grep -e geometric -e predict:
run predict p1.st.zst p2.st.zst -o mean.st.zst --if-changed
run predict p1.st.zst p2.st.zst -o mean.st.zst --if-changed --min-accuracy 1 | tail -n 2
echo '-- rows that only predictions without a weight know'
awk -F, 'BEGIN { OFS = "," } NR > 1 { for (i = 2; i <= NF; i++) $i = 255 - $i } 1' train.csv >light.csv
ingest -q light.csv --like train.st.zst -o light.st.zst
fit -q light.st.zst --arch 'flatten, linear' --epochs 3 -o light.model.st.zst
predict -q train.st.zst light.model.st.zst -o unseen.pred.st.zst
for weights in 1,1 0,1 1,0; do
    echo $weights: $(predict p1.st.zst unseen.pred.st.zst --weights $weights -o x.st.zst 2>&1 | grep these)
    show x.st.zst | grep these
done
run submit -q mean.st.zst -o mean.csv
run predict mean.st.zst p1.st.zst -q -o again.st.zst

echo '-- rows in another order, joined by their ids'
awk -F, 'BEGIN { OFS = "," } { print (NR == 1 ? "id" : "k" NR - 1), $0 }' train.csv >ids.csv
(head -1 ids.csv && tail -n +2 ids.csv | tac) >turned.csv
(head -1 ids.csv && tail -n +2 ids.csv | sed 's/^k7,/x7,/') >renamed.csv
awk -F, 'BEGIN { OFS = "," } NR > 1 { $2 = ($2 + 1) % 3 } 1' turned.csv >labelled.csv
for name in ids turned renamed labelled; do
    ingest -q $name.csv --like train.st.zst --id id -o $name.st.zst
done
for seed in 1 2; do
    predict -q ids.st.zst $seed.st.zst -o i$seed.st.zst
done
predict -q turned.st.zst 2.st.zst -o t2.st.zst
predict -q i1.st.zst i2.st.zst -o inorder.st.zst
run predict i1.st.zst t2.st.zst -o byid.st.zst | grep order
predict -q i1.st.zst - -o piped.st.zst <t2.st.zst
mkfifo fifo
cat t2.st.zst >fifo &
predict -q i1.st.zst fifo -o named.st.zst
cmp byid.st.zst piped.st.zst
cmp byid.st.zst named.st.zst
for name in renamed labelled; do
    predict -q $name.st.zst 2.st.zst -o o2.st.zst
    run predict i1.st.zst o2.st.zst -o x.st.zst
done
cat >same.py <<'END'
import os, sys
sys.path.insert(0, os.environ["CSVNET_TOP"] + "/tests/support")
from tensors import read
a, b = read("inorder.st.zst")[1], read("byid.st.zst")[1]
print("the same:", all((a[name] == b[name]).all() for name in ("ids", "labels", "probabilities")))
END
run $python same.py

echo '-- of each a part of the rows was trained on'
split -q train.st.zst --part h1.st.zst=45 --part h2.st.zst=rest
for part in 1 2; do
    fit -q h$part.st.zst --arch 'flatten, linear' --epochs 3 -o h$part.model.st.zst
    predict -q train.st.zst h$part.model.st.zst -o h$part.pred.st.zst
done
run predict h1.pred.st.zst h2.pred.st.zst -o h.st.zst --json h.json | grep these
show h.st.zst | grep these
grep -c '"trained": 45' h.json

echo '-- of one model any mean is itself: what is for all models of a Makefile is for one of them, too'
predict -q train.st.zst 1.st.zst -o one.st.zst && predict -q train.st.zst 1.st.zst -o geometric.st.zst --geometric
cmp one.st.zst geometric.st.zst

echo '-- a least accuracy'
run predict train.st.zst 1.st.zst -q -o p.st.zst --min-accuracy 0.2
run predict train.st.zst 1.st.zst -q -o p.st.zst --min-accuracy 1 | sed 's/accuracy [0-9.]*/accuracy N/'
ls p.st.zst
run predict p1.st.zst p2.st.zst -q -o p.st.zst --min-accuracy 1 | sed 's/accuracy [0-9.]*/accuracy N/'
cut -d , -f 2- train.csv >test.csv
ingest -q test.csv --like train.st.zst -o test.st.zst
run predict test.st.zst 1.st.zst -q -o p.st.zst --min-accuracy 0.5

echo '-- refused'
echo old >p.st.zst
csv fewer.csv 60
ingest -q fewer.csv --like train.st.zst -o fewer.st.zst
predict -q fewer.st.zst 1.st.zst -o fewer.pred.st.zst
awk -F, 'BEGIN { OFS = "," } NR > 1 { $1 = ($1 + 1) % 3 } 1' train.csv >other.csv
ingest -q other.csv -o other.st.zst
predict -q other.st.zst 2.st.zst -o other.pred.st.zst
csv four.csv 90 4 4
ingest -q four.csv -o four.st.zst
fit -q four.st.zst --arch 'flatten, linear' --epochs 1 -o four.model.st.zst
predict -q four.st.zst four.model.st.zst -o four.pred.st.zst
cp p1.st.zst copy.st.zst
for other in fewer.pred.st.zst other.pred.st.zst four.pred.st.zst copy.st.zst 1.st.zst; do
    run predict p1.st.zst $other -o p.st.zst
done
run predict train.st.zst p1.st.zst p2.st.zst -o p.st.zst
run predict p1.st.zst p2.st.zst -o p.st.zst --oof
run predict p1.st.zst p2.st.zst -o p.st.zst --weights 1,2,3
run predict p1.st.zst p2.st.zst -o p2.st.zst
cat p.st.zst
