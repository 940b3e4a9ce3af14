# Models record which pictures they were trained on and which chose their epoch: fit says so of what
# it scores, predict of its data, by content.
python=${PYTHON:-/usr/bin/python3}
# 200 pictures, no two alike
awk 'BEGIN {
    printf "label"
    for (i = 0; i < 16; i++) printf ",pixel%d", i
    print ""
    for (r = 0; r < 200; r++) {
        printf "%d,%d,%d", r % 2, r, 255 - r
        for (i = 2; i < 16; i++) printf ",%d", (r * i * 37 + r % 2 * 90) % 256
        print ""
    }
}' >all.csv
ingest -q all.csv -o all.st.zst
split -q all.st.zst --part a.st.zst=rest --part b.st.zst=60
# the rows of a once more, in a CSV and a different order
{ head -n 1 all.csv; tail -n +120 all.csv | tac; } >again.csv
ingest -q again.csv --like all.st.zst -o again.st.zst
said()
{
    "$@" 2>&1 >/dev/null | grep -e 'these' -e 'recorded'
}
shown()
{
    predict "$1" $2 -o p.st.zst --json p.json 2>&1 | grep -e 'accuracy.*wrong' -e these -e recorded |
        sed 's/accuracy.*/accuracy/'
    $python -c 'import json; s = json.load(open("p.json"))
print([m["relation"]["kind"] for m in s["models"]], s["relation"])'
}
quick='--arch linear --epochs 2'
echo '-- validation: rows of the training, rows held back, both'
said fit all.st.zst --val b.st.zst $quick -o all.model.st.zst
said fit a.st.zst --val b.st.zst $quick -o a.model.st.zst
said fit a.st.zst --val again.st.zst --eval train=a.st.zst --eval b=b.st.zst $quick -o x.st.zst
said fit all.st.zst --limit-rows 100 --val b.st.zst $quick -o x.st.zst
said fit all.st.zst --fold 1/2 --keep best $quick -o 1.model.st.zst
said fit all.st.zst --fold 2/2 $quick -o 2.model.st.zst
echo '-- the training rows validate nothing'
run fit all.st.zst --val all.st.zst $quick -o x.st.zst
{ head -n 1 all.csv; tail -n +2 all.csv | tac; } >turned.csv
ingest -q turned.csv --like all.st.zst -o turned.st.zst
run fit all.st.zst --val turned.st.zst $quick -o x.st.zst
echo '-- pixels of another type are the same pictures'
ingest -q turned.csv --dtype f32 -o float.st.zst
split -q float.st.zst --part float-a.st.zst=150 --part float-b.st.zst=rest
run fit all.st.zst --val float.st.zst $quick -o x.st.zst
said fit all.st.zst --val float-b.st.zst $quick -o x.st.zst
said fit float-a.st.zst --val b.st.zst --eval all=all.st.zst $quick -o x.st.zst
shown float-b.st.zst all.model.st.zst
echo '-- predictions'
for model in all a; do
    for data in b again; do
        echo "$data by $model:"
        shown $data.st.zst $model.model.st.zst
    done
done
echo '-- several models, and one without a weight'
shown b.st.zst 'a.model.st.zst all.model.st.zst'
shown b.st.zst 'a.model.st.zst all.model.st.zst --weights 1,0'
echo '-- folds: one of them, and out of fold'
shown all.st.zst 1.model.st.zst
shown all.st.zst '1.model.st.zst 2.model.st.zst --oof'
echo '-- a model that began with another has seen what that has'
said fit again.st.zst --from a.model.st.zst --epochs 1 -o c.model.st.zst
shown a.st.zst c.model.st.zst
echo '-- no epoch trains on nothing'
said fit b.st.zst --from a.model.st.zst --epochs 0 -o none.model.st.zst
for data in a b; do
    shown $data.st.zst none.model.st.zst
done
echo '-- chosen by --patience'
said fit a.st.zst --val b.st.zst --patience 5 $quick -o d.model.st.zst
shown b.st.zst d.model.st.zst
echo '-- older models record nothing, but the data'
older()
{
    zstd -dc $1 | $python -c '
import json, struct, sys
data = sys.stdin.buffer.read()
size = struct.unpack("<Q", data[:8])[0]
header = json.loads(data[8:8 + size])
del header["__metadata__"]["seen"]
text = json.dumps(header, separators=(",", ":")).encode()
text += b" " * (-len(text) % 8)
sys.stdout.buffer.write(struct.pack("<Q", len(text)) + text + data[8 + size:])' >$2
}
older all.model.st.zst old.model.st.zst
older 1.model.st.zst old1.model.st.zst
older 2.model.st.zst old2.model.st.zst
shown all.st.zst old.model.st.zst
shown b.st.zst old.model.st.zst
shown all.st.zst 'old1.model.st.zst old2.model.st.zst --oof'
said fit a.st.zst --val b.st.zst --from old.model.st.zst --epochs 1 -o e.model.st.zst
echo '-- the record is no part of the content'
for model in all old; do explain $model.model.st.zst | grep content; done
echo '-- compare, show and the report say it too'
predict -q b.st.zst a.model.st.zst -o fair.st.zst
predict -q b.st.zst all.model.st.zst -o leak.st.zst
predict -q b.st.zst d.model.st.zst -o chose.st.zst
for p in fair leak chose; do
    compare $p.st.zst fair.st.zst --json c.json | grep these
    $python -c 'import json; print([r["kind"] for r in json.load(open("c.json"))["relation"]])'
    show $p.st.zst --json s.json | grep these
    $python -c 'import json; print(json.load(open("s.json"))["relation"]["kind"])'
    report -q --data b=b.st.zst --pred b=$p.st.zst -o r.html
    sed -n 's/.*strong>\(.*\)<.strong.*/\1/p' r.html
done
show d.model.st.zst | grep saw
show e.model.st.zst --json s.json | grep saw
$python -c 'import json; print(json.load(open("s.json"))["seen"])'
