# CUDA by libraries without a GPU, tests/faults/cuda.c and nvrtc.c: the processor's bytes, what is kept of
# the compiled kernels, which NVRTC is taken, and what fit says where one is missing or a call fails.
command -v g++ >/dev/null || skip 'no g++ compiles kernels'
faults=$CSVNET_TOP/tests/faults
# build LIBRARY SOURCE OPTIONS...
build()
{
    to=$1 from=$2
    shift 2
    mkdir -p "${to%/*}"
    ${CC:-cc} -std=c11 -shared -fPIC -I "$CSVNET_TOP" "$@" -o "$to" "$faults/$from.c" -ldl || skip 'no compiler makes a library here'
}
build lib/libcuda.so.1 cuda
build lib/libnvrtc.so.12 nvrtc
build newer/libnvrtc.so.13 nvrtc -DVERSION=13000
build older/libnvrtc.so.11.2 nvrtc -DVERSION=11080 -DNEWEST=89
build home/.local/lib/python3.11/site-packages/nvidia/cuda_nvrtc/lib/libnvrtc.so.12 nvrtc
cp -r lib driver
rm driver/libnvrtc.so.12
mkdir none
: >none/libcuda.so.1
: >none/libOpenCL.so.1
: >lib/libOpenCL.so.1
: >driver/libOpenCL.so.1
unset CUDA_HOME CUDA_PATH CONDA_PREFIX VIRTUAL_ENV CUDA_VISIBLE_DEVICES
export CXXFLAGS=-O0 HOME=$PWD/empty XDG_CACHE_HOME=$PWD/cache LD_LIBRARY_PATH=$PWD/lib
csv all.csv 110 8
ingest -q all.csv -o all.st.zst
split -q all.st.zst --part train.st.zst=90 --part val.st.zst=rest
# trained OPTIONS...: a fit of a small network
trained()
{
    fit train.st.zst --arch 'conv 4 3x3, batchnorm, relu, maxpool 2, dropout 0.2, flatten, linear' --epochs 3 -q "$@"
}
# short: leaves out numbers and names of files that differ from run to run
short()
{
    sed 's/ [-0-9xa.p+]*, [-0-9xa.p+]*, .*/ .../; s/says 6: .*/says 6: .../'
}
# with NAME=VALUE... COMMAND...: shows it with these
with()
{
    echo "-- $*" | sed "s/ trained.*//; s/ csvnet.*//; s|$PWD/||g"
    (
        while case $1 in *=*) true ;; *) false ;; esac do
            export "$1"
            shift
        done
        "$@" >.stdout 2>.stderr </dev/null
        echo "exit $?" >>.stderr
    )
    cat .stdout .stderr | short | grep -v -x 'exit 0'
}

echo '-- the same file'
trained -o cpu.st.zst --device cpu --augment 'shift 1, rotate 10'
trained -o cuda.st.zst --device cuda --augment 'shift 1, rotate 10'
trained -o gpu.st.zst --device gpu --augment 'shift 1, rotate 10'
cmp cpu.st.zst cuda.st.zst && cmp cpu.st.zst gpu.st.zst && echo 'the same model'
csvnet devices

echo '-- compiled kernels are kept, and compiled again when they are damaged or the driver is another'
ls cache/csvnet
with NVRTC=nvrtcCompileProgram:1 trained -o m.st.zst --device cuda:1
truncate -s -1 cache/csvnet/kernels-90
with NVRTC=nvrtcCompileProgram:1 trained -o m.st.zst --device cuda
trained -o m.st.zst --device cuda
with CUDA_SAYS=12050,90 NVRTC=nvrtcCompileProgram:1 trained -o m.st.zst --device cuda
with XDG_CACHE_HOME=/dev/null/x trained -o m.st.zst --device cuda

