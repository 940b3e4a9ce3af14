# One fit by several processes: the bytes of one, with any number of them, stopped and resumed too; what
# differs between them, and what they cannot do, is refused by one sentence.
[ -x "$CSVNET_BIN/fit-mpi" ] || skip 'there is no fit-mpi: make MPI=1 makes it, after make deps FOR=cluster'
csv train.csv 1000 8
ingest -q train.csv -o all.st.zst
split -q all.st.zst --part train.st.zst=rest --part val.st.zst=20%

# They leave each other the processor.
usual='--allow-run-as-root --oversubscribe --mca mpi_yield_when_idle 1'

timeout 60 mpirun $usual -n 2 true 2>/dev/null || skip 'mpirun starts no processes here'

# mpi COUNT COMMAND...: what the processes say, without mpirun's own words
mpi()
{
    count=$1
    shift
    timeout 120 mpirun $usual -n "$count" "$@" 2>&1 | grep -e '^fit: ' -e '^csvnet ' -e '^Try' | grep -v 'rows were trained on'
}
options="train.st.zst --val val.st.zst --arch smallcnn --epochs 3 --ema 0.99 --keep best --augment"
fit -q $options 'shift 1' -o plain.st.zst --history plain.jsonl 2>/dev/null
for count in 1 2 3 5; do
    mpi $count fit -q $options 'shift 1' -o $count.st.zst --history $count.jsonl --json $count.json
    cmp plain.st.zst $count.st.zst && echo "$count: same bytes, $(wc -l <$count.json) summary"
done
/usr/bin/python3 -B -c '
import json
for name in ["plain", "3"]:
    print([{k: v for k, v in json.loads(line).items() if k in ("epoch", "loss", "scores")}
           for line in open(name + ".jsonl")][-2])' | uniq -c | sed 's/ {.*/ kind of epoch/'

echo '-- interrupted, and resumed by another number'
options="train.st.zst --arch mlp-20 --epochs 4000 --schedule one-cycle --ema 0.99 --checkpoint c --resume"
fit -q $options -o plain.st.zst
# interrupt SIGNAL COUNT: ends a fit of so many processes, each told after three seconds and killed after six
interrupt()
{
    rm -f .log
    mpirun $usual --mca odls_base_sigkill_timeout 3 -n "$2" fit $options -o m.st.zst >.log 2>&1 &
    pid=$!
    for i in $(seq 300); do
        grep -q 'epoch [0-9]' .log 2>/dev/null && break
        sleep 0.1
    done
    kill "$1" $pid
    wait $pid
    [ ! -e m.st.zst ] || echo 'it was finished'
    grep -o 'resuming in epoch' .log
    run show c | grep -o 'checkpoint/1'
}
interrupt -TERM 3
interrupt -TERM 2
fit $options -o m.st.zst 2>&1 | grep -o 'resuming in epoch'
cmp plain.st.zst m.st.zst && echo 'same bytes'
ls c 2>&1

echo '-- refused'
mpi 2 fit missing.st.zst -o x.st.zst
mpi 2 fit train.st.zst --no-such -o x.st.zst
mpi 2 fit train.st.zst --within 10s -o x.st.zst
mpi 2 fit train.st.zst --arch linear --optimizer sgd --lr 900 --divisor 1e-30 -o x.st.zst | grep finite
mpi 1 fit train.st.zst --arch linear -o x.st.zst : -n 1 fit train.st.zst --arch linear --seed 2 -o x.st.zst | grep process
mpi 1 fit train.st.zst --arch linear -o x.st.zst : -n 1 fit all.st.zst --arch linear -o x.st.zst | grep process
ls x.st.zst 2>&1
mpi 12 fit train.st.zst --arch linear --epochs 1 -o y.st.zst | grep processes
mpi 2 fit train.st.zst --arch linear --epochs 1 -o y.st.zst --if-changed | timeless
mkdir alone
cp "$CSVNET_BIN/fit" alone
mpi 2 alone/fit train.st.zst --arch linear -o x.st.zst | sort -u
SLURM_STEP_NUM_TASKS=4 fit train.st.zst --arch linear -o x.st.zst 2>&1
ls -A | grep '^\.csvnet'
