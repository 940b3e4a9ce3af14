# Data and files that fit refuses, with its exit status; an old model stays as it was.
python=${PYTHON:-/usr/bin/python3}
csv train.csv 60
csv wide.csv 60 5
csv four.csv 60 4 4
sed '1s/pixel/p/g' train.csv >renamed.csv
sed 's/^1,/7,/' train.csv >classes.csv
cut -d , -f 2- train.csv >test.csv
for data in train wide four renamed classes; do ingest -q $data.csv -o $data.st.zst; done
ingest -q test.csv --label none -o test.st.zst
fit -q train.st.zst --arch linear --epochs 1 -o a.st.zst
predict -q train.st.zst a.st.zst -o pred.st.zst
echo old >m.st.zst
try()
{
    run fit "$@" --arch linear --epochs 1 -o m.st.zst
}

echo '-- data'
try test.st.zst
try a.st.zst
try pred.st.zst
try train.csv
try missing.st.zst
try .
head -c 300 train.st.zst >cut.st.zst
try cut.st.zst
try train.st.zst wide.st.zst
try train.st.zst test.st.zst
try train.st.zst --val wide.st.zst
try train.st.zst --val four.st.zst
try train.st.zst --val classes.st.zst
try train.st.zst --val renamed.st.zst
try train.st.zst --val test.st.zst
try train.st.zst --val missing.st.zst
try train.st.zst --eval more=renamed.st.zst
try train.st.zst --eval more=a.st.zst
csv few.csv 4 4 2
ingest -q few.csv -o few.st.zst
run fit few.st.zst --arch linear --fold 3/100 -o m.st.zst
awk 'NR == 1 { print } NR > 1 { print NR % 2 ",9,9,9,9" }' OFS=, few.csv | sed '1s/.*/label,a,b,c,d/' >flat.csv
ingest -q flat.csv -o flat.st.zst
try flat.st.zst --std auto

echo '-- outputs'
run fit train.st.zst --arch linear -o train.st.zst
run fit train.st.zst --arch linear -o m.st.zst --history train.st.zst
run fit train.st.zst --arch linear -o m.st.zst --val four.st.zst --checkpoint four.st.zst
run fit train.st.zst --from a.st.zst -o a.st.zst
run fit train.st.zst --arch linear -o missing/m.st.zst
run fit train.st.zst --arch linear -o .
run fit train.st.zst --arch linear -o m.st.zst --history missing/h
run fit train.st.zst --arch linear -o m.st.zst --checkpoint missing/c
run fit train.st.zst --arch linear -o m.st.zst --checkpoint /dev/null
run fit train.st.zst --arch linear -o m.st.zst --checkpoint -
run fit train.st.zst --arch linear -o m.st.zst --checkpoint a.st.zst
echo thesis >thesis.txt
run fit train.st.zst --arch linear -o m.st.zst --checkpoint thesis.txt
run fit train.st.zst --arch linear -o m.st.zst --checkpoint thesis.txt --resume -q
run fit train.st.zst --arch linear -o m.st.zst --checkpoint train.csv
cat thesis.txt
run fit train.st.zst --arch linear --epochs 1 -q -o /dev/full
# the model is whole; what could not be written makes the status
run fit train.st.zst --arch linear --epochs 1 -q -o full.st.zst --history /dev/full
run fit train.st.zst --arch linear --epochs 1 -q -o full.st.zst --json /dev/full

echo '-- networks and recipes'
printf 'conv 3 9x9\nlinear\n' >big.net
printf '# no layer\n' >empty.net
printf -- '--lr 0.1\nlinear\n' >options.net
printf -- '--lr fast\nlinear\n' >lr.recipe
printf -- '--recipe smallcnn\n' >twice.recipe
printf 'linear\0\n' >nul.net
for net in big.net empty.net options.net nul.net a.st.zst .; do
    run fit train.st.zst --arch $net -o m.st.zst
done
for recipe in lr.recipe twice.recipe .; do
    run fit train.st.zst --recipe $recipe -o m.st.zst
done
for words in '--history h' '--json=h' '--epochs 1 --checkpoint h' '--depend h' '-o h' '--lr 0.1 -oh' '--hist h' \
    '--val train.st.zst' '--from a.st.zst' '--eval a=train.st.zst' '--lr 0.1 train.st.zst' '-- h' '--no-such'; do
    printf 'linear\n--lr 0.5 %s\n' "$words" >evil.recipe
    run fit train.st.zst --recipe ./evil.recipe -o m.st.zst
done
ls h 2>&1

echo '-- weights to begin with'
try train.st.zst --from missing.st.zst
try train.st.zst --from train.st.zst
run fit wide.st.zst --from a.st.zst -o m.st.zst
run fit train.st.zst --arch 'flatten, linear 5, relu, linear' --from a.st.zst -o m.st.zst
run fit train.st.zst --from a.st.zst --mean 0.5 -o m.st.zst
printf 'PK\003\004......................\020\000..weights/data.pkl' >weights.pth
run fit train.st.zst --arch "flatten, residual, linear 5, add, linear" -o m.st.zst
run fit train.st.zst --arch "conv 4 3x3 pad 1, residual, conv 8 3x3 stride 2 pad 1, shortcut, conv 8 1x1, add, flatten, linear" -o m.st.zst
run fit train.st.zst --arch linear --from weights.pth -o m.st.zst
printf '\200\002}q\000.' >old.pth
run fit train.st.zst --arch linear --from old.pth -o m.st.zst 2>&1 | head -n 2
printf 'PK\003\004 and so on' >z.zip
run fit train.st.zst --arch linear --from z.zip -o m.st.zst
run show z.zip
cat >bare.py <<'END'
# Bare safetensors, as PyTorch's users write them: no metadata, not compressed.
import json, struct, sys
import numpy as np

