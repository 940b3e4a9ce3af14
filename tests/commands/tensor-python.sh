# Python opens what the programs write, with json and numpy.
python=${PYTHON:-/usr/bin/python3}
csv train.csv 30
ingest -q train.csv -o train.st.zst
fit -q train.st.zst --arch linear --epochs 1 -o a.model.st.zst
predict -q train.st.zst a.model.st.zst -o train.pred.st.zst
run $python $CSVNET_TOP/tests/open_tensor_file.py train.st.zst a.model.st.zst train.pred.st.zst
run zstd -tq train.st.zst a.model.st.zst train.pred.st.zst
