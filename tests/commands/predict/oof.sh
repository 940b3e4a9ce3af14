# Out-of-fold predictions: each row by the models that did not train on it, and by no other.
python=${PYTHON:-/usr/bin/python3}
csv train.csv 301
# labels that the pictures do not tell in every seventh row
awk -F, -v OFS=, 'NR > 1 && NR % 7 == 0 { $1 = (NR / 7) % 3 } { print }' train.csv >noisy.csv
ingest -q noisy.csv -o train.st.zst
for seed in 1 2; do
    for fold in 1 2 3; do
        fit -q train.st.zst --arch 'flatten, linear' --lr 0.01 --epochs 4 --seed $seed \
            --fold $fold/3 -o s$seed.f$fold.st.zst
        predict -q train.st.zst s$seed.f$fold.st.zst -o s$seed.f$fold.pred.st.zst
    done
done
cat >check.py <<'END'
import json, os, sys
import numpy as np
sys.path.insert(0, os.environ["CSVNET_TOP"] + "/tests/support")
from tensors import read

def p(name):
    return read(name)[1]["probabilities"].astype(float)

# Whatever fold a row is in, it is that of one model of each seed.
name, *weights = sys.argv[1:]
weights = [float(w) for w in weights] or [1]
found = p(name)
folds = [[p(f"s{s + 1}.f{f}.pred.st.zst") for s in range(len(weights))] for f in (1, 2, 3)]
means = [sum(w * q for w, q in zip(weights, f)) / sum(weights) for f in folds]
near = np.array([abs(found - m).max(axis=1) < 1e-7 for m in means])
print("rows of the folds:", near.sum(axis=1).tolist(), "in one each:", bool((near.sum(axis=0) == 1).all()))
labels = read(name)[1]["labels"]
print("of each class:", [(labels[n].sum(axis=0)).tolist() for n in near])
print(read(name)[0]["options"])
END

echo '-- one model for each fold'
run predict train.st.zst s1.f1.st.zst s1.f2.st.zst s1.f3.st.zst --oof -o oof.st.zst --json oof.json
run $python check.py oof.st.zst
cat >scores.py <<'END'
# Each model's score on its fold is the one that fit gave for it.
import json, os, sys
sys.path.insert(0, os.environ["CSVNET_TOP"] + "/tests/support")
from tensors import read
for model in json.load(open("oof.json"))["models"]:
    val = json.loads(read(model["model"])[0]["epochs"])[-1]["scores"]["val"]
    score = model["score"]
    print(model["model"], model["fold"], model["folds"], score["rows"],
          abs(val["accuracy"] - score["accuracy"]) < 1e-8, abs(val["loss"] - score["loss"]) < 1e-5)
END
run $python scores.py
echo '-- two seeds, weights'
run predict train.st.zst s1.f1.st.zst s1.f2.st.zst s1.f3.st.zst s2.f3.st.zst s2.f2.st.zst \
    s2.f1.st.zst --oof -o oof2.st.zst
run $python check.py oof2.st.zst 1 1
run predict -q train.st.zst s1.f1.st.zst s1.f2.st.zst s1.f3.st.zst s2.f3.st.zst s2.f2.st.zst \
    s2.f1.st.zst --oof --weights 3,3,3,1,1,1 -o oof3.st.zst
run $python check.py oof3.st.zst 3 1
echo '-- two networks, other folds, another seed of folds; a first model that is not needed'
fit -q train.st.zst --arch 'flatten, linear 5, relu, linear' --epochs 4 --fold 1/2 -o h1.st.zst
fit -q train.st.zst --arch 'flatten, linear 5, relu, linear' --epochs 4 --fold 2/2 -o h2.st.zst
fit -q train.st.zst --arch linear --epochs 4 --fold 2/4 --fold-seed 9 -o q2.st.zst
run predict train.st.zst q2.st.zst s1.f1.st.zst s1.f2.st.zst s1.f3.st.zst h1.st.zst h2.st.zst \
    --oof -o all.st.zst
echo '-- the same bytes'
for threads in 1 2 3 5; do
    predict -q train.st.zst s1.f1.st.zst s1.f2.st.zst s1.f3.st.zst --oof -o t$threads.st.zst \
        --threads $threads
    cmp oof.st.zst t$threads.st.zst && echo same
done
echo '-- trained on the first rows only: the folds are those of all'
for fold in 1 2; do
    fit -q train.st.zst --arch linear --epochs 1 --fold $fold/2 --limit-rows 20 -o l$fold.st.zst
done
run predict train.st.zst l1.st.zst l2.st.zst --oof -o l.st.zst

echo '-- refused'
echo old >oof.st.zst
run predict train.st.zst s1.f1.st.zst s1.f3.st.zst --oof -o oof.st.zst
run predict train.st.zst q2.st.zst s1.f1.st.zst s1.f3.st.zst --oof -o oof.st.zst
run predict train.st.zst s1.f1.st.zst s1.f2.st.zst s1.f3.st.zst --oof --weights 1,0,1 -o oof.st.zst
fit -q train.st.zst --arch linear --epochs 1 -o whole.st.zst
run predict train.st.zst s1.f1.st.zst whole.st.zst s1.f3.st.zst --oof -o oof.st.zst
csv other.csv 301
ingest -q other.csv -o other.st.zst
run predict other.st.zst s1.f1.st.zst s1.f2.st.zst s1.f3.st.zst --oof -o oof.st.zst
fit -q train.st.zst other.st.zst --arch linear --epochs 1 -o sets.st.zst
run predict train.st.zst sets.st.zst s1.f1.st.zst --oof -o oof.st.zst
cut -d , -f 2- train.csv >test.csv
ingest -q test.csv --like train.st.zst -o test.st.zst
run predict test.st.zst s1.f1.st.zst s1.f2.st.zst s1.f3.st.zst --oof -o oof.st.zst
cat oof.st.zst
