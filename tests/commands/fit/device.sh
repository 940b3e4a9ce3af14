# The processor's bytes from a device, whichever it is, and what fit says where there is none or where
# it fails. tests/faults/opencl.c stands before the real OpenCL, whose first device is called "fake" and
# a GPU.
python=${PYTHON:-/usr/bin/python3}
export POCL_CACHE_DIR="${CSVNET_BIN%/bin}/tests/pocl"
csvnet devices | grep -q '^opencl:1 .*: gives' || skip 'no device gives bytes to compare: make deps FOR=gpu'
OPENCL_REAL=$(PATH=$PATH:/sbin ldconfig -p | sed -n 's/.*libOpenCL\.so\.1 .*=> //p' | head -n 1)
export OPENCL_REAL
mkdir fake old broken
for name in fake old; do
    ${CC:-cc} -std=c11 -shared -fPIC -I "$CSVNET_TOP" $([ $name = fake ] || echo -DOLD) -o $name/libOpenCL.so.1 \
        "$CSVNET_TOP/tests/faults/opencl.c" -ldl || skip 'no compiler makes a library here'
done
: >broken/libOpenCL.so.1
for name in fake old broken; do : >$name/libcuda.so.1; done # CUDA has a test of its own
# with LIBRARY MODE COMMAND...: shows it with one of these, without what follows from the real device
with()
{
    library=$1 mode=$2
    shift 2
    echo "-- $mode"
    (
        LD_LIBRARY_PATH=$PWD/$library OPENCL=$mode
        export LD_LIBRARY_PATH OPENCL
        exec "$@" >.stdout 2>.stderr </dev/null
    )
    status=$?
    cat .stdout .stderr | sed 's/, [0-9]* MiB: /, MIB: /; s/ [-0-9xa.p+]*, [-0-9xa.p+]*, .*/ .../'
    [ $status -eq 0 ] || echo "exit $status"
}
csv all.csv 110 8
ingest -q all.csv -o all.st.zst
split -q all.st.zst --part train.st.zst=90 --part val.st.zst=rest
small="train.st.zst --arch conv\ 4\ 3x3,\ batchnorm,\ relu,\ maxpool\ 2,\ dropout\ 0.2,\ flatten,\ linear --epochs 3 --val val.st.zst"
# trained OPTIONS...: a fit of the small network
trained()
{
    eval "fit $small \"\$@\""
}

echo '-- the same files, whatever the options'
try()
{
    trained -q "$@" --history cpu.jsonl -o cpu.st.zst --device cpu
    trained -q "$@" --history gpu.jsonl -o gpu.st.zst --device opencl:1
    cmp cpu.st.zst gpu.st.zst && echo "fit $*: the same model"
}
try
try --keep best --ema 0.9 --augment 'shift 1, rotate 10, flip h' --optimizer adamw --weight-decay 0.01
try --optimizer sgd --momentum 0.9 --schedule one-cycle --label-smoothing 0.1 --class-weights 1,2,0.5
try --lr find
$python - <<'END'
import json
def figures(path):
    times = {"seconds", "per_second", "scoring_seconds", "time", "evaluating"}
    lines = [json.loads(line) for line in open(path)]
    return [{k: v for k, v in l.items() if k in ("epoch", "loss", "accuracy", "val", "scores", "lr")} for l in lines]
print("the same figures" if figures("cpu.jsonl") == figures("gpu.jsonl") else "other figures")
END

echo '-- a model of one is unchanged for the other'
trained --if-changed -o gpu.st.zst --lr find --history gpu.jsonl --device cpu 2>&1 | grep nothing

echo '-- resumed on the other one'
trained -q --epochs 40 -o whole.st.zst --device cpu
for pair in 'opencl cpu' 'cpu opencl'; do
    # shellcheck disable=SC2086 # two words
    set -- $pair
    eval "$python $CSVNET_TOP/tests/support/interrupt.py TERM 20 fit $small --epochs 40 -o m.st.zst --checkpoint c --device $1" |
        sed 's/^fit: //'
    trained -q --epochs 40 -o m.st.zst --checkpoint c --resume --device "$2"
    cmp m.st.zst whole.st.zst && echo "$1, then $2: the same model"
    rm -f m.st.zst
