# The page of a report: whole, strict, harmless, readable, and its figures those of the files.
python=${PYTHON:-/usr/bin/python3}
page() { $python -B "$CSVNET_TOP/tests/support/report_page.py" "$@"; }
csv train.csv 300 8
# labels that the pictures do not tell in every fifth row
awk -F, -v OFS=, 'NR > 1 && NR % 5 == 0 { $1 = (NR / 5) % 3 } { print }' train.csv >noisy.csv
cut -d , -f 2- train.csv >test.csv
printf '0,"<script>alert(1)</script>"\n1,"a ""quoted"" & long, long, long name"\n2,"</svg>\047漢字"\n' >names.csv
ingest -q noisy.csv --names names.csv -o all.st.zst --json all.json
split -q all.st.zst --part train.st.zst=rest --part val.st.zst=40% --json split.json
ingest -q test.csv --like all.st.zst -o test.st.zst --json test.json
fit -q train.st.zst --val val.st.zst --arch linear --lr 0.01 --epochs 4 -o a.model.st.zst --history a.jsonl
fit -q train.st.zst --val val.st.zst --arch 'flatten, linear 9, relu, linear' --lr 0.01 --epochs 3 \
    --log-every 2 --eval-every 2 --seed 2 -o b.s2.model.st.zst --history b.jsonl
predict -q val.st.zst a.model.st.zst b.s2.model.st.zst -o val.pred.st.zst --json val.json
predict -q test.st.zst a.model.st.zst b.s2.model.st.zst -o test.pred.st.zst --json pred.json
whole="--data training=train.st.zst --data validation=val.st.zst --data test=test.st.zst
    --model a.model.st.zst --model b.s2.model.st.zst --pred validation=val.pred.st.zst --pred test=test.pred.st.zst
    --history a.jsonl --history b.jsonl --stage all.json --stage split.json --stage test.json --stage val.json
    --stage pred.json"

echo '-- all of a run'
report -q -o r.html --heading 'A <title> & "more"' $whole
page r.html val.json val.pred.st.zst
grep -o '<title>.*</title>' r.html
grep '^<p class="says">[0-9,]* rows\? of' r.html | sed 's/<[^>]*>//g'
grep -c 'alert(1)</script>' r.html
grep -o '<h[23]>[^<]*' r.html | sed 's/<h2>/== /; s/<h3>/-- /'
echo '-- the same bytes'
report -q -o r3.html --heading 'A <title> & "more"' $whole --threads 3
cmp r.html r3.html && echo same
CSVNET_KERNELS=baseline report -q -o rk.html --heading 'A <title> & "more"' $whole
cmp r.html rk.html && echo same
report -q -o - --heading 'A <title> & "more"' $whole | cmp r.html - && echo same
echo '-- the data alone, before any training'
run report -o d.html --data training=train.st.zst --json d.json | sed 's/[0-9]* kB/N kB/'
page d.html
$python -c 'import json; d = json.load(open("d.json")); print(sorted(d), d["bytes"] == len(open("d.html", "rb").read()))'
echo '-- models without predictions, and predictions without models'
report -q -o m.html --data training=train.st.zst --model a.model.st.zst
page m.html
report -q -o p.html --data validation=val.st.zst --pred validation=val.pred.st.zst
page p.html
echo '-- a model that trained on the rows it is scored on'
predict -q train.st.zst a.model.st.zst -o train.pred.st.zst
report -q -o t.html --data training=train.st.zst --model a.model.st.zst --pred training=train.pred.st.zst
grep -o '<strong>.* new rows' t.html
echo '-- a trial says so'
fit -q train.st.zst --arch linear --epochs 1 --trial -o try.model.st.zst
report -q -o try.html --data training=train.st.zst --model a.model.st.zst --model try.model.st.zst
grep -o 'A trial<.*' try.html
grep -c 'A trial<' m.html
echo '-- two rows; pictures in colour and in floats'
head -n 3 noisy.csv >two.csv
ingest -q two.csv --like all.st.zst -o two.st.zst
predict -q two.st.zst a.model.st.zst -o two.pred.st.zst
report -q -o two.html --data two=two.st.zst --model a.model.st.zst --pred two=two.pred.st.zst
page two.html
awk -F, 'NR == 1 { print } NR > 1 { printf "%s", $1; for (i = 2; i <= NF; i++) printf ",%.3f", $i / 300; print "" }' \
    train.csv >floats.csv
awk 'BEGIN { printf "label"; for (i = 0; i < 48; i++) printf ",pixel%d", i; print ""
    for (r = 0; r < 9; r++) { printf "%d", r % 2; for (i = 0; i < 48; i++) printf ",%d", (r * i) % 256; print "" } }' >rgb.csv
ingest -q floats.csv --dtype f32 -o floats.st.zst
ingest -q rgb.csv --shape 3x4x4 --channels first -o rgb.st.zst
report -q -o floats.html --data floats=floats.st.zst && page floats.html | grep pictures
report -q -o rgb.html --data rgb=rgb.st.zst && page rgb.html | grep pictures
echo '-- a history with figures that no axis can hold, or none, or of another kind'
for value in 1e308 -1e308 1e-320 -5 null '"<b>"' '[]'; do
    sed "s|\"loss\":[0-9.e-]*|\"loss\":$value|; s|\"step\":[0-9]*|\"step\":$value|; s|\"rows\":[0-9]*|\"rows\":$value|
        s|\"seconds\":[0-9.e-]*|\"seconds\":$value|; s|_per_second\":[0-9.e+-]*|_per_second\":$value|" b.jsonl >odd.jsonl
    timeout 300 report -q -o odd.html --data training=train.st.zst --model b.s2.model.st.zst --history odd.jsonl &&
        page odd.html | grep 'numbers in' && grep -c '<b>' odd.html
