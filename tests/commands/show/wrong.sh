# All wrong rows of predictions as CSV, as worked out in Python; what goes to standard output goes there alone.
python=${PYTHON:-/usr/bin/python3}
csv train.csv 1500 4 7
$python - <<'END'
import csv
rows = list(csv.reader(open("train.csv")))
out = csv.writer(open("ids.csv", "w"), lineterminator="\n")
out.writerow(["id"] + rows[0])
for number, row in enumerate(rows[1:]):
    out.writerow([f"no, {number}"] + [{"3": 'the "third"'}.get(row[0], row[0])] + row[1:])
END
ingest -q ids.csv -o train.st.zst --id id
fit -q train.st.zst --arch linear --epochs 1 -o m.st.zst
predict -q train.st.zst m.st.zst -o p.st.zst
show -q p.st.zst --wrong wrong.csv >/dev/null
head -n 1 wrong.csv
cat >check.py <<'END'
import csv, json, os, sys
sys.path.insert(0, os.environ["CSVNET_TOP"] + "/tests/support")
from tensors import read
meta, t = read("p.st.zst")
p, truth = t["probabilities"], t["labels"].argmax(1)
names = json.loads(meta["classes"])
wrong = [i for i in range(len(p)) if p[i].argmax() != truth[i]]
rows = list(csv.DictReader(open("wrong.csv")))
print(len(wrong) > 500, [int(r["row"]) for r in rows] == [int(t["rows"][i]) for i in wrong],
      [r["id"] for r in rows] == [bytes(t["ids"][i]).rstrip(b"\0").decode() for i in wrong],
      [r["truth"] for r in rows] == [names[truth[i]] for i in wrong],
      [r["predicted"] for r in rows] == [names[p[i].argmax()] for i in wrong],
      all(abs(float(r["probability"]) - p[i].max()) < 1e-8 and
          abs(float(r["probability_of_truth"]) - p[i][truth[i]]) < 1e-8 for r, i in zip(rows, wrong)))
END
$python check.py
echo '-- alone on standard output, as JSON and PNG are'
show -q p.st.zst --wrong - | cmp - wrong.csv
show p.st.zst --json - | $python -c 'import json, sys; print(json.load(sys.stdin)["kind"])'
show m.st.zst --json - -q | $python -c 'import json, sys; print(json.load(sys.stdin)["kind"])'
show train.st.zst --rows 1 --png - 2>said | head -c 4 | tail -c 3
echo "; $(head -n 1 said)"
compare p.st.zst p.st.zst --json - 2>/dev/null | $python -c 'import json, sys; json.load(sys.stdin)' || echo "compare's is not"
fit train.st.zst --arch linear --plan --json - | $python -c 'import json, sys; print(json.load(sys.stdin)["architecture"])'
echo '-- a full disk, and what there is nothing wrong with'
show -q p.st.zst --wrong /dev/full >/dev/null || echo "exit $?"
run show train.st.zst --wrong w.csv
cut -d , -f 2- train.csv >test.csv
fit -q train.st.zst --arch linear --epochs 1 -o m.st.zst
ingest -q test.csv -o test.st.zst
predict -q test.st.zst m.st.zst -o q.st.zst
run show q.st.zst --wrong w.csv
run show p.st.zst --wrong p.st.zst
run show p.st.zst --wrong - --json -
