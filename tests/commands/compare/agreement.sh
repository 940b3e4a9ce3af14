# Two predictions of the same rows compared, and what is refused.
python=${PYTHON:-/usr/bin/python3}
csv train.csv 400
awk -F, -v OFS=, 'NR > 1 && NR % 7 == 0 { $1 = (NR / 7) % 3 } { print }' train.csv >noisy.csv
ingest -q noisy.csv -o train.st.zst
fit -q train.st.zst --arch linear --epochs 3 --lr 0.003 -o a.st.zst
fit -q train.st.zst --arch linear --epochs 3 --lr 0.003 --seed 2 -o b.st.zst
for m in a b; do predict -q train.st.zst $m.st.zst -o $m.pred; done
run compare a.pred b.pred --json c.json
cat >check.py <<'END'
import json, os, sys
from math import comb
sys.path.insert(0, os.environ["CSVNET_TOP"] + "/tests/support")
from tensors import read

a, b = (read(name)[1] for name in ("a.pred", "b.pred"))
right = [x["probabilities"].argmax(1) == x["labels"].argmax(1) for x in (a, b)]
first, second = int((right[0] & ~right[1]).sum()), int((right[1] & ~right[0]).sum())
n, k = first + second, min(first, second)
p = min(1, 2 * sum(comb(n, i) for i in range(k + 1)) / 2**n)
c = json.load(open("c.json"))
print(sorted(c))
print("counts:", [c["first_only"], c["second_only"], c["both"], c["neither"]] ==
      [first, second, int((right[0] & right[1]).sum()), int((~right[0] & ~right[1]).sum())], first != second)
d, m = (first - second) / 400, 402 # Bonett and Price: a row more on either side
x, y = (first + 1) / m, (second + 1) / m
half = 1.959963984540054 * ((x + y - (x - y) ** 2) / m) ** .5
print("ci95:", all(abs(a - b) < 1e-9 for a, b in zip(c["difference_ci95"], (x - y - half, x - y + half))))
print("p:", abs(c["p"] - p) < 1e-12, "difference:", c["difference"] == (first - second) / 400)
END
$python -B check.py
run compare a.pred a.pred
run compare -q a.pred b.pred
sed 1,40d noisy.csv | cat train.csv - | head -n 401 >other.csv
ingest -q other.csv -o other.st.zst
predict -q other.st.zst a.st.zst -o other.pred
head -n 301 noisy.csv >few.csv
ingest -q few.csv --like train.st.zst -o few.st.zst
predict -q few.st.zst a.st.zst -o few.pred
cut -d , -f 2- noisy.csv >test.csv
ingest -q test.csv --like train.st.zst -o test.st.zst
predict -q test.st.zst a.st.zst -o test.pred
echo '-- without labels: how far they agree'
predict -q test.st.zst b.st.zst -o test.b.pred
run compare test.pred test.b.pred --json u.json
cat >unlabelled.py <<'END'
import json, os, sys
sys.path.insert(0, os.environ["CSVNET_TOP"] + "/tests/support")
from tensors import read
a, b = (read(name)[1]["probabilities"].argmax(1) for name in ("test.pred", "test.b.pred"))
u = json.load(open("u.json"))
print(sorted(u), u["alike"] == int((a == b).sum()), u["differ"] == int((a != b).sum()),
      all(p["rows"] == int(((a == int(p["first"])) & (b == int(p["second"]))).sum()) for p in u["pairs"]), sum(p["rows"] for p in u["pairs"]) == u["differ"])
END
run $python -B unlabelled.py
run compare test.pred test.b.pred --markdown
echo '-- several, as tables'
predict -q train.st.zst a.st.zst b.st.zst -o 'mean_50%.pred'
run compare a.pred b.pred 'mean_50%.pred'
run compare a.pred b.pred --markdown
run compare a.pred 'mean_50%.pred' --latex
compare -q a.pred b.pred 'mean_50%.pred' --json several.json
$python -c '
import json
s, c = json.load(open("several.json")), json.load(open("c.json"))
print(sorted(s), s["predictions"], {**s["against_first"][0], "predictions": c["predictions"]} == c)'
run compare a.pred b.pred --latex --markdown
echo '-- the same rows in another order, known by their ids'
awk -F, -v OFS=, 'NR == 1 { print "id", $0; next } { print "r" NR, $0 }' noisy.csv >ids.csv
{ head -n 1 ids.csv; tail -n +2 ids.csv | tac; } >turned.csv
for order in ids turned; do
    ingest -q $order.csv --like train.st.zst -o $order.st.zst
    for m in a b; do predict -q $order.st.zst $m.st.zst -o $order.$m.pred; done
done
run compare ids.a.pred ids.b.pred
run compare ids.a.pred turned.b.pred
run compare turned.a.pred ids.a.pred ids.b.pred | sed -n '1,3p'
sed 's/^r7,/s7,/' turned.csv >others.csv
ingest -q others.csv --like train.st.zst -o others.st.zst
predict -q others.st.zst b.st.zst -o others.b.pred
run compare ids.a.pred others.b.pred
echo '-- one alone was trained on these rows'
awk -F, -v OFS=, 'NR > 1 { $2 = 255 - $2 } { print }' noisy.csv >new.csv
ingest -q new.csv --like train.st.zst -o new.st.zst
fit -q new.st.zst --arch linear --epochs 3 --lr 0.003 -o new.model
predict -q train.st.zst new.model -o new.pred
run compare a.pred new.pred
run compare new.pred a.pred | tail -n 1
echo '-- refused'
for file in other.pred few.pred test.pred a.st.zst nothing.pred; do
    run compare a.pred $file
done
run compare a.st.zst b.st.zst
run compare train.csv noisy.csv
mkfifo pipe
cat train.csv >pipe &
run timeout 300 compare pipe noisy.csv
wait
run compare a.pred
compare a.pred b.pred >/dev/full
echo "exit $?"
