# The processor's bytes from a device, whatever is predicted, and what predict says where it fails. See
# tests/faults/opencl.c.
export POCL_CACHE_DIR="${CSVNET_BIN%/bin}/tests/pocl"
csvnet devices | grep -q '^opencl:1 .*: gives' || skip 'no device gives bytes to compare: make deps FOR=gpu'
csv train.csv 60 8
csv test.csv 40 8 3
ingest -q train.csv -o train.st.zst
ingest -q test.csv --like train.st.zst -o test.st.zst
ingest -q train.csv --dtype f32 -o floats.st.zst
net='conv 4 3x3, batchnorm, relu, maxpool 2, dropout 0.2, flatten, linear'
for fold in 1 2; do
    fit -q train.st.zst --fold $fold/2 --arch "$net" --epochs 1 -o m.f$fold.st.zst
done
fit -q train.st.zst --arch 'residual, conv 1 3x3 pad 1, batchnorm, relu, add, relu, avgpool 2, flatten, linear' \
    --normalize deskew --epochs 1 -o other.st.zst
fit -q floats.st.zst --arch "$net" --epochs 1 -o floats.model.st.zst

echo '-- the same files'
# both OPERAND... [OPTION...]: predicts here and there
both()
{
    predict -q "$@" -o cpu.st.zst --device cpu
    predict -q "$@" -o gpu.st.zst --device opencl:1
    cmp cpu.st.zst gpu.st.zst && echo "predict $*"
}
both test.st.zst m.f1.st.zst
both test.st.zst m.f1.st.zst m.f2.st.zst other.st.zst --weights 1,2,3 --geometric
both train.st.zst m.f1.st.zst m.f2.st.zst --oof
both test.st.zst m.f1.st.zst other.st.zst --tta shifts,mirror --tta-below 0.9
both floats.st.zst floats.model.st.zst
fit -q train.st.zst --from m.f1.st.zst --epochs 0 --precision bf16 -o rounded.st.zst
for options in '' '--precision float32' '--precision bf16'; do
    # shellcheck disable=SC2086 # words
    both test.st.zst m.f2.st.zst rounded.st.zst $options
done
for model in other m.f1; do
    predict -q test.st.zst $model.st.zst -o cpu.st.zst --features cpu.f.st.zst --device cpu
    predict -q test.st.zst $model.st.zst -o gpu.st.zst --features gpu.f.st.zst --device opencl:1
    cmp cpu.st.zst gpu.st.zst && cmp cpu.f.st.zst gpu.f.st.zst && echo 'the same features'
done

echo '-- predictions of one are unchanged for the other'
predict test.st.zst m.f1.st.zst -o gpu.st.zst --if-changed --device cpu 2>&1 | grep -c nothing

echo '-- pictures'
grey_png p.png
predict -q p.png m.f1.st.zst --device cpu >cpu.txt 2>&1
predict -q p.png m.f1.st.zst --device opencl:1 >gpu.txt 2>&1
cmp cpu.txt gpu.txt && echo 'the same words'

echo '-- words'
predict test.st.zst m.f1.st.zst -o new.st.zst --device opencl:0 >words.txt 2>&1
echo "exit $?"

echo '-- what fails; the old predictions stay'
OPENCL_REAL=$(PATH=$PATH:/sbin ldconfig -p | sed -n 's/.*libOpenCL\.so\.1 .*=> //p' | head -n 1)
export OPENCL_REAL
mkdir fake
${CC:-cc} -std=c11 -shared -fPIC -I "$CSVNET_TOP" -o fake/libOpenCL.so.1 "$CSVNET_TOP/tests/faults/opencl.c" -ldl ||
    skip 'no compiler makes a library here'
cp cpu.st.zst old.st.zst
for mode in memory clCreateBuffer:2 clEnqueueWriteBuffer:5 clEnqueueReadBuffer:2 signals; do
    echo "-- $mode"
    (
        LD_LIBRARY_PATH=$PWD/fake OPENCL=$mode
        export LD_LIBRARY_PATH OPENCL
        exec predict -q test.st.zst m.f1.st.zst -o cpu.st.zst --device gpu 2>&1
    )
    echo "exit $?"
done
cmp old.st.zst cpu.st.zst && echo 'the old predictions'
