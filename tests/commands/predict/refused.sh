# What predict refuses, with its exit status; old predictions stay as they were.
csv train.csv 60
csv wide.csv 60 5
csv four.csv 60 4 4
for data in train wide four; do
    ingest -q $data.csv -o $data.st.zst
    fit -q $data.st.zst --arch linear --epochs 1 -o $data.model.st.zst
done
echo old >p.st.zst

echo '-- usage'
run predict train.st.zst -o p.st.zst
predict -q train.st.zst train.model.st.zst -o one.pred
run predict one.pred -o p.st.zst
rm one.pred
run predict train.st.zst train.model.st.zst
run predict train.st.zst train.model.st.zst train.model.st.zst -o p.st.zst
cp train.model.st.zst copy.st.zst
run predict train.st.zst train.model.st.zst copy.st.zst -o p.st.zst
run predict train.st.zst train.model.st.zst -o train.st.zst
run predict train.st.zst train.model.st.zst -o train.model.st.zst
CSVNET_KERNELS=none run predict train.st.zst train.model.st.zst -o p.st.zst

echo '-- data and models that do not belong together'
run predict wide.st.zst train.model.st.zst -o p.st.zst
run predict four.st.zst train.model.st.zst -o p.st.zst
cut -d , -f 2- train.csv >test.csv
ingest -q test.csv --label none -o test.st.zst
run predict test.st.zst train.model.st.zst four.model.st.zst -o p.st.zst
sed '1s/pixel/p/g' test.csv >renamed.csv
ingest -q renamed.csv --label none -o renamed.st.zst
run predict renamed.st.zst train.model.st.zst -o p.st.zst

echo '-- files'
run predict train.model.st.zst train.st.zst -o p.st.zst
run predict train.csv train.model.st.zst -o p.st.zst
run predict missing.st.zst train.model.st.zst -o p.st.zst
run predict train.st.zst missing.st.zst -o p.st.zst
head -c 300 train.st.zst >cut.st.zst
run predict cut.st.zst train.model.st.zst -o p.st.zst
run predict train.st.zst train.model.st.zst -o missing/p.st.zst
run predict train.st.zst train.model.st.zst -o /dev/full
cat p.st.zst
ls
