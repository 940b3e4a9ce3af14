# The lines to copy make the same models again; folds and seeds of one name share a line.
csv train.csv 90 8
ingest -q train.csv -o all.st.zst
mkdir "it's here"
split -q all.st.zst --part "it's here/a part.st.zst=rest" --part val.st.zst=30%
fit_one() { name=$1; shift; fit -q "it's here/a part.st.zst" "$@" -o "$name.model.st.zst" --history "$name.jsonl" 2>/dev/null; }
fit_one a --arch linear --epochs 2
fit_one b --val val.st.zst --arch 'flatten, linear 9, relu, linear' --lr 0.01 --epochs 3 --seed 7 --keep best
fit_one c --val val.st.zst --arch smallcnn --epochs 1 --augment 'shift 1, rotate 5' --schedule one-cycle --class-weights 1,2,3
report -q -o r.html --data "train=it's here/a part.st.zst" --data val=val.st.zst --model a.model.st.zst --model b.model.st.zst \
    --model c.model.st.zst --history a.jsonl --history b.jsonl --history c.jsonl
cat >lines.py <<'END'
import sys, xml.etree.ElementTree as ElementTree
page = ElementTree.fromstring(open(sys.argv[1]).read().replace("<!DOCTYPE html>\n", ""))
for line in page.iter("pre"):
    print("".join(line.itertext()))
END
lines() { ${PYTHON:-/usr/bin/python3} -B lines.py "$1"; }
lines r.html
echo '-- run as they stand'
mkdir was && mv ./*.model.st.zst was
csvnet() { "$@"; }
lines r.html >lines.txt
while read -r line; do eval "$line" 2>/dev/null </dev/null; done <lines.txt
for name in a b c; do cmp "$name.model.st.zst" "was/$name.model.st.zst" && echo "$name: the same"; done
echo '-- folds and seeds'
for fold in 1 2; do
    for seed in 1 2; do
        fit -q all.st.zst --arch linear --epochs 1 --fold $fold/2 --seed $seed -o n.s$seed.f$fold.model.st.zst 2>/dev/null
    done
done
fit -q all.st.zst --arch linear --epochs 2 --fold 2/2 --seed 3 -o n.s3.f2.model.st.zst 2>/dev/null
report -q -o f.html --data all=all.st.zst $(printf -- '--model %s ' n.*.model.st.zst)
lines f.html
echo '-- data that the page does not have'
report -q -o d.html --data val=val.st.zst --model a.model.st.zst
lines d.html
