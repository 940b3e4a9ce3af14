# Splits: sizes, classes, order, and that every row lands in exactly one part.
timeless() { sed 's/, [0-9.]* s$/, N s/'; }
# whole FILE PART...: whether the parts hold FILE's rows, each once and in order
whole() { /usr/bin/python3 -B "$CSVNET_TOP/tests/support/split_parts.py" "$@"; }

csv train.csv 1003 4 10
ingest -q train.csv -o train.st.zst
run split train.st.zst --part a.st.zst=70% --part b.st.zst=15% --part c.st.zst=15% | timeless
whole train.st.zst a.st.zst b.st.zst c.st.zst
run split train.st.zst -p a.st.zst=70% -p b.st.zst=100 -p c.st.zst=rest --seed 2 | timeless
whole train.st.zst a.st.zst b.st.zst c.st.zst
run split train.st.zst -p a.st.zst=500 -p b.st.zst=503 --no-stratify | timeless
whole train.st.zst a.st.zst b.st.zst

echo "# The same seed gives the same bytes, another seed other rows"
split -q train.st.zst -p a.st.zst=50% -p b.st.zst=50% --threads 1
split -q train.st.zst -p c.st.zst=50% -p d.st.zst=50% --threads 3
split -q train.st.zst -p e.st.zst=50% -p f.st.zst=50% --seed 2
cmp a.st.zst c.st.zst && cmp b.st.zst d.st.zst && echo "the same bytes"
cmp -s a.st.zst e.st.zst || echo "other bytes"
split -q - -p c.st.zst=50% -p d.st.zst=50% <train.st.zst
whole train.st.zst c.st.zst d.st.zst

echo "# Without labels; with ids; a class that a part lacks; long names"
printf 'id,p0\n' >ids.csv
awk 'BEGIN { for (i = 0; i < 20; i++) print i * 3 "," i }' >>ids.csv
ingest -q ids.csv -o ids.st.zst
run split ids.st.zst -p a.st.zst=25% -p b.st.zst=rest | timeless
whole ids.st.zst a.st.zst b.st.zst
printf 'label,p0\n' >rare.csv
awk 'BEGIN { for (i = 0; i < 40; i++) print (i == 7 ? "once" : "often") "," i }' >>rare.csv
ingest -q rare.csv -o rare.st.zst
run split rare.st.zst -p a.st.zst=90% -p a-part-with-a-name-of-some-length.st.zst=10% | timeless
whole rare.st.zst a.st.zst a-part-with-a-name-of-some-length.st.zst
printf 'label,p0\n' >letters.csv
awk 'BEGIN { for (i = 0; i < 2600; i++) printf "%c,%d\n", 65 + i % 26, i % 256 }' >>letters.csv
ingest -q letters.csv -o letters.st.zst
run split letters.st.zst -p a.st.zst=80% -p b.st.zst=20% --json counts.json | timeless
/usr/bin/python3 -c 'import json; d = json.load(open("counts.json")); print(d["rows"], d["stratified"], [(p["file"], p["rows"], p["classes"]["Z"]) for p in d["parts"]])'
echo '-- no more than so many rows: of each class its share, from the whole file'
csv many.csv 900 4 3
ingest -q many.csv -o many.st.zst
run split many.st.zst --part c.st.zst=rest --part d.st.zst=20% --draw 100 | sed 's/, [0-9.]* s$//'
run split many.st.zst --part c.st.zst=rest --draw 5000 | sed 's/, [0-9.]* s$//'
run split many.st.zst --part c.st.zst=60 --part d.st.zst=10% --draw 50

echo '-- classes of one row each: of the larger part, others held back with each seed; ten warnings and a count'
awk 'BEGIN { print "label,p0"; for (i = 0; i < 100; i++) print (i < 60 ? "often" : "c" i) "," i }' >ones.csv
ingest -q ones.csv -o ones.st.zst
run split ones.st.zst -p a.st.zst=rest -p b.st.zst=10% 2>&1 | grep -v '^! [c0-9]' | timeless
split -q ones.st.zst -p a.st.zst=rest -p b.st.zst=10% --json c.json
/usr/bin/python3 -c 'import json; print(json.load(open("c.json"))["parts"][1]["classes"]["often"])'
awk 'BEGIN { print "label,p0"; for (i = 0; i < 50; i++) print "c" int(i / 2) "," i }' >twos.csv
ingest -q twos.csv -o twos.st.zst
for seed in 1 2 3; do
    split -q twos.st.zst -p a.st.zst=90% -p b.st.zst=10% --seed $seed --json c.json
    /usr/bin/python3 -c 'import json; print(*(k for k, n in json.load(open("c.json"))["parts"][1]["classes"].items() if n))'
done
awk 'BEGIN { print "label,p0"; for (i = 0; i < 50; i++) print "c" i "," i }' >each.csv
ingest -q each.csv -o each.st.zst
run split each.st.zst -p a.st.zst=90% -p b.st.zst=10%
