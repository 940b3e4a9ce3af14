# Weights for a mean: found as numpy finds them, judged on rows that did not find them, and taken by
# predict for models and predictions.
python=${PYTHON:-/usr/bin/python3}
csv train.csv 400
# labels that the pictures do not tell in every seventh row
awk -F, -v OFS=, 'NR > 1 && NR % 7 == 0 { $1 = (NR / 7) % 3 } { print }' train.csv >noisy.csv
ingest -q noisy.csv -o train.st.zst
cut -d , -f 2- noisy.csv >test.csv
ingest -q test.csv --like train.st.zst -o test.st.zst
oof() # NAME OPTIONS...
{
    name=$1
    shift
    for fold in 1 2; do
        fit -q train.st.zst --fold $fold/2 "$@" -o $name.f$fold.model.st.zst
    done
    predict -q train.st.zst $name.f?.model.st.zst --oof -o $name.oof.st.zst
}
oof weak --arch 'flatten, linear' --epochs 1 --lr 0.001
oof good --arch 'flatten, linear' --epochs 8 --lr 0.01
oof other --arch 'flatten, linear 8, relu, linear' --epochs 8 --lr 0.01 --seed 5

cat >check.py <<'END'
import json, os, sys
import numpy as np
sys.path.insert(0, os.environ["CSVNET_TOP"] + "/tests/support")
from tensors import read

names = sys.argv[2:]
p = np.array([read(f"{n}.oof.st.zst")[1]["probabilities"].astype(float) for n in names])
labels = read(f"{names[0]}.oof.st.zst")[1]["labels"].argmax(1)
rows = np.arange(len(labels))
q = p[:, rows, labels]
fold = np.empty(len(labels), int)
for k in range(p.shape[2]):
    fold[labels == k] = np.arange((labels == k).sum()) % 5

def loss(of):
    return -np.log(np.maximum(of, 2.0 ** -126))

def select(of):
    bag, best = [0] * len(of), (np.inf, None)
    for step in range(1, 51):
        losses = [loss((sum(b * m for b, m in zip(bag, of)) + of[m]) / step).sum() for m in range(len(of))]
        bag[int(np.argmin(losses))] += 1
        best = min(best, (min(losses), [b / step for b in bag]), key=lambda x: x[0])
    return np.array(best[1])

found, cross = select(q), [select(q[:, fold != f]) for f in range(5)]
mean = lambda w: np.einsum("m,mrk->rk", w, p)
alike = np.full(len(names), 1 / len(names))
fitted = np.array([mean(cross[f])[r] for r, f in enumerate(fold)])
gain = loss(mean(alike)[rows, labels]) - loss(fitted[rows, labels])
error = gain.std() / np.sqrt(len(rows) - 1)
w = json.load(open(sys.argv[1]))
near = lambda a, b: bool(np.allclose(a, b, rtol=1e-6, atol=1e-8))
print("found:", near([m["found"] for m in w["models"]], found), "folds:", near(w["folds"], cross),
      "gain:", near([w["gain"], w["error"]], [gain.mean(), error]),
      "right:", [w[k]["correct"] for k in ("equal", "weighed", "cross_fitted")] ==
      [int((m.argmax(1) == labels).sum()) for m in (mean(alike), mean(found), fitted)],
      "pays:", w["pays"], w["pays"] == bool(gain.mean() > 2 * error),
      near([m["weight"] for m in w["models"]], found if w["pays"] else alike))
END
echo '-- found'
run compare weak.oof.st.zst good.oof.st.zst other.oof.st.zst --weigh w.json
run $python -B check.py w.json weak good other
compare weak.oof.st.zst good.oof.st.zst other.oof.st.zst --weigh again.json --threads 1 --json summary.json >/dev/null
cmp w.json again.json
cmp w.json summary.json
echo '-- what does not pay'
oof luck --arch 'flatten, linear' --epochs 8 --lr 0.01 --seed 2
run compare good.oof.st.zst luck.oof.st.zst --weigh alike.json
run $python -B check.py alike.json good luck

