# Good runs of fit: what is reported, what the model records.
python=${PYTHON:-/usr/bin/python3}
csv train.csv 120
csv val.csv 45
ingest -q train.csv -o train.st.zst
ingest -q val.csv --like train.st.zst -o val.st.zst
cat >meta.py <<'END'
# meta.py FILE KEY...: settings of a model; KEY=: a record of the file
import json, os, sys
sys.path.insert(0, os.environ["CSVNET_TOP"] + "/tests/support")
from tensors import read
meta, tensors = read(sys.argv[1])
settings = json.loads(meta["settings"])
for key in sys.argv[2:]:
    print(key, json.loads(meta[key[:-1]]) if key.endswith("=") else settings[key])
END
try()
{
    run fit -v train.st.zst "$@" -o m.st.zst | timeless
}
settings()
{
    $python meta.py m.st.zst "$@"
}
short="--arch flatten,linear --epochs 1"

echo '-- defaults but for the network'
try --arch 'flatten, linear'
echo '-- smallcnn is the default'
try --epochs 1 --limit-rows 32
echo '-- quiet'
try $short -q

echo '-- validation, more data, by step'
try --arch linear --epochs 2 --batch 50 --val val.st.zst --eval again=train.st.zst --eval-every 2 --log-every 2
settings kept_epoch

echo '-- recipes and overriding'
printf '# mine\n--lr 0.25 --optimizer sgd\n--epochs 3 --momentum 0.5\nflatten\nlinear 4 # four\nrelu\nlinear\n' >my.recipe
printf 'flatten\nlinear 4\nrelu\nlinear\n' >my.net
try --recipe my.recipe --epochs 1
settings optimizer lr momentum epochs preset
try --epochs 1 --recipe=my.recipe -q
settings epochs
try --recipe linear-scratch --epochs 2 -q
settings init_std optimizer lr batch epochs shuffle preset
try --arch my.net --epochs 1 -q --json m.json
$python -c 'import json; m = json.load(open("m.json")); print(sorted(m), m["architecture"])'

echo '-- optimizers and schedules'
for options in '--optimizer sgd --momentum 0.9 --nesterov --lr 0.1' '--optimizer adamw' \
    '--optimizer adam --weight-decay 0.001' '--schedule step --step-epochs 2' \
    '--schedule step --step-epochs 1 --gamma 0.5' '--schedule exponential' '--schedule cosine' \
    '--schedule one-cycle --lr 0.01'; do
    try --arch linear --epochs 4 $options | grep -e '^[$]' -e optimizer -e ' lr ' |
        sed 's/loss.*; lr/lr/'
done

echo '-- inputs, loss, first weights'
for options in '--mean auto --std auto' '--mean 0.5 --std 0.25' '--label-smoothing 0.1' \
    '--class-weights 1,2,0.5' '--class-weights balanced' '--init normal:0.5' '--shuffle no' \
    '--limit-rows 31' '--limit-rows 1000000' '--seed 0' '--device cpu'; do
    try $short $options | grep -v -e ' network ' -e ' optimizer ' -e ' weights, ' -e written
done
try $short --mean auto --std auto -q
settings mean std
echo '-- a class that is not there has a weight of 0; a batch without weights moves nothing'
head -n 2 train.csv >one.csv
head -n 3 train.csv | tail -n 1 >>one.csv
ingest -q one.csv --like train.st.zst -o one.st.zst
run fit -v one.st.zst --arch linear --epochs 1 --class-weights balanced -o m.st.zst | timeless
run fit -v one.st.zst --arch linear --epochs 2 --batch 1 --shuffle no --class-weights 0,1,1 -o m.st.zst | timeless

echo '-- folds'
try --arch linear --epochs 2 --fold 2/3 --fold-seed 7
settings fold folds fold_seed
$python meta.py m.st.zst inputs= >m.inputs && grep -c digest m.inputs

echo '-- the best epoch is kept, and patience ends the run'
awk -F, -v OFS=, 'NR > 1 && NR % 5 == 0 { $1 = (NR / 5) % 3 } { print }' train.csv >noisy.csv
ingest -q noisy.csv -o noisy.st.zst
run fit -v noisy.st.zst --arch 'flatten, linear 20, relu, linear' --optimizer sgd --lr 0.4 --batch 8 \
    --epochs 30 --fold 1/2 --keep best --patience 2 -o m.st.zst | timeless
settings kept_epoch keep_best patience
$python meta.py m.st.zst epochs= >m.epochs
$python -c 'import ast; e = ast.literal_eval(open("m.epochs").read()[8:])
print("lowest:", 1 + min(range(len(e)), key=lambda i: e[i]["scores"]["val"]["loss"]), "of", len(e))'

