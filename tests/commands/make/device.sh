# DEVICE: fits and predictions by another device give the files of plain make, and nothing is due because of it.
export POCL_CACHE_DIR="${CSVNET_BIN%/bin}/tests/pocl"
csvnet devices | grep -q '^opencl:1 .*: gives' || skip 'no device gives bytes to compare: make deps FOR=gpu'
competition
make -s >.log 2>&1
mkdir plain
mv submission.csv csvnet.out/*.model.st.zst plain
rm -rf csvnet.out
make DEVICE=opencl:1 >.log 2>&1 || cat .log
grep -c 'fit: device ' .log
grep -c 'predict: device ' .log
for file in plain/*.st.zst; do cmp "$file" "csvnet.out/${file#plain/}"; done
cmp plain/submission.csv submission.csv && echo 'the same files'

echo '-- nothing is due with another, or with an option for it'
stages
stages DEVICE=gpu
stages a.fit="--arch 'flatten, linear' --epochs 1 --device cpu"
echo '-- a model may compute elsewhere; one that is not there'
make DEVICE=gpu csvnet_force=a.model.st.zst a.fit="--arch 'flatten, linear' --epochs 1 --device cpu" csvnet.out/a.model.st.zst 2>&1 | grep -c 'device cpu,'
stages DEVICE=nosuch csvnet_force=a csvnet.out/a.model.st.zst
