# Python opens what the programs write, with json and numpy; the zstd tool takes it too.

open_in_python()
{
    "${PYTHON:-/usr/bin/python3}" "$CSVNET_TOP/tests/support/open_tensor_file.py" "$@"
}

csv train.csv 30
run ingest -q train.csv -o train.st.zst
run fit -q train.st.zst --arch linear --epochs 1 -o a.model.st.zst
run predict -q train.st.zst a.model.st.zst -o train.pred.st.zst
run open_in_python train.st.zst a.model.st.zst train.pred.st.zst
# zstd 1.4.8 writes an empty line to standard error even so
zstd -tq train.st.zst a.model.st.zst train.pred.st.zst 2>zstd.err && echo 'zstd takes them' || cat zstd.err
