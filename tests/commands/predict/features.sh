# What a model gives its last layer: with that layer's weights these are the predictions again, in
# PyTorch's order of features, also where prediction has done away with a normalization.
python=${PYTHON:-/usr/bin/python3}
csv train.csv 60 6
awk -F, -v OFS=, 'NR == 1 { print "id", $0; next } { print "r" NR, $0 }' train.csv >named.csv
ingest -q named.csv --id id --label label -o train.st.zst
cat >check.py <<'END'
import os, sys
import numpy as np
sys.path.insert(0, os.environ["CSVNET_TOP"] + "/tests/support")
from tensors import read

meta, f = read("f.st.zst")
_, p = read("p.st.zst")
_, w = read("m.st.zst")
last = max((int(name.split(".")[0]) for name in w if name.endswith(".weight")), default=0)
logits = f["features"].astype(float) @ w[f"{last}.weight"].T.astype(float) + w[f"{last}.bias"]
e = np.exp(logits - logits.max(1, keepdims=True))
same = all((f[k] == p[k]).all() for k in ("rows", "ids", "labels"))
print(meta["kind"], f["features"].shape, f["features"].dtype, "before", meta["before_layer"] + ";", "predictions:",
      bool(abs(e / e.sum(1, keepdims=True) - p["probabilities"]).max() < 1e-5), "rows, ids, labels:", same)
END
echo '-- of pictures as --normalize has them'
fit -q train.st.zst --arch 'conv 5 3x3, relu, flatten, linear' --normalize 'deskew, width 4' --epochs 2 --lr 0.01 -o m.st.zst
predict -q train.st.zst m.st.zst -o p.st.zst --features f.st.zst
$python -B check.py
for arch in linear 'conv 3 3x3 pad 1, batchnorm, relu, maxpool 2, flatten, linear 7, relu, dropout 0.5, linear' \
    'conv 5 3x3, relu, flatten, linear' 'conv 4 3x3, relu, globalpool, flatten, linear' 'conv 4 3x3, relu, batchnorm, flatten, linear' \
    'flatten, linear 9, relu, batchnorm, linear' 'conv 4 3x3 pad 1, residual, conv 4 3x3 pad 1, add, relu, avgpool 6, flatten, linear'; do
    echo "-- $arch"
    fit -q train.st.zst --arch "$arch" --epochs 2 --lr 0.01 -o m.st.zst
    predict -q train.st.zst m.st.zst -o p.st.zst --features f.st.zst
    $python -B check.py
done
run show f.st.zst
predict -q train.st.zst m.st.zst -o p2.st.zst --features f2.st.zst --threads 1
cmp f.st.zst f2.st.zst
run predict train.st.zst m.st.zst -o p.st.zst --features f.st.zst --if-changed
rm f.st.zst
predict -q train.st.zst m.st.zst -o p.st.zst --features f.st.zst --if-changed
cmp f.st.zst f2.st.zst
echo '-- predictions are no features, whatever both were made of'
predict -q train.st.zst m.st.zst -o f.st.zst --features p.st.zst
run predict -q train.st.zst m.st.zst -o p.st.zst --features f.st.zst --if-changed
$python -B check.py
echo '-- refused'
fit -q train.st.zst --arch linear --epochs 1 -o other.st.zst
echo old >f.st.zst
run predict -q train.st.zst m.st.zst other.st.zst -o p.st.zst --features f.st.zst
run predict -q p.st.zst p2.st.zst -o q.st.zst --features f.st.zst
run predict -q train.st.zst m.st.zst -o p.st.zst --features p.st.zst
cat f.st.zst