done

echo '-- bfloat16 numbers, frozen layers, and resumed on the other one'
# rounded OPTIONS...: a fit that multiplies them in each layer but the first
rounded()
{
    fit -q train.st.zst --precision bf16 --epochs 3 --batch 30 --augment 'shift 1, flip h' "$@"
}
# both NAME OPTIONS...: here, there, and begun on one and ended on the other
both()
{
    name=$1
    shift
    rounded "$@" -o $name.st.zst --device cpu
    rounded "$@" -o b.st.zst --device opencl:1
    cmp $name.st.zst b.st.zst
    for pair in 'opencl cpu' 'cpu opencl'; do
        rounded "$@" -o b.st.zst --checkpoint c --pause-after 1 --device "${pair% *}"
        rounded "$@" -o b.st.zst --checkpoint c --resume --device "${pair#* }"
        cmp $name.st.zst b.st.zst && echo "$name: $pair: the same model"
    done
}
both a --arch 'conv 4 3x3, relu, conv 6 3x3 stride 2, batchnorm, relu, flatten, linear 9, relu, linear'
both b --from a.st.zst --freeze 1

echo '-- words'
for where in vulkan opencl:0 opencl:x cuda:33 cuda2; do
    trained -o m.st.zst --device $where
    echo "exit $?"
done
trained -o m.st.zst --device opencl:32 2>&1 | sed 's/has [0-9]*/has N/'

echo '-- no OpenCL, no driver, no device, one that is not fit'
cat >trained <<END
#!/bin/sh
exec fit $small -q -o m.st.zst "\$@"
END
chmod +x trained
with broken none ./trained --device gpu
with old old ./trained --device opencl
for mode in platforms devices doubles wrong memory; do
    with fake $mode ./trained --device gpu
done
with fake devices csvnet devices
with fake wrong csvnet devices
with fake none csvnet devices
[ -e m.st.zst ] && echo 'a model'

CSVNET_KERNELS=baseline with fake none ./trained --device gpu

echo '-- each call fails once; the old model stays'
cp cpu.st.zst m.st.zst
for call in clGetPlatformIDs:1 clGetDeviceIDs:1 clCreateContext:1 clCreateCommandQueue:1 \
    clCreateProgramWithSource:1 clBuildProgram:1 clCreateBuffer:1 clCreateBuffer:2 clEnqueueFillBuffer:2 \
    clFinish:2 clEnqueueWriteBuffer:3 clCreateKernel:4 clSetKernelArg:99 clEnqueueNDRangeKernel:50 \
    clEnqueueReadBuffer:4 clEnqueueReadBuffer:12; do
    with fake $call ./trained --device gpu
done
cmp cpu.st.zst m.st.zst && echo 'the old model'
with fake clReleaseContext:1 ./trained --device gpu
cmp whole.st.zst m.st.zst >/dev/null || echo 'a new one'