echo '-- NVRTC: in a folder of pip; older than the GPU, whose driver compiles on; newer than the driver; none'
rm -r cache
driver=LD_LIBRARY_PATH=$PWD/driver
with $driver HOME="$PWD/home" trained -o m.st.zst --device cuda
with $driver CONDA_PREFIX="$PWD/home/.local" trained -o m.st.zst --device cuda
rm -r cache
with $driver:"$PWD/older" CUDA_SAYS=11080,90 trained -o m.st.zst --device cuda
rm -r cache
with $driver:"$PWD/older" CUDA_SAYS=11070,90 trained -o m.st.zst --device cuda
with $driver:"$PWD/older" CUDA_SAYS=11080,50 trained -o m.st.zst --device cuda
with $driver:"$PWD/newer" trained -o m.st.zst --device cuda
if ls /usr/local/cuda*/lib64/libnvrtc.so.1[123]* >/dev/null 2>&1; then
    with $driver CUDA_SAYS=10020,70 trained -o m.st.zst --device cuda >/dev/null
    echo 'one is there'
else
    with $driver CUDA_SAYS=10020,70 trained -o m.st.zst --device cuda | grep -q 'NVRTC is not found' && echo 'one is there'
fi

echo '-- no driver, one for linking, none that fits the kernel or the GPU, an earlier one, one without libraries'
with LD_LIBRARY_PATH="$PWD/none" trained -o m.st.zst --device cuda
with LD_LIBRARY_PATH="$PWD/none" trained -o m.st.zst --device gpu
with CUDA=cuInit:1:34 trained -o m.st.zst --device cuda
with CUDA=cuInit:1:100 trained -o m.st.zst --device cuda
with CUDA=cuInit:1:100 CUDA_VISIBLE_DEVICES= trained -o m.st.zst --device cuda
with CUDA=cuInit:1:803 trained -o m.st.zst --device gpu
with CUDA=cuInit:1:804 csvnet devices
with CUDA=cuDevicePrimaryCtxRetain:1:46 trained -o m.st.zst --device cuda
build old/libcuda.so.1 cuda -DcuModuleUnload=cuModuleUnloaded
with LD_LIBRARY_PATH="$PWD/old" trained -o m.st.zst --device cuda
trained -o m.st.zst --device cuda:2
echo "exit $?"

echo '-- a device that is not fit, and one that is full'
with CUDA=wrong trained -o m.st.zst --device cuda
with CUDA=wrong trained -o m.st.zst --device gpu
with CUDA=memory trained -o m.st.zst --device cuda
with NVRTC=bad XDG_CACHE_HOME="$PWD/bad" trained -o m.st.zst --device cuda

echo '-- each call fails once; the old model stays'
cp cpu.st.zst m.st.zst
trained -o n.st.zst --device cuda
for call in cuDeviceGetCount:1 cuDeviceGet:1 cuDeviceGetName:1 cuDeviceTotalMem_v2:1 cuDeviceGetAttribute:2 \
    cuDriverGetVersion:1 cuDevicePrimaryCtxRetain:1:2 cuCtxSetCurrent:1 cuCtxSetCurrent:100 cuMemGetInfo_v2:1 \
    cuModuleLoadData:1:209 cuMemAlloc_v2:1:2 cuMemAlloc_v2:2:2 cuMemsetD8_v2:2 cuMemcpyHtoD_v2:3 \
    cuModuleGetFunction:4:500 cuLaunchKernel:50 cuMemcpyDtoH_v2:4:700 cuMemcpyDtoH_v2:6:214 cuLaunchKernel:1:999; do
    with CUDA=$call trained -o m.st.zst --device cuda
done
for call in nvrtcVersion nvrtcGetNumSupportedArchs nvrtcGetSupportedArchs nvrtcCreateProgram nvrtcCompileProgram \
    nvrtcGetCUBINSize nvrtcGetCUBIN nvrtcGetProgramLog nvrtcDestroyProgram; do
    with NVRTC=$call:1 XDG_CACHE_HOME="$PWD/${call%Log}.cache" trained -o m.st.zst --device cuda
done
cmp n.st.zst m.st.zst && echo 'a new one, where all else went well'