echo '-- the best epoch by what a contest scores, as predict scores it'
csv eval.csv 4500
awk -F, -v OFS=, 'NR > 1 && NR % 4 == 0 { $1 = NR % 3 } { print }' eval.csv >many.csv
ingest -q many.csv --like noisy.st.zst -o many.st.zst
cat >kept.py <<'END'
import json, os, sys
sys.path.insert(0, os.environ["CSVNET_TOP"] + "/tests/support")
from tensors import read
word = sys.argv[1]
key = word.replace("-", "_")
events = [json.loads(line) for line in open("h.jsonl")]
values = [e["scores"]["val"][key] for e in events if e["event"] == "epoch"]
settings = json.loads(read("m.st.zst")[0]["settings"])
best = values.index(max(values))
print(settings["keep_best"], settings["keep"], settings["kept_epoch"] == best + 1, "of", len(values), best + 1 < len(values))
print(abs(json.load(open("p.json"))["score"][key] - values[best]) < 1e-6)
END
for by in accuracy macro-f1 balanced-accuracy auc; do
    fit -q noisy.st.zst --val many.st.zst --arch 'flatten, linear 20, relu, linear' --optimizer sgd --lr 0.4 \
        --batch 8 --epochs 6 --keep best-$by -o m.st.zst --history h.jsonl
    predict -q many.st.zst m.st.zst -o p.st.zst --json p.json
    $python kept.py $by
done
run fit -v noisy.st.zst --eval many=many.st.zst --arch linear --optimizer sgd --lr 0.4 --epochs 9 --fold 1/2 \
    --keep best-macro-f1 --patience 1 -o m.st.zst | timeless | sed -n '/stops/,$p'
show m.st.zst | grep '^  keep '
show m.st.zst | grep -A 3 '^  epoch '
show h.jsonl | grep -A 2 '^  epoch '
echo '-- rows of one class have no AUC'
sed -n '1p; /^0/p' train.csv >zero.csv
ingest -q zero.csv --like noisy.st.zst -o zero.st.zst
run fit noisy.st.zst --val zero.st.zst --arch linear --keep best-auc -o none.st.zst | timeless | tail -n 2
[ -e none.st.zst ] || echo 'no model'

echo '-- several data sets follow one another'
head -n 61 train.csv >first.csv
{ head -n 1 train.csv; tail -n 60 train.csv; } >second.csv
for half in first second; do ingest -q $half.csv --like train.st.zst -o $half.st.zst; done
run fit -v first.st.zst second.st.zst $short -o halves.st.zst | timeless
fit -q train.st.zst $short -o whole.st.zst
for m in halves whole; do zstd -dc $m.st.zst | tail -c 204 >$m.bytes; done
cmp halves.bytes whole.bytes && echo 'the same weights'

echo '-- old weights'
fit -q train.st.zst --arch 'flatten, linear' --epochs 2 -o two.st.zst
try --from two.st.zst --epochs 0
cmp m.st.zst two.st.zst >cmp.out || echo 'another file'
for m in m two; do zstd -dc $m.st.zst | tail -c 204 >$m.bytes; done
cmp m.bytes two.bytes && echo 'the same weights'
try --from two.st.zst --epochs 1 | grep epoch
zstd -dcq two.st.zst >two.safetensors
try --from two.safetensors --epochs 0 -q
cat >bare.py <<'END'
# As PyTorch's users write them: no metadata, not compressed, with batch normalization's counter.
import json, struct
import numpy as np
tensors = {"0.weight": np.arange(36, dtype="<f4").reshape(4, 1, 3, 3) / 36, "0.bias": np.ones(4, "<f4"),
           "1.weight": np.ones(4, "<f4"), "1.bias": np.zeros(4, "<f4"),
           "1.running_mean": np.zeros(4, "<f4"), "1.running_var": np.ones(4, "<f4"),
           "1.num_batches_tracked": np.array(7, "<i8"),
           "4.weight": np.full((3, 16), 0.5, "<f4"), "4.bias": np.zeros(3, "<f4")}
header, data = {}, b""
for name, t in tensors.items():
    header[name] = {"dtype": {"f4": "F32", "i8": "I64"}[t.dtype.str[1:]], "shape": list(t.shape),
                    "data_offsets": [len(data), len(data) + t.nbytes]}
    data += t.tobytes()
text = json.dumps(header).encode()
text += b" " * (-len(text) % 8)
open("bare.safetensors", "wb").write(struct.pack("<Q", len(text)) + text + data)
END
$python bare.py
try --arch 'conv 4 3x3, batchnorm, relu, flatten, linear' --from bare.safetensors --epochs 0
$python $CSVNET_TOP/tests/support/tensors.py m.st.zst 0.weight 4.bias
zstd -qt m.st.zst && echo whole
echo '-- losses of two kinds in one line are said to be'
split -q train.st.zst --part p.st.zst=rest --part q.st.zst=20%
fit p.st.zst --val q.st.zst --arch 'linear 5, dropout 0.5, linear' --epochs 1 --label-smoothing 0.1 \
    --class-weights balanced -o k.st.zst 2>&1 | grep 'that of other data'
fit p.st.zst --val q.st.zst --arch linear --epochs 1 -o k.st.zst 2>&1 | grep 'that of other data'
echo '-- many classes without rows: ten warnings and a count'
csv many.csv 26 4 13
ingest -q many.csv -o many.st.zst 2>/dev/null
fit -q many.st.zst --arch linear --epochs 1 --limit-rows 1 -o m.st.zst 2>&1 | sed -n '1p; 10,$p'
