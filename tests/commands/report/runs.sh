# The runs before those of the page: which got better, on the same rows, and when.
csv train.csv 300 8
awk -F, -v OFS=, 'NR > 1 && NR % 5 == 0 { $1 = (NR / 5) % 3 } { print }' train.csv >noisy.csv
ingest -q noisy.csv -o all.st.zst
split -q all.st.zst --part train.st.zst=rest --part val.st.zst=40%
digest() { sed -n 's/.*"event":"end".*"model":"\([0-9a-f]*\)".*/\1/p' "$1"; }
# run TIME NAME ROWS WRONG DIGEST OPTIONS ...: a line as make writes it
run_line()
{
    printf '{"time":"%s","name":"%s","fit":"%s","options":"%s","seed":1,"fold":null,"rows":180,"epochs":1,"val_loss":0.5,' \
        "$1" "$2" "$2" "$6"
    printf '"val_accuracy":0.5,"val_digest":"%s0000000000000000000000000000","val_rows":120,"val_wrong":%d,"seconds":1.5,"digest":"%s"}\n' \
        "$3" "$4" "$5"
}
fit -q train.st.zst --val val.st.zst --arch linear --epochs 1 -o a.model.st.zst --history a.jsonl 2>/dev/null
fit -q train.st.zst --val val.st.zst --arch linear --epochs 2 --lr 0.01 -o b.model.st.zst --history b.jsonl 2>/dev/null
a=$(digest a.jsonl) b=$(digest b.jsonl)
{
    run_line 2026-01-30T08:00:00Z a aaaa 60 1 '--epochs 3'
    run_line 2026-01-31T09:30:00Z a aaaa 40 2 '--lr 1 <b>&'
    run_line 2026-02-01T09:30:00Z a bbbb 5 3 ''
    run_line 2026-02-02T10:45:12Z a aaaa 30 "$a" '--arch linear'
    run_line 2026-02-02T10:45:13Z b aaaa 31 "$b" '--arch linear'
    run_line 2026-02-03T00:00:00Z a aaaa 1 5 'after it'
} >runs.jsonl
text() { sed 's/<[^>]*>/ /g; s/  */ /g; s/&lt;/</g; s/&amp;/\&/g'; }
page="--data train=train.st.zst --model a.model.st.zst --model b.model.st.zst"
echo '-- what got better, and when they were trained'
report -q -o r.html $page --runs runs.jsonl
grep -e 'trained until' -e 'on validation,' r.html | text
echo '-- the table, the latest first: change, rows by letters, the best of each rows'
sed -n '/<section id="runs">/,/<\/section>/p' r.html | grep -e '<tr' -e 'class="says"' | text
sed -n '/<section id="runs">/,/<\/section>/p' r.html | grep -c '<tr class="sum">'
echo '-- as many wrong as before, and a change that may be chance'
sed 's/"val_wrong":30,/"val_wrong":40,/' runs.jsonl >same.jsonl
report -q -o s.html $page --runs same.jsonl
grep 'on validation,' s.html | text
sed 's/"val_wrong":30,/"val_wrong":42,/' runs.jsonl >worse.jsonl
report -q -o s.html $page --runs worse.jsonl
grep 'on validation,' s.html | text
echo '-- the first run'
grep "$a" runs.jsonl >first.jsonl
report -q -o f.html $page --runs first.jsonl
grep -c 'on validation,' f.html
echo '-- more than ten: the earlier ones are folded away'
for i in 1 2 3 4 5 6 7 8 9; do run_line "2025-01-0${i}T00:00:00Z" a aaaa "$i" "9$i" ''; done | cat - runs.jsonl >many.jsonl
report -q -o m.html $page --runs many.jsonl
sed -n '/<section id="runs">/,/<\/section>/p' m.html | grep -c '<tr'
sed -n '/<section id="runs">/,/<\/section>/p' m.html | grep -o '<summary>.*</summary>'
echo '-- figures and texts that make does not write'
printf '{"fit":"a","name":"</table>","time":"\\"<i>","options":7,"val_accuracy":1e308,"val_wrong":-1,"epochs":"x"}\n{"fit":""}\n' >odd.jsonl
report -q -o o.html --data train=train.st.zst --runs odd.jsonl && sed -n '/<section id="runs">/,/<\/section>/p' o.html | grep '<tr' | text
${PYTHON:-/usr/bin/python3} -B "$CSVNET_TOP/tests/support/report_page.py" o.html | grep handlers
echo '-- what is no record of runs, or not there'
run report -o n.html --data train=train.st.zst --runs a.jsonl
run report -o n.html --data train=train.st.zst --runs none.jsonl
run report -o runs.jsonl --data train=train.st.zst --runs runs.jsonl
ls n.html
echo '-- each model of many alone, on one scale'
models=
for lr in 0.001 0.01 0.1 0.2; do
    fit -q train.st.zst --val val.st.zst --arch linear --epochs 2 --lr $lr -o "lr$lr.model.st.zst" --history "lr$lr.jsonl" 2>/dev/null
    models="$models --model lr$lr.model.st.zst --history lr$lr.jsonl"
done
report -q -o r.html --data train=train.st.zst $models
sed -n '/Accuracy of each/,/<\/div>$/p' r.html | grep -o -e '<h3>[^<]*' -e 'lr0[.0-9]*' | uniq
