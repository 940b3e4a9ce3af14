# Repeated, contradicting, empty, inverted and cut pictures, and what the test data has of them.
cat >make.py <<'END'
import random
random.seed(1)
def digit(k, ink=220, ground=0, noise=30):
    x, y = 3 + 4 * (k % 2), 3 + 4 * (k // 2)
    return [max(0, min(255, (ink if abs(i % 12 - x) < 2 and abs(i // 12 - y) < 2 else ground) + random.randrange(noise))) for i in range(144)]
rows = [(k % 4, digit(k % 4, noise=40)) for k in range(200)]
rows[9] = (1, rows[1][1])                                   # 10: row 2 again
rows[20] = (2, rows[4][1])                                  # 21: row 5 with another label
rows[24] = (0, rows[4][1])                                  # 25: once more, with row 5's
rows[30] = (2, [(v + 8) * 7 // 8 for v in rows[2][1]])      # 31: row 3, brighter and paler
rows[40] = (3, [7] * 144)                                   # 41: empty
rows[50] = (2, [255 - v for v in rows[50][1]])              # 51: inverted
rows[60] = (0, [rows[60][1][(i + 2) % 144] if i % 12 < 10 else 5 for i in range(144)]) # 61: cut at the left
test = [digit(k % 4, noise=40) for k in range(100)]
test[3] = rows[7][1]                                        # test 4: row 8 of the data
test[5] = test[4]                                           # test 6: test 5 again
test[8] = [v * 9 // 10 + 3 for v in rows[11][1]]            # test 9: nearly row 12 of the data
head = ",".join(f"p{i}" for i in range(144))
with open("train.csv", "w") as f:
    print("label," + head, *(",".join(map(str, [k, *v])) for k, v in rows), sep="\n", file=f)
with open("test.csv", "w") as f:
    print("ImageId," + head, *(",".join(map(str, [f"img_{i + 1}", *v])) for i, v in enumerate(test)), sep="\n", file=f)
END
/usr/bin/python3 make.py
ingest -q train.csv -o train.st.zst
ingest -q test.csv --like train.st.zst -o test.st.zst
run audit train.st.zst -o audit.csv --png audit.png --json audit.json | sed 's/, [0-9.]* s$//'
cat audit.csv
run show train.csv -q >/dev/null
/usr/bin/python3 -c '
import json, struct
a = json.load(open("audit.json"))
print(sorted(a), a["kinds"], len(a["findings"]))
print(open("audit.png", "rb").read(8))'
echo '-- with test data, which has ids'
audit train.st.zst --test test.st.zst -o both.csv --json both.json 2>&1 | sed 's/, [0-9.]* s$//'
grep -v '^data.*,\(conflict\|empty\|inverted\|cut\|duplicate\|near\),' both.csv
/usr/bin/python3 -c 'import json; a = json.load(open("both.json")); print(a["test_rows"], a["drift"]["seen"])'
echo '-- test data of another kind'
awk -F, -v OFS=, 'NR > 1 { $2 = 40; $14 = 60 } { print }' test.csv >other.csv
ingest -q other.csv --like train.st.zst -o other.st.zst
audit -q train.st.zst --test other.st.zst -o drift.csv --json drift.json >printed
cut -d, -f1,4 drift.csv | sort | uniq -c
/usr/bin/python3 -c 'import json; a = json.load(open("drift.json")); print(a["drift"]["auc"] > 0.95, a["drift"]["seen"])'
audit -q train.st.zst --test other.st.zst -o again.csv --threads 1 >/dev/null && cmp drift.csv again.csv
echo '-- many repeats'
{ cat train.csv; tail -n 12 train.csv; } >many.csv
ingest -q many.csv -o many.st.zst
run audit many.st.zst -q -o many.csv
run audit many.st.zst -o many.csv | grep -e hint -e duplicate
echo '-- nothing to find, few rows, other shapes'
csv small.csv 9
ingest -q small.csv -o small.st.zst
run audit small.st.zst --test small.st.zst -q -o none.csv
csv four.csv 30
awk -F, -v OFS=, 'NR > 1 { for (i = 2; i <= NF; i++) $i = int(1e6 * (1 + sin(NR * 37 + i * 11))) % 251 } { print }' four.csv >noise.csv
ingest -q noise.csv -o noise.st.zst
run audit noise.st.zst -q -o none.csv --png none.png
cat none.csv
run audit small.st.zst --test test.st.zst
run audit small.csv
run audit small.st.zst -o - -q
run audit small.st.zst --json - -o x.csv | grep -v ' s$\|"seconds"'
run audit noise.st.zst -o /dev/full
