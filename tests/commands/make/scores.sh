# make scores: a line for each model, by what fit and predict wrote; and the record of finished fits.
python=${PYTHON:-/usr/bin/python3}
csv train.csv 301
# labels that the pictures do not tell in every seventh row
awk -F, -v OFS=, 'NR > 1 && NR % 7 == 0 { $1 = (NR / 7) % 3 } { print }' train.csv >noisy.csv
cut -d , -f 2- train.csv >test.csv
cat >Makefile <<'END'
all: submission.csv
TRAIN  = noisy.csv
TEST   = test.csv
FOLDS  = 3
MODELS = a longer-name
a.fit  = --arch linear --lr 0.01 --epochs 4
a.seeds = 2
longer-name.fit = --arch 'flatten, linear 12, relu, linear 12, relu, linear' --lr 0.3 --epochs 3 --keep best
include $(shell csvnet --inc)
END
timeless() { awk '/ [0-9]+\.[0-9]( +[^ ]|$)/ && !/^    / { sub(/ [0-9]+\.[0-9]( |$)/, " N.N ") } { sub(/ +$/, ""); print }'; }
scores() { make -s scores "$@" 2>.log | timeless; }
cat >check.py <<'END'
# The table's figures, by predictions; each line of the record, by the model's own metadata.
import json, os, sys
sys.path.insert(0, os.environ["CSVNET_TOP"] + "/tests/support")
from tensors import read

oof = json.load(open("csvnet.out/train.oof.json"))
for name in "a", "longer-name":
    of = [m["score"] for m in oof["models"] if m["model"].split("/")[1].startswith(name + ".")]
    rows = sum(s["rows"] for s in of)
    right = sum(s["correct"] for s in of) / rows
    m = [[sum(s["confusion"][t][k] for s in of) for k in range(3)] for t in range(3)]
    f1 = [2 * m[k][k] / (sum(m[k]) + sum(row[k] for row in m)) for k in range(3)]
    print(f'macro F1 {sum(f1) / 3:.4f}, balanced accuracy {sum(m[k][k] / sum(m[k]) for k in range(3)) / 3:.4f}')
    print(f'{name}: {100 * right:.2f} +- {100 * (right * (1 - right) / oof["rows"]) ** .5:.2f},',
          f'{sum(s["rows"] * s["loss"] for s in of) / rows:.4f}')
s = oof["score"]
print(f'mean: {100 * s["accuracy"]:.2f} +- {100 * s["standard_error"]:.2f}, {s["loss"]:.4f}')
digests = {}
for line in sorted(open("csvnet.out/runs.jsonl")):
    run = json.loads(line)
    meta = read(f'csvnet.out/{run["fit"]}.model.st.zst')[0]
    epochs, settings = json.loads(meta["epochs"]), json.loads(meta["settings"])
    epoch = epochs[settings["kept_epoch"] - 1]
    fold = f'{settings["fold"]}/{settings["folds"]}'
    val = epoch["scores"]["val"]
    same = [run["digest"] == meta["content_digest"], run["epochs"] == len(epochs), run["seed"] == settings["seed"],
            run["fold"] == fold, 0 < run["seconds"], run["time"][:2] == "20", 99 <= run["val_rows"] <= 101,
            len(run["val_digest"]) == 32, abs(1 - run["val_wrong"] / run["val_rows"] - val["accuracy"]) < 1e-8] + [
            abs(run[k] - v) < 1e-7 for k, v in (("loss", epoch["loss"]), ("accuracy", epoch["accuracy"]),
            ("val_loss", val["loss"]), ("val_accuracy", val["accuracy"]))]
    print(run["name"], run["fit"], run["options"], settings["kept_epoch"], all(same))
    digests.setdefault(fold, set()).add(run["val_digest"])
print("digests of folds' rows:", [len(of) for of in digests.values()], len(set().union(*digests.values())))
END
echo '-- of folds and seeds'
stages oof scores submission.csv
scores
COLUMNS=100 scores | head -n 7
run $python check.py
cat >groups.py <<'END'
# What each network has right alone, and the mean without it, by predictions of its own.
import json, os, sys
sys.path.insert(0, os.environ["CSVNET_TOP"] + "/tests/support")
from tensors import read

right = {}
for name in "a", "longer-name", "mean":
    of = read(f"{name}.oof" if name != "mean" else "csvnet.out/train.oof.st.zst")[1]
    right[name] = of["probabilities"].argmax(1) == of["labels"].argmax(1)
groups = json.load(open("csvnet.out/train.oof.json"))["groups"]
names = groups["names"] + ["mean"]
alone = lambda a, b: int((right[a] & ~right[b]).sum())
print(groups["rows"], [int(right[n].sum()) == c for n, c in zip(names, groups["correct"])],
      [[alone(names[i], names[j]), alone(names[j], names[i])] == [a, b] for i, j, a, b in groups["pairs"]],
      [[alone(other, "mean"), alone("mean", other)] == pair for other, pair in zip(names[1::-1], groups["without"])])
END
for name in a longer-name; do
    predict -q csvnet.out/train.st.zst csvnet.out/$name.*model.st.zst --oof -o $name.oof
done
run $python groups.py
echo '-- a second time it only prints; the record stays'
stages scores
grep -c . csvnet.out/runs.jsonl
echo '-- one model anew'
make a.fit='--arch "linear" --epochs 1' >.log 2>&1
scores a.fit='--arch "linear" --epochs 1'
grep -c . csvnet.out/runs.jsonl
tail -n 1 csvnet.out/runs.jsonl | $python -c 'import json; print(json.loads(input())["options"])'
echo '-- of rows held back; without them'
scores FOLDS= MODELS=a a.seeds=
scores FOLDS= VAL=none
sed -n 's/^.*\*\*\* //p' .log
echo '-- of the same model by other names: a prediction of the same content is none of theirs'
make scores FOLDS= MODELS=a a.seeds= >.log 2>&1
scores FOLDS= MODELS=a a.seeds=1 | head -n 3
scores FOLDS= MODELS=b b.fit='--arch linear --lr 0.01 --epochs 4' | head -n 3
echo '-- no line is mixed with another'
rm csvnet.out/runs.jsonl
make -s -j8 FOLDS=12 >.log 2>&1
$python -c 'import json; print(len([json.loads(line) for line in open("csvnet.out/runs.jsonl")]))'
make csvnet-clean FOLDS=12 >.log
ls csvnet.out 2>&1
