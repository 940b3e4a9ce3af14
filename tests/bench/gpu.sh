#!/bin/bash
# A device beside the processor: gpu.sh BIN [DEVICE [ROWS [TRAIN.csv]]]
#
# Trains every preset and every network of a budget on both, from the same rows (of TRAIN.csv, or 28x28 noise),
# compares the models byte for byte, also an epoch of a tenth of the rows by --precision bf16, and prints rows per
# second of a training's further epochs, so without what is done once, as building kernels; then ten seeds of one
# network by one command. Needs nothing but csvnet's programs and what the device itself needs; where there is a
# PyTorch with a GPU, its rates follow. DEVICE (gpu) is as in fit --device.
#
# A machine with a GPU may be at hand for minutes: with KEPT=FOLDER the rows, and the processor's models and
# rates, are kept there and made once. So: KEPT=kept gpu.sh BIN cpu here; there, with kept carried along,
# KEPT=kept gpu.sh BIN gpu.
# Exit status: 0 when all bytes are the same.
set -u

bin=$(cd "$1" && pwd) || exit
device=${2:-gpu}
rows=${3:-6400}
train=${4:-}
here=$(cd "$(dirname "$0")" && pwd) || exit
networks=$(cd "$here/../../pipeline" && echo "$PWD"/model/presets/*.net "$PWD"/budgets/*.net) || exit
[ -z "$train" ] || train=$(realpath "$train") || exit
folder=$(mktemp -d) || exit
trap 'rm -rf "$folder"' EXIT
kept=${KEPT:-$folder}
mkdir -p "$kept" && kept=$(cd "$kept" && pwd) && cd "$folder" || exit

[ -e "$kept/train.st.zst" ] || {
    [ -n "$train" ] || {
        train=noise.csv
        awk -v rows=$((rows + 10)) 'BEGIN {
            srand(1)
            line = "label"
            for (i = 0; i < 784; i++) line = line ",pixel" i
            print line
            for (row = 0; row < rows; row++) {
                line = row % 10
                for (i = 0; i < 784; i++) line = line "," (rand() < 0.8 ? 0 : int(256 * rand()))
                print line
            }
        }' >noise.csv
    }
    "$bin/ingest" -q "$train" -o all.st.zst &&
        "$bin/split" -q all.st.zst --part "$kept/train.st.zst=$rows" --part rest.st.zst=rest || exit
}
grep -m 1 'model name' /proc/cpuinfo
nvidia-smi --query-gpu=name,driver_version,memory.total,clocks.max.sm,pstate --format=csv 2>/dev/null
"$bin/csvnet" devices || exit

# fit_on WHERE NETWORK EPOCHS FILE [OPTION...]: prints its microseconds
fit_on()
{
    local begin=$EPOCHREALTIME

    "$bin/fit" -q "$kept/train.st.zst" --arch "$2" --epochs "$3" --augment 'shift 1, rotate 10' --device "$1" -o "$4" "${@:5}" &&
        echo $((${EPOCHREALTIME/./} - ${begin/./}))
}

# both WHERE NETWORK FILE [OPTION...]: prints the microseconds of two epochs, those of three less those of one
both()
{
    local one three

    one=$(fit_on "$1" "$2" 1 "${@:3}") && three=$(fit_on "$1" "$2" 3 "${@:3}") && echo $((three - one))
}

# same HERE THERE: tells whether the models are the same
same()
{
    cmp -s "$1" "$2" && echo same || echo differ
}

# line NAME BYTES BF16 EPOCHS MICROSECONDS MICROSECONDS-THERE: prints a line of the table, of so many epochs in all
line()
{
    awk -v name="$1" -v bytes="$2" -v rounded="$3" -v rows=$((rows * $4)) -v cpu="$5" -v gpu="$6" 'BEGIN {
        printf "| %s | %s | %s | ", name, bytes, rounded
        if (cpu > 0 && gpu > 0)
            printf "%.0f | %.0f | %.2f |\n", 1e6 * rows / cpu, 1e6 * rows / gpu, cpu / gpu
        else
            print "- | - | - |"
    }'
}

bf16=(--precision bf16 --limit-rows $(((rows + 9) / 10)))
status=0
printf '| network | bytes | bf16 | processor, rows/s | %s, rows/s | times |\n|---|---|---|---:|---:|---:|\n' "$device"
for network in $networks; do
    name=$(basename "$network")
    [ -e "$kept/$name.time" ] || {
        both cpu "$network" "$kept/$name.st.zst" >"$kept/time" &&
            fit_on cpu "$network" 1 "$kept/$name.bf16.st.zst" "${bf16[@]}" >/dev/null &&
            mv "$kept/time" "$kept/$name.time"
    } || exit
    [ "$device" != cpu ] || continue
    cpu=$(cat "$kept/$name.time")
    gpu=$(both "$device" "$network" there.st.zst) || exit
    bytes=$(same "$kept/$name.st.zst" there.st.zst)
    fit_on "$device" "$network" 1 there.st.zst "${bf16[@]}" >/dev/null || exit
    rounded=$(same "$kept/$name.bf16.st.zst" there.st.zst)
    [ "$bytes$rounded" = samesame ] || status=1
    line "$name" "$bytes" "$rounded" 2 "$cpu" "$gpu"
done
ten=$here/../../pipeline/budgets/pooled-16.net
[ -e "$kept/ten.time" ] ||
    { both cpu "$ten" "$kept/ten.%.st.zst" --seed 1-10 >"$kept/time" && mv "$kept/time" "$kept/ten.time"; } || exit
[ "$device" = cpu ] || {
    gpu=$(both "$device" "$ten" 'ten.%.st.zst' --seed 1-10) || exit
    bytes=same
    for seed in {1..10}; do
        [ "$(same "$kept/ten.$seed.st.zst" "ten.$seed.st.zst")" = same ] || bytes=differ status=1
    done
    line 'pooled-16, ten seeds' $bytes - 20 "$(cat "$kept/ten.time")" "$gpu"
}
# shellcheck disable=SC2086 # a file each
[ "$device" = cpu ] || "${PYTHON:-python3}" -B "$here/gpu_torch.py" $networks || [ $? = 77 ] || echo 'PyTorch failed'
exit $status