echo '-- folds and seeds in the same launches'
# side NAME OPTIONS...: trains members here and there
side()
{
    name=$1
    shift
    eval "fit -q $several \"\$@\" --device cpu -o 'c.%.st.zst'"
    eval "fit -v $several \"\$@\" --device opencl:1 -o 'd.%.st.zst'" 2>.stderr
    for member in 1 2 3; do cmp c.$member.st.zst d.$member.st.zst && echo "$name $member: the same model"; done
    sed -n 's/.*kernels ran \([0-9]*\) times, in \([0-9]*\) launches$/\1 \2/p' .stderr |
        while read -r kernels launches; do [ "$launches" -lt "$kernels" ] && echo 'fewer launches than kernels'; done
}
several="all.st.zst --arch conv\ 4\ 3x3,\ batchnorm,\ relu,\ maxpool\ 2,\ dropout\ 0.2,\ flatten,\ linear --epochs 3"
side fold --fold 1-3/3
side seed --seed 1-3 --augment 'shift 1'
with fake clEnqueueNDRangeKernel:60 ./trained --device gpu --seed 1-3 -o 'm.%.st.zst' | LC_ALL=C sort
with fake clCreateBuffer:3 ./trained --device gpu --seed 1-3 -o 'm.%.st.zst' | sed 's/seed [123]/seed N/'
with fake wrong ./trained --device gpu --seed 1-3 -o 'm.%.st.zst'
# memory for one at a time, or for none
wide='conv 8 3x3, flatten, linear'
fit -q train.st.zst --arch "$wide" --seed 1-3 --device cpu -o 'c.%.st.zst'
with fake total:700000 fit train.st.zst --arch "$wide" --seed 1-3 --device gpu -o 'm.%.st.zst' | grep -e "^-- " -e memory |
    sed 's/seed [123]:/seed N:/'
for member in 1 2 3; do cmp c.$member.st.zst m.$member.st.zst && echo "seed $member: the same model"; done
with fake total:700000 fit -q train.st.zst --arch 'conv 64 3x3, flatten, linear' --seed 1-3 --device gpu -o 'n.%.st.zst'
rm -f m.?.st.zst

echo '-- the process that has the device is killed, and one that trains'
cat >killing.py <<'END'
import os, re, signal, subprocess, sys
which, *command = sys.argv[1:]
process = subprocess.Popen(command, stderr=subprocess.PIPE, bufsize=0)
for _ in range(12): # lines of epochs
    while b"epoch" not in process.stderr.readline():
        pass
children = sorted(int(child) for child in open(f"/proc/{process.pid}/task/{process.pid}/children").read().split())
os.kill(children[0 if which == "device" else -1], signal.SIGKILL)
said = process.stderr.read().decode().splitlines()
ends = {re.sub("device '.*'", "device 'N'", line.split(": ", 1)[1]) for line in said if "csvnet" in line}
print(f"exit {process.wait()}", *sorted(ends), sep="\n")
END
killed()
{
    which=$1
    shift
    eval "$python killing.py $which fit $several --epochs 400 --seed 1-3 \"\$@\" -o 'k.%.st.zst' --checkpoint 'k.%' --resume"
}
killed device --device opencl:1
killed member --device opencl:1
eval "fit -q $several --epochs 400 --seed 1-3 --device cpu -o 'c.%.st.zst'"
eval "fit -q $several --epochs 400 --seed 1-3 --device opencl:1 -o 'k.%.st.zst' --checkpoint 'k.%' --resume --if-changed"
for member in 1 2 3; do cmp c.$member.st.zst k.$member.st.zst && echo "seed $member: the same model"; done

echo '-- a GPU of CUDA that is not fit gives way to one of OpenCL, and a fit one comes first'
mkdir both
cp fake/libOpenCL.so.1 both
if command -v g++ >/dev/null; then
    for library in libcuda.so.1 libnvrtc.so.12; do
        source=${library%%.*}
        ${CC:-cc} -std=c11 -shared -fPIC -I "$CSVNET_TOP" -o both/$library "$CSVNET_TOP/tests/faults/${source#lib}.c" -ldl
    done
    export XDG_CACHE_HOME="$PWD" CXXFLAGS=-O0
    trained -q -o plain.st.zst --device cpu
    CUDA=wrong LD_LIBRARY_PATH=$PWD/both sh -c "fit $small -o m.st.zst --device gpu 2>&1" | grep -o '; going on.*'
    cmp m.st.zst plain.st.zst
    OPENCL=clGetPlatformIDs:1 LD_LIBRARY_PATH=$PWD/both ./trained --device gpu && cmp m.st.zst plain.st.zst && echo 'the same model'
else
    sed -n '/^-- a GPU of CUDA/,$ { /^-- a GPU/d; p; }' "$CSVNET_TOP/tests/commands/fit/device.expected"
fi
