# A model in a program of somebody else: libnn.a exports nn.h's names alone, and fixtures/predict_one.c gives the
# same probabilities as predict.
one=$CSVNET_BIN/../tests/predict_one
[ -x "$one" ] || skip 'make check builds it: predict_one'
nm -g --defined-only "$CSVNET_BIN/../libnn.a" |
    awk 'NF == 3 && $3 ~ /^nn_/ { names++ } NF == 3 && $3 !~ /^nn_/ { print "exported: " $3 } END { exit names < 50 }' || echo 'names are missing'

csv train.csv 60 8
ingest train.csv -o train.st.zst >.log 2>&1
cat >one.py <<'END'
import sys
sys.path.insert(0, sys.argv[1] + "/tests/support")
sys.dont_write_bytecode = True
from tensors import read
meta, tensors = read("train.pred.st.zst")
for name, p in zip("012", tensors["probabilities"][5]):
    print(name, "%.9g" % p)
END
as_predict() # [OPTION...] of fit
{
    fit train.st.zst --arch 'conv 4 3x3, batchnorm, relu, maxpool 2, flatten, linear' --epochs 2 "$@" -o a.model.st.zst >.log 2>&1
    predict train.st.zst a.model.st.zst -o train.pred.st.zst >.log 2>&1
    /usr/bin/python3 one.py "$CSVNET_TOP" >expected
    sed -n 7p train.csv | cut -d , -f 2- | "$one" a.model.st.zst >got
    cmp got expected && echo 'as predict has them'
}
as_predict --normalize 'deskew, width 5' --precision bf16
as_predict --mean auto --std auto

# predict_one MODEL: with a row of zeros
predict_one()
{
    yes 0 | head -n 64 | paste -sd , | "$one" "$@"
}
echo '-- what is no model'
run predict_one none
run predict_one train.csv
run predict_one train.st.zst
head -c 2000 a.model.st.zst >cut
run predict_one cut
predict_few() { echo 1,2 | "$one" a.model.st.zst; }
run predict_few
