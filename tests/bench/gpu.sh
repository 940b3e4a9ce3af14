#!/bin/bash
# A device beside the processor: gpu.sh BIN [DEVICE [ROWS [TRAIN.csv]]]
#
# Trains every preset and every network of a budget on both, from the same rows (of TRAIN.csv, or 28x28 noise),
# compares the models byte for byte, and prints rows per second of a training's further epochs, so without what
# is done once, as building kernels. Needs nothing but csvnet's programs and what the device itself needs.
# DEVICE (gpu) is as in fit --device. Exit status: 0 when all bytes are the same.
set -u

bin=$(cd "$1" && pwd) || exit
device=${2:-gpu}
rows=${3:-6400}
train=${4:-}
networks=$(cd "$(dirname "$0")/../../pipeline" && echo "$PWD"/model/presets/*.net "$PWD"/budgets/*.net) || exit
folder=$(mktemp -d) || exit
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit

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
"$bin/csvnet" devices || exit
case $train in /* | noise.csv) ;; *) train=$OLDPWD/$train ;; esac
"$bin/ingest" -q "$train" -o all.st.zst && "$bin/split" -q all.st.zst --part train.st.zst="$rows" --part rest.st.zst=rest || exit

# fit_on WHERE NETWORK EPOCHS: prints its seconds
fit_on()
{
    local begin=$EPOCHREALTIME

    "$bin/fit" -q train.st.zst --arch "$2" --epochs "$3" --augment 'shift 1, rotate 10' --device "$1" -o "$1.st.zst" &&
        echo $((${EPOCHREALTIME/./} - ${begin/./}))
}

status=0
printf '| network | bytes | processor, rows/s | %s, rows/s | times |\n|---|---|---:|---:|---:|\n' "$device"
for network in $networks; do
    for where in cpu "$device"; do
        one=$(fit_on "$where" "$network" 1) || exit
        three=$(fit_on "$where" "$network" 3) || exit
        [ "$where" = cpu ] && cpu=$((three - one)) || gpu=$((three - one))
    done
    bytes=same
    cmp -s cpu.st.zst "$device.st.zst" || bytes=differ status=1
    awk -v name="$(basename "$network")" -v bytes="$bytes" -v rows="$rows" -v cpu="$cpu" -v gpu="$gpu" 'BEGIN {
        printf "| %s | %s | ", name, bytes
        if (cpu > 0 && gpu > 0)
            printf "%.0f | %.0f | %.2f |\n", 2e6 * rows / cpu, 2e6 * rows / gpu, cpu / gpu
        else
            print "- | - | - |"
    }'
done
exit $status