def write(path, tensors):
    header, data = {}, b""
    for name, t in tensors.items():
        begin = len(data)
        data += t.tobytes()
        header[name] = {"dtype": {"f2": "F16", "f4": "F32", "f8": "F64", "i8": "I64"}[t.dtype.str[1:]],
                        "shape": list(t.shape), "data_offsets": [begin, len(data)]}
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    open(path, "wb").write(struct.pack("<Q", len(text)) + text + data)

weight, bias = np.ones((3, 16), "<f4"), np.zeros(3, "<f4")
write("bare.safetensors", {"0.weight": weight, "0.bias": bias})
write("short.safetensors", {"0.weight": weight})
write("more.safetensors", {"0.weight": weight, "0.bias": bias, "2.weight": weight})
write("double.safetensors", {"0.weight": weight.astype("<f8"), "0.bias": bias})
write("shape.safetensors", {"0.weight": np.ones((3, 4, 4), "<f4"), "0.bias": bias})
write("nan.safetensors", {"0.weight": weight * np.float32("nan"), "0.bias": bias})
write("wrapped.safetensors", {"module.0.weight": weight, "module.0.bias": bias})
write("named.safetensors", {"fc.weight": weight, "fc.bias": bias})
write("half.safetensors", {"0.weight": weight.astype("<f2"), "0.bias": bias})
write("turned.safetensors", {"0.weight": np.ascontiguousarray(weight.T), "0.bias": bias})
END
$python bare.py
run fit train.st.zst --from bare.safetensors -o m.st.zst
run predict train.st.zst bare.safetensors -o p.st.zst
for bare in short more double shape nan wrapped named half turned; do
    run fit train.st.zst --arch linear --from $bare.safetensors -o m.st.zst
done

echo '-- diverging'
run fit -q train.st.zst --arch linear --optimizer sgd --lr 1000 --weight-decay 100 --batch 16 \
    --schedule exponential --gamma 0.5 -o m.st.zst --history h --checkpoint c
echo '-- diverging in the very last step: no batch after it could tell'
# pixels so large that one step takes the weights out of a float's range, or the next outputs
awk -F, -v OFS=, 'NR > 1 { $1 = 1 - $1; for (i = 2; i <= NF; i++) $i *= 1e34 } { print }' few.csv >huge.csv
ingest -q huge.csv --dtype f32 -o huge.st.zst
head -n 4 huge.csv >part.csv
ingest -q part.csv --like huge.st.zst --dtype f32 -o part.st.zst
big='--arch linear --optimizer sgd --lr 1000 --epochs 1 --divisor 1'
run fit -q huge.st.zst $big -o m.st.zst
run fit -q huge.st.zst $big -o m.st.zst --val part.st.zst --history h
run fit -q huge.st.zst $big -o m.st.zst --eval more=huge.st.zst --eval-every 1

echo '-- data that changes during the run'
# while_running COMMAND...: done once fit has reported a step; its step lines fill a pipe many times
mkfifo lines
while_running()
{
    fit train.st.zst --val val.st.zst --arch linear --batch 1 --epochs 30 --log-every 1 -o m.st.zst 2>lines &
    exec 4<lines
    while read -r line <&4; do
        case $line in *step*) break ;; esac
    done
    "$@"
    tail -n 1 <&4 | timeless
    exec 4<&-
    wait $!
    echo "status $?"
}
head -n 20 train.csv | sed '2,$s/[0-9]*$/251/' >own.csv
ingest -q own.csv --like train.st.zst -o own.st.zst
cp own.st.zst val.st.zst
while_running cp few.st.zst val.st.zst
cp own.st.zst val.st.zst
while_running rm val.st.zst
cat m.st.zst
echo '-- copied anew, it is the same'
cp own.st.zst val.st.zst
cp own.st.zst copy.st.zst
while_running mv copy.st.zst val.st.zst
ls *.st.zst; ls h c 2>&1
echo '-- batch normalization of a vector needs several rows'
run fit train.st.zst --arch 'linear 5, batchnorm, relu, linear' --batch 1 -o m.st.zst
run fit train.st.zst --arch 'linear 5, batchnorm, relu, linear' --limit-rows 1 -o m.st.zst
run fit -q train.st.zst --arch 'linear 5, batchnorm, relu, linear' --batch 59 -o m.st.zst
echo '-- files of networks'
printf '# nothing\n\n' >empty.net
run fit -q train.st.zst --arch empty.net -o x.st.zst
run fit -q train.st.zst --recipe empty.net -o x.st.zst
printf '\357\273\277flatten, linear\r\n' >marked.net
printf '\357\273\277--epochs 1\r\nflatten, linear\r\n' >marked.recipe
run fit -q train.st.zst --arch marked.net --epochs 1 -o x.st.zst
run fit -q train.st.zst --recipe marked.recipe -o x.st.zst
