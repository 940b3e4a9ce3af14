# Data larger than the device's memory is uploaded batch by batch, and gives the same model. See
# tests/faults/opencl.c.
export POCL_CACHE_DIR="${CSVNET_BIN%/bin}/tests/pocl"
csvnet devices | grep -q '^opencl:1 .*: gives' || skip 'no device gives bytes to compare: make deps FOR=gpu'
OPENCL_REAL=$(PATH=$PATH:/sbin ldconfig -p | sed -n 's/.*libOpenCL\.so\.1 .*=> //p' | head -n 1)
mkdir fake
${CC:-cc} -std=c11 -shared -fPIC -I "$CSVNET_TOP" -o fake/libOpenCL.so.1 "$CSVNET_TOP/tests/faults/opencl.c" -ldl ||
    skip 'no compiler makes a library here'
csv train.csv 500 64
ingest -q train.csv -o train.st.zst
# fitted OPTIONS...: with a small network
fitted()
{
    fit -q train.st.zst --arch 'avgpool 8, batchnorm, flatten, linear' --batch 8 --epochs 2 --eval train=train.st.zst "$@"
}
# there OPTIONS...: on a device whose memory is half of the data
there()
{
    (
        LD_LIBRARY_PATH=$PWD/fake OPENCL=memory:1200000
        export LD_LIBRARY_PATH OPENCL OPENCL_REAL
        fitted "$@" -o gpu.st.zst --device gpu
    )
    echo "exit $?"
}
try()
{
    fitted "$@" -o cpu.st.zst --device cpu
    there "$@"
    cmp cpu.st.zst gpu.st.zst && echo "fit $*: the same model"
}
try
try --augment 'shift 1, rotate 10, flip h' --limit-rows 300 --ema 0.9
echo '-- a batch that is larger'
there --batch 512
cmp cpu.st.zst gpu.st.zst && echo 'the old model'
