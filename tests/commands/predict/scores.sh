# Scores of labelled data, the same bytes for any number of threads, means of models.
csv train.csv 300
sed '1s/label/kind/; s/^0,/cat,/; s/^1,/dog,/; s/^2,/fish,/' train.csv >named.csv
ingest -q named.csv --label kind -o train.st.zst
fit -q train.st.zst --arch linear --epochs 40 --lr 0.01 -o a.st.zst
fit -q train.st.zst --arch linear --epochs 20 --lr 0.01 --seed 2 -o b.st.zst
# the first 30 rows say fish, whatever they show
sed '2,31s/^[a-z]*/fish/' named.csv >eval.csv
ingest -q eval.csv --like train.st.zst -o eval.st.zst

echo '-- one model'
run predict eval.st.zst a.st.zst -o p.st.zst
echo '-- two models'
run predict eval.st.zst a.st.zst b.st.zst -o p.st.zst --json p.json
python3 - <<'EOF'
import json
run = json.load(open("p.json"))
print(sorted(run), run["rows"], [m["model"] for m in run["models"]])
score = run["score"]
print(sorted(score), [c["class"] for c in score["classes"]], score["confusion"])
print(score["correct"], round(score["accuracy"], 6))
EOF
cat >again.py <<'END'
# The figures again, by numpy and by pairs of rows.
import json, os, sys
import numpy as np
sys.path.insert(0, os.environ["CSVNET_TOP"] + "/tests/support")
from tensors import read
tensors = read(sys.argv[1])[1]
p, labels = tensors["probabilities"].astype(float), tensors["labels"]
truth, guess = labels.argmax(axis=1), p.argmax(axis=1)
classes = p.shape[1]
right = np.bincount(truth[truth == guess], minlength=classes)
support, predicted = np.bincount(truth, minlength=classes), np.bincount(guess, minlength=classes)
there = support > 0
def auc(k):
    mine, other = p[truth == k, k][:, None], p[truth != k, k][None, :]
    return ((mine > other) + 0.5 * (mine == other)).mean()
again = {"loss": -np.log(p[np.arange(len(p)), truth]).mean(),
         "macro_f1": (2 * right / (support + predicted))[support + predicted > 0].mean(),
         "balanced_accuracy": (right / support)[there].mean(),
         "auc": auc(1) if classes == 2 else np.mean([auc(k) for k in range(classes) if there[k]])}
score = json.load(open(sys.argv[2]))["score"]
print(*(f"{key} {value:.4f} {abs(score[key] - value) < 1e-9}" for key, value in again.items()))
END
run /usr/bin/python3 again.py p.st.zst p.json
echo '-- two classes'
sed '/^fish/d; 2,41s/^cat/dog/' named.csv >two.csv
ingest -q two.csv --label kind -o two.st.zst
fit -q two.st.zst --arch linear --epochs 3 --lr 0.01 -o two.model.st.zst
predict -q two.st.zst two.model.st.zst -o two.pred.st.zst --json two.json
run /usr/bin/python3 again.py two.pred.st.zst two.json
echo '-- classes without a row'
sed -n '1p; /^cat/p' named.csv >cats.csv
ingest -q cats.csv --like train.st.zst -o cats.st.zst
run predict cats.st.zst a.st.zst -o p.st.zst
echo '-- too many classes for a matrix'
csv many.csv 200 8 20
ingest -q many.csv -o many.st.zst
fit -q many.st.zst --arch linear --epochs 40 --lr 0.01 -o many.model.st.zst
sed '2,31s/^[0-9]*/19/' many.csv >eval.csv
ingest -q eval.csv --like many.st.zst -o eval.st.zst
run predict eval.st.zst many.model.st.zst -o p.st.zst
echo '-- no labels'
cut -d , -f 2- named.csv >test.csv
ingest -q test.csv --like train.st.zst -o test.st.zst
run predict test.st.zst a.st.zst -o p.st.zst
run predict test.st.zst a.st.zst -o p.st.zst --quiet
echo '-- the same bytes'
for threads in 1 2 3 5; do
    predict -q test.st.zst a.st.zst b.st.zst -o p$threads.st.zst --threads $threads
    cmp p1.st.zst p$threads.st.zst && echo same
done
zstd -qt p1.st.zst && echo whole
echo '-- one loss for one model, also where 32 bits hold no probability of the truth'
ingest -q named.csv --label kind -o tame.st.zst
sed '2,31s/^[a-z]*/fish/' named.csv >wild.csv
ingest -q wild.csv --like tame.st.zst -o wild.eval.st.zst
fit -q tame.st.zst --eval e=wild.eval.st.zst --arch 'flatten, linear 9, relu, linear' --optimizer sgd --lr 1000 --epochs 2 -o wild.st.zst --history wild.jsonl
predict -q wild.eval.st.zst wild.st.zst -o wild.pred.st.zst --json wild.json
show -q wild.pred.st.zst --json shown.json | grep -o 'loss at least'
python3 -c '
import json
fit = json.loads([line for line in open("wild.jsonl") if "\"epoch\"," in line][-1])["scores"]["e"]["loss"]
score, shown = json.load(open("wild.json"))["score"], json.load(open("shown.json"))["scores"]
print(abs(score["loss"] / fit - 1) < 1e-6, score["loss_at_least"], shown["loss_at_least"], shown["loss"] < 88 < fit)'
echo '-- long names: whole into a pipe; in a width what all have in common goes first'
printf 'cat,grayscale picture of a cat at night\ndog,grayscale picture of a dog at night\nfish,grayscale picture of a fish at night\n' >long.csv
ingest -q named.csv --label kind --names long.csv -o long.st.zst
fit -q long.st.zst --arch linear --epochs 1 -o long.model.st.zst
predict long.st.zst long.model.st.zst -o long.pred.st.zst 2>&1 | sed -n '/^class/,$p' | cut -c -43
COLUMNS=60 predict long.st.zst long.model.st.zst -o long.pred.st.zst 2>&1 | sed -n '/^class/,/^$/p' | cut -c -24
echo '-- far less right than in training: other classes or pictures, where there are enough to tell'
sed '2,181s/^[a-z]*/fish/' named.csv | awk -F, -v OFS=, 'NR > 1 { $2++ } { print }' >fish.csv # few can be right
ingest -q fish.csv --like train.st.zst -o fish.st.zst
fit -q train.st.zst --val fish.st.zst --arch linear --epochs 40 --lr 0.01 -o judged.st.zst
sed '1!{ s/^cat/x/; s/^dog/cat/; s/^fish/dog/; s/^x/fish/ }' named.csv >turned.csv
ingest -q turned.csv --like train.st.zst -o turned.st.zst
head -n 20 turned.csv >few.csv
ingest -q few.csv --like train.st.zst -o few.st.zst
for data in turned few fish; do
    for model in a judged; do
        echo "$data by $model"
        predict $data.st.zst $model.st.zst -o p.st.zst --json p.json 2>&1 | grep hint:
        python3 -c 'import json; run = json.load(open("p.json")); print(len(run["hints"]), run["score"]["accuracy"])'
    done
done
