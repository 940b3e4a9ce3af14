# Weighted means: worked out in Python from the single models' probabilities, and recorded.
python=${PYTHON:-/usr/bin/python3}
csv train.csv 90
ingest -q train.csv -o train.st.zst
for seed in 1 2 3; do
    fit -q train.st.zst --arch 'flatten, linear' --epochs 3 --seed $seed -o $seed.st.zst
    predict -q train.st.zst $seed.st.zst -o $seed.pred.st.zst
done

echo '-- good'
run predict train.st.zst 1.st.zst 2.st.zst 3.st.zst --weights 2,0,0.5 -o w.st.zst -q --json w.json
cat >check.py <<'END'
import json, os, sys
sys.path.insert(0, os.environ["CSVNET_TOP"] + "/tests/support")
from tensors import read

def p(name):
    return read(name)[1]["probabilities"].astype(float)

wanted = (2 * p("1.pred.st.zst") + 0.5 * p("3.pred.st.zst")) / 2.5
print("as worked out:", bool(abs(p("w.st.zst") - wanted).max() < 1e-7))
print(read("w.st.zst")[0]["options"], [m["weight"] for m in json.load(open("w.json"))["models"]])
predicted = [read(f)[1]["probabilities"] for f in ("p.st.zst", "q.st.zst")]
print("equal weights are none:", bool((predicted[0] == predicted[1]).all()))
END
predict -q train.st.zst 1.st.zst 2.st.zst -o p.st.zst
predict -q train.st.zst 1.st.zst 2.st.zst --weights 3,3 -o q.st.zst
run $python check.py

echo '-- refused'
echo old >p.st.zst
for weights in 1 1,1,1 1, ,1 0,0 -1,2 1,x nan,1 inf,1 1e9,1 1x1 ''; do
    run predict train.st.zst 1.st.zst 2.st.zst --weights "$weights" -o p.st.zst
done
cat p.st.zst
