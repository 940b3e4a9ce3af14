# Data races in the kernels, by Oclgrind, a device that runs each item by itself: a step of tiny networks that
# have every layer between them, and the same model as here.
icd=/usr/lib/oclgrind/liboclgrind-rt-icd.so
[ -e $icd ] || skip 'Oclgrind is not installed: make deps FOR=gpu'
csv train.csv 3 6
ingest -q train.csv -o train.st.zst
# try NETWORK [OPTION...]
try()
{
    network=$1
    shift
    fit -q train.st.zst --arch "$network" --epochs 1 --batch 2 "$@" -o cpu.st.zst --device cpu
    OCL_ICD_VENDORS=$icd OCLGRIND_DATA_RACES=1 \
        fit -q train.st.zst --arch "$network" --epochs 1 --batch 2 "$@" -o there.st.zst --device opencl:1
    cmp cpu.st.zst there.st.zst && echo "fit $network $*: the same model"
}
try 'conv 3 3x3, batchnorm, relu, maxpool 2, dropout 0.2, flatten, linear 4, relu, linear' --augment 'shift 1, elastic 1'
try 'conv 2 3x3 pad 1, residual, conv 2 3x3 pad 1, batchnorm, add, relu, avgpool 3 stride 2, leakyrelu 0.1, flatten, linear' \
    --optimizer sgd --ema 0.9
try 'conv 16 1x1, conv 16 3x3 pad 1, maxpool 3 stride 2, globalpool, flatten, linear' --label-smoothing 0.1 --limit-rows 2