done
echo '-- forty classes in small cells'
csv forty.csv 400 4 40
ingest -q forty.csv -o forty.st.zst
fit -q forty.st.zst --arch linear --epochs 20 --lr 0.05 -o forty.model.st.zst
predict -q forty.st.zst forty.model.st.zst -o forty.pred.st.zst --json forty.json
report -q -o forty.html --data training=forty.st.zst --model forty.model.st.zst --pred training=forty.pred.st.zst
page forty.html forty.json forty.pred.st.zst | tail -n 9
grep -o '<table class="matrix small">' forty.html
echo '-- many classes: none is left out of the matrix up to 64, the worst hundred of the classes'
csv many.csv 600 4 130
ingest -q many.csv -o many.st.zst
fit -q many.st.zst --arch linear --epochs 1 -o many.model.st.zst
predict -q many.st.zst many.model.st.zst -o many.pred.st.zst
report -q -o many.html --data training=many.st.zst --model many.model.st.zst --pred training=many.pred.st.zst
page many.html | grep pictures
grep -o '[0-9]* classes are too many to show one' many.html
echo '-- large pictures are made smaller, so that the page stays below 2 MB'
awk 'BEGIN { srand(1); for (r = 0; r < 12; r++) { printf "%d", r % 2; for (i = 0; i < 320 * 320; i++) printf ",%d", rand() * 256; print "" } }' >large.csv
ingest -q large.csv --header no --label 1 -o large.st.zst
report -q -o large.html --data a=large.st.zst && page large.html | grep pictures
[ "$(wc -c <large.html)" -lt 2000000 ] && echo small
echo '-- two predictions of one data set, side by side'
predict -q val.st.zst a.model.st.zst -o one.pred.st.zst
predict -q val.st.zst b.s2.model.st.zst -o two.pred.st.zst
report -q -o s.html --data v=val.st.zst --pred v=one.pred.st.zst --pred v=two.pred.st.zst
page s.html
compare -q one.pred.st.zst two.pred.st.zst --json c.json
cat >sides.py <<'END'
import json, re, xml.etree.ElementTree as ElementTree
c = json.load(open("c.json"))
source = open("s.html").read().replace("<!DOCTYPE html>\n", "")
table = next(t for t in ElementTree.fromstring(source).iter("table") if t.get("class") == "sides")
text = lambda element: "".join(element.itertext())
rows = {text(row.find("th")): [text(cell) for cell in row.findall("td")] for row in table.find("tbody")}
print([text(cell) for cell in table.find("thead").iter("th")], rows["right here alone"][1] == str(c["second_only"]),
      rows["right in the first alone"][1] == str(c["first_only"]), rows["p (McNemar's test)"][1].startswith(f"{c['p']:.2g}: "),
      [cell.startswith(f"{100 * a:.2f} %") for cell, a in zip(rows["accuracy"], c["accuracy"])])
END
run $python sides.py
echo '-- without labels only their agreement'
predict -q test.st.zst a.model.st.zst -o one.test.st.zst
predict -q test.st.zst b.s2.model.st.zst -o two.test.st.zst
report -q -o u.html --data t=test.st.zst --pred t=one.test.st.zst --pred t=two.test.st.zst
compare -q one.test.st.zst two.test.st.zst --json u.json
$python -c '
import json, re
u = json.load(open("u.json"))
table = re.search(r"<table class=.sides.>.*?</table>", open("u.html").read(), re.S).group()
print(re.findall(r"scope=.row.>([^<]*)", table), "<td>%d (" % u["alike"] in table)'
echo '-- names that begin alike, or are long'
printf '0,grayscale picture of a cat\n1,grayscale picture of a dog\n2,grayscale picture of an old sailing ship\n' >alike.csv
ingest -q noisy.csv --names alike.csv -o alike.st.zst
fit -q alike.st.zst --arch linear --epochs 1 -o n.model.st.zst
predict -q alike.st.zst n.model.st.zst -o n.pred.st.zst
report -q -o n.html --data t=alike.st.zst --pred t=n.pred.st.zst
page n.html
cat >names.py <<'END'
import xml.etree.ElementTree as ElementTree
source = open("n.html").read().replace("<!DOCTYPE html>\n", "")
page = ElementTree.fromstring(source)
text = lambda element: "".join(element.itertext())
print(sorted({text(b) for b in page.iter("bdi")} - {"t"}))
END
run $python names.py
echo '-- the curve of what --keep went by'
fit -q train.st.zst --val val.st.zst --arch linear --epochs 3 --keep best-macro-f1 -o f.model.st.zst 2>/dev/null
report -q -o f.html --data t=train.st.zst --model f.model.st.zst
page f.html >/dev/null
for file in n.html f.html; do
    grep -c 'aria-label="macro F1"' $file
done
