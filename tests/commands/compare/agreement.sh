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
print("p:", abs(c["p"] - p) < 1e-12, "difference:", c["difference"] == (first - second) / 400)
END
$python -B check.py
run compare a.pred a.pred
run compare -q a.pred b.pred
echo '-- refused'
sed 1,40d noisy.csv | cat train.csv - | head -n 401 >other.csv
ingest -q other.csv -o other.st.zst
predict -q other.st.zst a.st.zst -o other.pred
head -n 301 noisy.csv >few.csv
ingest -q few.csv --like train.st.zst -o few.st.zst
predict -q few.st.zst a.st.zst -o few.pred
cut -d , -f 2- noisy.csv >test.csv
ingest -q test.csv --like train.st.zst -o test.st.zst
predict -q test.st.zst a.st.zst -o test.pred
for file in other.pred few.pred test.pred a.st.zst nothing.pred; do
    run compare a.pred $file
done
run compare a.pred
run compare a.pred b.pred other.pred
compare a.pred b.pred >/dev/full
echo "exit $?"