echo '-- taken'
cat >taken.py <<'END'
import json, os, sys
import numpy as np
sys.path.insert(0, os.environ["CSVNET_TOP"] + "/tests/support")
from tensors import read
weights = {m["name"]: m["weight"] for m in json.load(open("w.json"))["models"]}
mean, *parts = (read(name)[1]["probabilities"].astype(float) for name in sys.argv[2:])
names = [n.split(".")[0] for n in sys.argv[3:]]
wanted = sum(weights[n] / names.count(n) * p for n, p in zip(names, parts))
print(sys.argv[1], bool(abs(mean - wanted / sum(weights.values())).max() < 1e-6))
END
for name in weak good other; do
    for fold in 1 2; do
        predict -q test.st.zst $name.f$fold.model.st.zst -o $name.f$fold.pred
    done
    predict -q test.st.zst $name.f?.model.st.zst -o $name.pred
done
run predict -q test.st.zst other.f?.model.st.zst good.f?.model.st.zst weak.f?.model.st.zst --weights w.json -o models.pred
run $python -B taken.py models models.pred other.f1.pred other.f2.pred good.f1.pred good.f2.pred weak.f1.pred weak.f2.pred
run predict -q other.pred weak.pred good.pred --weights w.json -o joined.pred
run $python -B taken.py joined joined.pred other.pred weak.pred good.pred
echo '-- files of other names are found by their models'
mkdir elsewhere
for name in weak good other; do mv $name.pred elsewhere/to-$name.pred; done
predict -q elsewhere/to-*.pred --weights w.json -o renamed.pred
$python -B taken.py renamed renamed.pred other.f1.pred other.f2.pred good.f1.pred good.f2.pred weak.f1.pred weak.f2.pred

echo '-- refused'
fit -q train.st.zst --arch 'flatten, linear' --epochs 1 -o seen.model.st.zst
predict -q train.st.zst seen.model.st.zst -o seen.pred
run compare good.oof.st.zst seen.pred --weigh no.json
run compare elsewhere/to-good.pred elsewhere/to-weak.pred --weigh no.json
run compare elsewhere/to-good.pred elsewhere/to-good.pred --weigh no.json
run compare good.oof.st.zst weak.oof.st.zst --weigh good.oof.st.zst
run compare good.oof.st.zst weak.oof.st.zst --weigh no.json --latex
ls no.json 2>&1
run predict -q test.st.zst good.f1.model.st.zst weak.f1.model.st.zst seen.model.st.zst --weights w.json -o no.pred
run predict -q test.st.zst good.f1.model.st.zst weak.f1.model.st.zst --weights w.json -o no.pred
run predict -q test.st.zst good.f1.model.st.zst --weights nothing.json -o no.pred
for text in '' '{' '{}' '{"models": []}' '{"models": [{"name": "good", "weight": -1, "models": []}]}' \
    '{"models": [{"name": "good", "weight": 0, "models": []}]}' '{"models": [{"name": 1, "weight": 1, "models": []}]}' \
    '{"models": [{"name": "good", "weight": 1, "models": [1]}]}'; do
    printf '%s' "$text" >bad.json
    run predict -q test.st.zst good.f1.model.st.zst --weights bad.json -o no.pred
done
ls no.pred 2>&1
compare good.oof.st.zst weak.oof.st.zst --weigh /dev/full >/dev/null
echo "exit $?"
echo '-- a lower loss with fewer rows right: hardly trained networks, one of them the surer'
oof five --arch 'flatten, linear 8, relu, linear' --epochs 1 --seed 5 >/dev/null 2>&1
oof six --arch 'flatten, linear 8, relu, linear' --epochs 1 --seed 6 >/dev/null 2>&1
run compare five.oof.st.zst six.oof.st.zst --weigh w.json
