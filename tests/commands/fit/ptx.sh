# What NVRTC, where it is installed, makes of the kernels: every operation is rounded to nearest and
# correctly, subnormal numbers are zero, and nothing is fused but what a kernel fuses. No GPU is needed:
# tests/faults/cuda.c says that it is one that no NVRTC knows, gets PTX for it and takes none.
mkdir lib
${CC:-cc} -std=c11 -shared -fPIC -I "$CSVNET_TOP" -o lib/libcuda.so.1 "$CSVNET_TOP/tests/faults/cuda.c" -ldl ||
    skip 'no compiler makes a library here'
export XDG_CACHE_HOME=$PWD LD_LIBRARY_PATH=$PWD/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
CUDA_SAYS=13000,990 CUDA_PTX=$PWD/ptx csvnet devices >devices
[ -s ptx ] || skip "no NVRTC is installed, so what it compiles is not looked at"
kernels=$(cat "$CSVNET_TOP"/nn/*/*.cl "$CSVNET_TOP"/nn/*/*/*.cl | grep -c '^KERNEL(')
[ "$(grep -c '\.visible \.entry' ptx)" = "$kernels" ] && echo 'each kernel'

# Operations on numbers with a fraction, each once.
grep -oE '\b[a-z]+[0-9]?\.[a-z0-9.]*\bf(32|64)\b[a-z0-9.]*' ptx | sort -u |
    grep -vE '^(ld|st|mov|setp|selp|neg|abs)\.' >operations
echo '-- not rounded to nearest, but for conversions to whole numbers and from narrower ones'
grep -vE '\.rn\.|\.r[zm]i\.|^cvt\.(ftz\.)?f64\.f32$|^(min|max)\.' operations
echo '-- approximate'
grep -E 'approx|full|rsqrt|ex2|lg2|sin|cos|tanh' operations
echo '-- of floats, with subnormal numbers'
grep -E '^(add|sub|mul|fma|div|sqrt|rcp|cvt.*f(32|64))\..*f32' operations | grep -vE 'ftz|f32\.[su][0-9]+$'
echo '-- fused: of doubles; and of the self-test, which fuses once and adds a product once'
grep -E '^(fma|mad)\..*f64' operations
awk '/\.entry self_test\(/ { inside = 1 } inside && /^}/ { exit } inside' ptx |
    grep -oE '\b(fma|mul|add|div|sqrt)\.rn(\.ftz)?\.f32' | sort | uniq -c | sed 's/^ *//'
