# Augmentation and averaged weights as options: what is said and recorded, in recipes too, what they
# refuse, and that without them nothing is recorded.
csv train.csv 90 8
ingest -q train.csv -o train.st.zst
sed '2,$s/,[0-9]*$/,9/' train.csv >val.csv
ingest -q val.csv --like train.st.zst -o val.st.zst
arch='conv 4 3x3, batchnorm, relu, flatten, linear'
python=${PYTHON:-/usr/bin/python3}
settings()
{
    zstd -dc "$1" | $python -B -c '
import json, struct, sys
size = struct.unpack("<Q", sys.stdin.buffer.read(8))[0]
all = json.loads(json.loads(sys.stdin.buffer.read(size))["__metadata__"]["settings"])
print({k: v for k, v in all.items() if k in ("augment", "background", "plain_epochs", "ema")})'
}

echo '-- said and recorded'
run fit -v train.st.zst --arch "$arch" --epochs 3 --augment 'flip h,rotate 10, shift 2' --plain-epochs 1 \
    --ema 0.9 --val val.st.zst -o a.st.zst | timeless | grep -v -e network -e multiply -e 'loss'
settings a.st.zst
fit -q train.st.zst --arch "$arch" -o b.st.zst
settings b.st.zst
echo '-- nothing changed: nothing to do'
run fit -v train.st.zst --arch "$arch" --epochs 3 --augment 'shift 2, rotate 10.0, flip h' --plain-epochs 1 \
    --ema 0.9 --val val.st.zst -o a.st.zst --if-changed
echo '-- in a recipe, in quotes'
printf '%s\n' "--epochs 3 --augment 'shift 2, rotate 10, flip h'  # comment" '--plain-epochs 1 --ema 0.9' \
    'conv 4 3x3' 'batchnorm' 'relu' 'flatten' 'linear' >a.recipe
fit -q train.st.zst --recipe a.recipe --val val.st.zst -o c.st.zst
cmp a.st.zst c.st.zst && echo same
printf '%s\n' "--augment 'shift 2" linear >b.recipe
run fit -q train.st.zst --recipe b.recipe -o m.st.zst
fit -q train.st.zst --arch linear --epochs 2 --augment 'flip h alternate' -o w.st.zst
show w.st.zst | grep -e '^ *augment'
echo '-- the background is that of the corners'
awk -F, -v OFS=, 'NR > 1 { for (i = 2; i <= NF; i++) $i = i == 2 || i > NF - 9 ? 250 : $i } { print }' train.csv >white.csv
ingest -q white.csv -o white.st.zst
fit -q white.st.zst --arch linear --epochs 1 --augment 'shift 1' -o w.st.zst
settings w.st.zst
ingest -q white.csv --shape 4x4x4 --channels first -o channels.st.zst
fit -q channels.st.zst --arch 'flatten, linear' --epochs 1 --augment 'shift 1' -o w.st.zst
settings w.st.zst
echo '-- no epoch is left for it'
fit -q train.st.zst --arch linear --epochs 1 --augment 'shift 1' --plain-epochs 2 -o p.st.zst
echo '-- refused'
for spec in '' 'shift 2,' 'shift' 'shift 70' 'rotate 1 2' 'zoom 3' 'flip x' 'shift 1, shift 1'; do
    run fit train.st.zst --arch linear --augment "$spec" -o m.st.zst
done
run fit train.st.zst --arch linear --augment 'shift 8' -o m.st.zst
run fit train.st.zst --arch linear --plain-epochs 1 -o m.st.zst
run fit train.st.zst --arch linear --ema 1 -o m.st.zst
