# The map of the rows: principal components as numpy finds them, t-SNE that keeps neighbours, rows that
# the model did not train on.
python=${PYTHON:-/usr/bin/python3}
csv train.csv 400 6 5
# labels that the pictures do not tell in every seventh row
awk -F, -v OFS=, 'NR > 1 && NR % 7 == 0 { $1 = (NR / 7) % 5 } { print }' train.csv >noisy.csv
ingest -q noisy.csv -o all.st.zst
split -q all.st.zst --part train.st.zst=rest --part val.st.zst=50%
fit -q train.st.zst --arch 'flatten, linear 6, relu, linear' --epochs 9 --lr 0.01 -o m.model.st.zst
predict -q val.st.zst m.model.st.zst -o p.st.zst --features f.st.zst
report -q -o r.html --data validation=val.st.zst --model m.model.st.zst --pred validation=p.st.zst --map
cat >check.py <<'END'
import os, re, sys
import numpy as np
sys.path.insert(0, os.environ["CSVNET_TOP"] + "/tests/support")
from tensors import read
page = open(sys.argv[1]).read()
section = page[page.index('<section id="map"'):]
section = section[:section.index("</section>")]
said = [float(v) for v in re.findall(r"map ([\d.]+) %|one ([\d.]+) %", section)[0:1][0] if v] + \
       [float(v) for v in re.findall(r"right one ([\d.]+) %", section)]
f = read("f.st.zst")[1]
p = read("p.st.zst")[1]
rows = f["rows"].tolist()
maps = []
for chart in section.split('<svg class="plot"')[1:]:
    marks = re.findall(r"<title>row (\d+): (\w+)(?:, predicted (\w+))?</title>\s*<path class=\"[^\"]*\" d=\"M([\d.]+) ([\d.]+)m", chart)
    places = {int(r): (float(x), -float(y)) for r, _, _, x, y in marks}
    at = [rows.index(int(m[0])) for m in marks]
    truth, predicted = f["labels"].argmax(1), p["probabilities"].argmax(1)
    print(len(marks), "titles:", all(int(m[1]) == truth[i] and (int(m[2]) if m[2] else truth[i]) == predicted[i] for m, i in zip(marks, at)))
    maps.append(np.array([places[r] for r in rows]))
x = f["features"].astype(float)
x -= x.mean(0)
pca = x @ np.linalg.svd(x, full_matrices=False)[2][:2].T
print("components:", all(abs(np.corrcoef(pca[:, k], maps[1][:, k])[0, 1]) > 0.9999 for k in range(2)))
for m, value in zip(maps, said):
    d = ((m[:, None] - m[None]) ** 2).sum(2)
    np.fill_diagonal(d, np.inf)
    near = np.argsort(d, 1, kind="stable")[:, :10]
    share = 100 * (truth[near] == truth[:, None]).mean()
    print("neighbours:", abs(share - value) < 2, end=" ")
print("t-SNE not behind:", said[0] >= said[1] - 1)
END
run $python -B check.py r.html
report -q -o again.html --data validation=val.st.zst --model m.model.st.zst --pred validation=p.st.zst --map --threads 1
cmp r.html again.html
$python -B "$CSVNET_TOP/tests/support/report_page.py" r.html
text() { sed -n '/<section id="map"/,/<\/section>/p' "$1" | sed -n 's/<[^>]*>//g; /^\(No map\|[0-9,]* rows\)/p' | sed 's/map [0-9.]* %/map N %/; s/one [0-9.]* %/one N %/'; }
text r.html
echo '-- of pictures as --normalize has them'
fit -q train.st.zst --arch 'flatten, linear 6, relu, linear' --normalize 'deskew, size 4' --epochs 9 --lr 0.01 -o v.model.st.zst
predict -q val.st.zst v.model.st.zst -o p.st.zst --features f.st.zst
report -q -o v.html --data validation=val.st.zst --model v.model.st.zst --pred validation=p.st.zst --map
run $python -B check.py v.html
echo '-- of folds the rows of its own; of rows that it trained on; of none'
fit -q all.st.zst --arch linear --fold 2/4 --epochs 2 -o a.f2.model.st.zst
report -q -o f.html --data training=all.st.zst --model a.f2.model.st.zst --map
text f.html
report -q -o t.html --data training=train.st.zst --model m.model.st.zst --map
text t.html
report -q -o n.html --data training=train.st.zst --map
text n.html
cut -d , -f 2- train.csv >test.csv
ingest -q test.csv --like all.st.zst -o test.st.zst
report -q -o u.html --data test=test.st.zst --model m.model.st.zst --map
text u.html
report -q -o none.html --data training=train.st.zst --model m.model.st.zst
grep -c 'id="map"' none.html
