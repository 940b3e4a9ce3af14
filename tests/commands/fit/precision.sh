# --precision bf16: the same bytes by every table of kernels and any number of threads, recorded, and
# computed alike by what reads the model.
csv train.csv 120 8
ingest -q train.csv -o train.st.zst
arch='conv 8 3x3, relu, conv 16 3x3 pad 1, batchnorm, relu, conv 16 3x3 pad 1, maxpool 2, flatten, linear'
# try OUTPUT MORE...
try()
{
    fit train.st.zst --arch "$arch" --fold 1/3 --batch 20 --epochs 2 -o "$@"
}

echo '-- what it says and records'
CSVNET_KERNELS=baseline try a.st.zst --precision bf16 2>&1 | grep precision
try a.st.zst -q --precision bf16
try f.st.zst -q
try g.st.zst -q --precision float32
cmp f.st.zst g.st.zst && echo 'float32 is what it is without'
cmp -s a.st.zst f.st.zst || echo 'other bytes'
show a.st.zst | grep -i precision
show f.st.zst | grep -i precision
CSVNET_KERNELS=baseline try plan.st.zst --precision bf16 --plan 2>&1 | grep -i precision

echo '-- any kernels, any threads'
for table in avx2 avx512 avx512bf16; do
    for threads in 1 2 3; do
        CSVNET_KERNELS=$table try b.st.zst -q --precision bf16 --threads $threads 2>/dev/null || continue
        cmp a.st.zst b.st.zst
        predict -q train.st.zst b.st.zst --threads $threads -o b.pred.st.zst
        [ -e a.pred.st.zst ] || cp b.pred.st.zst a.pred.st.zst
        cmp a.pred.st.zst b.pred.st.zst
    done
done
cmp a.st.zst b.st.zst && echo the same

echo '-- validation is what predict computes'
csv val.csv 90 8
ingest -q val.csv --like train.st.zst -o val.st.zst
fit -q train.st.zst --arch "$arch" --val val.st.zst --batch 20 --epochs 1 --precision bf16 -o v.st.zst --json fit.json \
    2>/dev/null
predict -q val.st.zst v.st.zst -o v.pred.st.zst --json predict.json
tr -d ' \n' <fit.json | grep -o '"val":{"loss":0.[0-9]\{4\}'
grep -o '"loss": 0.[0-9]\{4\}' predict.json | head -1

echo '-- resumed'
try d.st.zst -q --precision bf16 --checkpoint c --pause-after 1
try d.st.zst -q --precision bf16 --checkpoint c --resume && cmp d.st.zst a.st.zst && echo the same
try d.st.zst -q --precision bf16 --checkpoint c --pause-after 1
try d.st.zst -q --checkpoint c --resume
echo "status $?"
rm -f c

echo '-- begun from each other'
fit train.st.zst --from a.st.zst --epochs 0 -o e.st.zst 2>&1 | grep weights.from
show e.st.zst | grep -i precision
fit train.st.zst --from e.st.zst --epochs 0 --precision bf16 -o h.st.zst 2>&1 | grep weights.from
show h.st.zst | grep -i precision
fit train.st.zst --from h.st.zst --epochs 0 --precision bf16 -o e.st.zst 2>&1 | grep weights.from
predict -q train.st.zst h.st.zst -o h.pred.st.zst
for name in a h; do
    "$CSVNET_BIN/submit" -q $name.pred.st.zst --probabilities -o $name.csv >probabilities.log
done
cmp a.csv h.csv && echo 'the weights are as they were'

echo '-- for other programs'
"$CSVNET_BIN/export" a.st.zst -o a.c 2>&1 | grep precision
"$CSVNET_BIN/export" a.st.zst --int8 train.st.zst -o a.c 2>&1 | grep precision
echo "-- refused"
try x.st.zst --precision fp16
echo "status $?"
ls x.st.zst 2>&1
