# Weights of another network: other classes, frozen layers, and a checkpoint in place of a model.
python=${PYTHON:-/usr/bin/python3}
csv old.csv 60
csv five.csv 60 4 5
csv more.csv 90 && { head -n 1 more.csv; tail -n 30 more.csv; } >held.csv
awk -F, -v OFS=, '{ if (NR > 1) $1 = "class" $1; print }' old.csv >named.csv
awk -F, -v OFS=, '{ if (NR > 1) $1 = 2 - $1; print }' old.csv >turned.csv
for name in old five held named turned; do ingest -q $name.csv -o $name.st.zst; done
arch='conv 4 3x3, batchnorm, relu, flatten, linear 6, relu, linear'
fit -q old.st.zst --arch "$arch" --lr 0.01 --epochs 9 -o base.st.zst
# begins DATA OPTIONS: what is said of the beginning, and the first loss
begins()
{
    echo "\$ fit $*"
    fit "$@" --from base.st.zst --batch 60 --epochs 1 -o m.st.zst >.said 2>&1
    echo "status $?"
    sed -n '/initial weights/p; /stay as/p; /learning rate of/p; /--/p; s/\(loss [0-9.]*\),.*/\1/p' .said
}
echo '-- the last layer begins anew for other classes, at the loss of guessing'
begins old.st.zst
begins five.st.zst
begins named.st.zst
begins named.st.zst --same-classes
begins turned.st.zst
begins five.st.zst --same-classes
begins five.st.zst --arch "$arch"
predict -q five.st.zst m.st.zst -o p.st.zst && echo predicted

echo '-- bare weights have no names: their number tells'
zstd -qdc base.st.zst >base.safetensors
$python - <<'END'
import json
raw = open("base.safetensors", "rb").read()
size = int.from_bytes(raw[:8], "little")
header = json.loads(raw[8:8 + size])
del header["__metadata__"]
text = json.dumps(header).encode()
text += b" " * (-len(text) % 8)
open("bare.safetensors", "wb").write(len(text).to_bytes(8, "little") + text + raw[8 + size:])
END
fit five.st.zst --from bare.safetensors --arch "$arch" --epochs 0 -o m.st.zst 2>&1 | grep 'initial weights'
fit named.st.zst --from bare.safetensors --arch "$arch" --epochs 0 -o m.st.zst 2>&1 | grep 'initial weights'

echo '-- frozen layers stay to the byte, statistics too'
begins five.st.zst --freeze all-but-last
for freeze in all-but-last 5 2; do
    fit -q five.st.zst --from base.st.zst --freeze $freeze --epochs 3 --batch 7 -o m.st.zst
    echo "$freeze:"
    for tensor in 0.weight 1.weight 1.running_mean 4.weight 6.weight; do
        $python -B "$CSVNET_TOP/tests/support/tensors.py" base.st.zst $tensor | grep "^$tensor " >a
        $python -B "$CSVNET_TOP/tests/support/tensors.py" m.st.zst $tensor | grep "^$tensor " >b
        cmp -s a b && echo "$tensor stays"
    done
done
show m.st.zst | grep -e '^ *freeze'
begins old.st.zst --from-lr 0.1
fit old.st.zst --freeze all-but-last -o m.st.zst 2>&1 | head -n 1
for freeze in 0 7 some 3x ''; do
    fit old.st.zst --from base.st.zst --freeze "$freeze" -o m.st.zst 2>&1 | head -n 1
done

echo '-- a checkpoint is a model of where it stopped'
long="old.st.zst --val held.st.zst --arch linear --batch 1 --lr 0.01 --epochs 3000"
$python $CSVNET_TOP/tests/support/interrupt.py INT 60 fit $long --log-every 1 --checkpoint c -o never.st.zst >.said 2>&1
tail -n 1 .said
fit -q old.st.zst --from c --epochs 0 -o m.st.zst && predict -q old.st.zst m.st.zst -o a.st.zst
run predict old.st.zst c -o b.st.zst | sed "s/checkpoint of epoch [0-9]* of/checkpoint of epoch N of/; s/, loss.*//" | grep -e "checkpoint of" -e "accuracy"
for file in a b; do $python -B "$CSVNET_TOP/tests/support/tensors.py" $file.st.zst probabilities >$file; done
cmp a b && echo 'the same probabilities'
for option in '--ema 0.9' '--keep best'; do
    $python $CSVNET_TOP/tests/support/interrupt.py INT 900 fit $long $option --log-every 1 --checkpoint c -o never.st.zst >.said 2>&1
    predict old.st.zst c -o b.st.zst 2>&1 |
        sed -n 's/checkpoint of epoch [0-9]*/checkpoint of epoch N/p; s/accuracy.*/scored/p'
done

echo '-- blocks of branches, whose tensors are named as modules in modules'
block='conv 4 3x3 pad 1, residual, conv 6 3x3 pad 1, batchnorm, relu, shortcut, conv 6 1x1, add, relu, flatten, linear'
fit -q old.st.zst --arch "$block" --lr 0.01 --epochs 2 -o base.st.zst
begins five.st.zst
fit -q five.st.zst --from base.st.zst --freeze 5 --epochs 3 --batch 7 -o m.st.zst
for tensor in 0.weight 1.body.0.weight 1.body.1.running_mean 1.shortcut.0.weight 4.weight; do
    $python -B "$CSVNET_TOP/tests/support/tensors.py" base.st.zst $tensor | grep "^$tensor " >a
    $python -B "$CSVNET_TOP/tests/support/tensors.py" m.st.zst $tensor | grep "^$tensor " >b
    cmp -s a b && echo "$tensor stays"
done
fit old.st.zst --from base.st.zst --arch "${block% flatten*} conv 5 1x1, flatten, linear" -o m.st.zst
fit five.st.zst --from base.st.zst --arch "${block% relu, shortcut*} shortcut${block#*shortcut}" --epochs 0 -o m.st.zst 2>&1 |
    grep 'initial weights'
