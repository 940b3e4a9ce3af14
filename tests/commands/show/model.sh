# show of models, checkpoints, and tensors of other programs.
seen()
{
    run "$@" | sed 's/^\([a-z0-9._]*  *[IFU][0-9]* .*[0-9]\)  *[0-9]*$/\1 .../
        s/\(data\|model\) [0-9a-f]\{32\}$/\1 .../'
}
csv train.csv 60 8
ingest -q train.csv -o train.st.zst
split -q train.st.zst --part a.st.zst=rest --part b.st.zst=20%

echo '-- by default'
fit -q a.st.zst --epochs 1 --arch 'conv 4 3x3, batchnorm, relu, maxpool 2, flatten, linear' -o m.st.zst
seen show m.st.zst
echo '-- otherwise, validated'
fit -q a.st.zst --val b.st.zst --eval again=b.st.zst --arch mlp-20 --epochs 40 --optimizer adamw \
    --lr 0.01 --schedule exponential --keep best --class-weights 1,2,1 --label-smoothing 0.1 -o n.st.zst
seen show n.st.zst
echo '-- every default is one'
fit -q a.st.zst -o d.st.zst
run show d.st.zst | sed -n '/^settings/,/^$/p'
fit -q a.st.zst --optimizer adamw --schedule step --step-epochs 2 --arch linear -o d.st.zst
run show d.st.zst | sed -n '/^settings/,/^$/p'
fit -q a.st.zst --epochs 0 --arch linear -o d.st.zst
run show d.st.zst | tail -n 2
echo '-- blocks of branches'
fit -q a.st.zst --epochs 1 --arch 'conv 4 3x3 pad 1, residual, conv 6 3x3 stride 2 pad 1, batchnorm, relu, residual, conv 6 1x1, add, shortcut, conv 6 1x1 stride 2 nobias, add, relu, flatten, linear' \
    -o d.st.zst
seen show d.st.zst
show -q d.st.zst --json d.json >d.txt
python3 -c 'import json; print([layer["layer"] for layer in json.load(open("d.json"))["network"]["layers"]])'
echo '-- as JSON'
show -q n.st.zst --json n.json >n.txt
python3 - <<'END'
import json
n = json.load(open("n.json"))
print(sorted(n), n["kind"], n["classes"], n["settings"]["lr"], len(n["epochs"]))
print(n["network"])
END
echo '-- a checkpoint'
/usr/bin/python3 -B "$CSVNET_TOP/tests/support/interrupt.py" INT 600 fit a.st.zst --val b.st.zst --arch linear \
    --epochs 10000 --log-every 1 --keep best --checkpoint c -o x.st.zst >/dev/null 2>&1
seen show c | sed 's/^stopped in epoch [0-9]* after [0-9]* batch.*all$/stopped .../
    s/^of that epoch: .*/of that epoch .../; s/^best epoch .*/best epoch .../' | head -n 16
show -q c --json c.json >c.txt && python3 -c '
import json
c = json.load(open("c.json"))
print(sorted(c), c["kind"], c["architecture"], c["epoch"] >= 2, c["best"]["epoch"] >= 1)'
echo '-- tensors without metadata'
zstd -qdc m.st.zst >m.safetensors
seen show m.safetensors | head -n 3
/usr/bin/python3 -B - <<'END'
import sys
sys.path.insert(0, __import__("os").environ["CSVNET_TOP"] + "/fixtures")
import numpy, plain_safetensors
tensors = {"scalar": numpy.array(7, numpy.int64), "empty": numpy.zeros((0, 4), numpy.uint8)}
plain_safetensors.write("plain", tensors)
plain_safetensors.write("bell", tensors | {"a\u0007b": numpy.zeros((2, 3), numpy.float32)})
END
run show plain
run show bell
