# One fit by several processes: the bytes of one, with any number of them, stopped and resumed too; each
# does its share; what differs between them, and what they cannot do, is refused by one sentence.
[ -x "$CSVNET_BIN/fit-mpi" ] || skip 'there is no fit-mpi: make MPI=1 makes it, after make deps FOR=cluster'
# hwloc's plugin would bring OpenCL into mpirun, and PoCL's compiler there takes SIGUSR1 for itself.
export HWLOC_COMPONENTS=-opencl
csv train.csv 1000 8
ingest -q train.csv -o all.st.zst
split -q all.st.zst --part train.st.zst=rest --part val.st.zst=20%

# They leave each other the processor.
usual='--allow-run-as-root --oversubscribe --mca mpi_yield_when_idle 1'

timeout 600 mpirun $usual -n 2 true 2>/dev/null || skip 'mpirun starts no processes here'

# said: what the processes say, without mpirun's own words, this machine's name and the times
said()
{
    grep -e '^fit: ' -e '^csvnet ' -e '^Try' | grep -v 'rows were trained on' |
        sed "s/ on $(uname -n | cut -c -23):/ on HERE:/; s/ exchanged .*/ exchanged/"
}
# mpi COUNT COMMAND...: runs it by so many processes
mpi()
{
    count=$1
    shift
    timeout 900 mpirun $usual -n "$count" "$@" 2>&1 | said
}
# alone COUNT COMMAND...: what the processes say goes to .said, not by way of mpirun and among its words
alone()
{
    count=$1
    shift
    : >.said
    timeout 900 mpirun $usual -n "$count" sh -c 'exec "$@" 2>>.said' sh "$@"
}
options="train.st.zst --val val.st.zst --arch smallcnn --epochs 3 --ema 0.99 --keep best --augment"
fit -q $options 'shift 1' -o plain.st.zst --history plain.jsonl 2>/dev/null
for count in 1 2 3 5; do
    mpi $count fit -q $options 'shift 1' -o $count.st.zst --history $count.jsonl --json $count.json
    cmp plain.st.zst $count.st.zst && echo "$count: same bytes, $(wc -l <$count.json) summary"
    # Pictures that each computed gradients of: of 13 batches of 64 in 8 parts the last has 32 in 4.
    /usr/bin/python3 -c 'import json, sys; print(*(json.load(open(sys.argv[1])).get("processes") or {"rows": []})["rows"])' $count.json
done
/usr/bin/python3 -B -c '
import json
for name in ["plain", "3"]:
    print([{k: v for k, v in json.loads(line).items() if k in ("epoch", "loss", "scores")}
           for line in open(name + ".jsonl")][-2])' | uniq -c | sed 's/ {.*/ kind of epoch/'
for options in '--keep best-macro-f1 --eval-every 5 --eval again=all.st.zst' '--keep best-auc --optimizer sgd --batch 100' \
    '--freeze 2 --from plain.st.zst' '--class-weights balanced --label-smoothing 0.1 --batch 8'; do
    arch='--arch smallcnn'
    [ "$options" = "${options#*--from}" ] || arch=
    rm 1.st.zst 3.st.zst
    for count in 1 3; do
        alone $count fit train.st.zst --val val.st.zst $arch --epochs 2 $options -o $count.st.zst >.log 2>&1
        sed -n '/^fit: epoch/ { / left$/d; s/; lr .*//; p; }' .said >$count.log
    done
    cmp 1.st.zst 3.st.zst && cmp 1.log 3.log && echo "$options: same bytes, $(grep -c . 3.log) lines"
done
mpi 3 fit train.st.zst --arch linear --epochs 2 -o x.st.zst | grep '^fit: processes'
rm x.st.zst

echo '-- within a time'
arch='conv 4 3x3 pad 1, batchnorm, relu, flatten, linear'
mpi 3 fit train.st.zst --val val.st.zst --arch "$arch" --batch 32 --within 1s -o m.st.zst >.log
set -- $(sed -n 's/^fit: \(--within.*\) takes the same steps.*/\1/p' .log)
fit -q train.st.zst --val val.st.zst --arch "$arch" --batch 32 "$@" -o plain.st.zst 2>/dev/null
cmp plain.st.zst m.st.zst && echo 'same bytes without a clock'

echo '-- interrupted, and resumed by another number'
options="train.st.zst --arch mlp-20 --epochs 4000 --schedule one-cycle --ema 0.99 --checkpoint c --resume"
fit -q $options -o plain.st.zst
rm -f m.st.zst
# interrupt SIGNAL COUNT WHOM FROM TO: ends a fit of so many processes, resumed from FROM, by a signal to `mpirun` or to one of the
# `ranks`; mpirun waits so many seconds, and kills who has not ended: on a slow machine there have to be more
interrupt()
{
    for seconds in 2 8 32 128; do
        cp "$4" c 2>/dev/null || rm -f c
        # Into the pipe they write themselves: mpirun would read from them, and they would go on.
        begun '*step*' mpirun $usual --mca odls_base_sigkill_timeout $seconds -n "$2" \
            sh -c 'exec 2>.pipe && exec "$@"' sh fit $options --log-every 1 -o m.st.zst
        whom=$begun
        [ "$3" = mpirun ] || whom=$(ps -o pid= --ppid $begun | tail -n 1)
        kill "$1" $whom
        ended
        status=$?
        ! grep -q -e ': saved;' .begun && [ "$1" != -KILL ] || break
    done
    cp c "$5"
    echo "$1 to $3: status $status, $(run show c | grep -o 'checkpoint/1'), saved: $(grep -c ': saved;' .begun)"
    [ ! -e m.st.zst ] || echo 'it was finished'
    grep -o 'resuming in epoch' .begun
    ps -o pid= --ppid $begun
}
interrupt -TERM 3 mpirun none c1
interrupt -INT 2 mpirun c1 c2
interrupt -USR1 2 mpirun c2 c3
interrupt -TERM 3 ranks c3 c4
interrupt -KILL 3 ranks c4 c5 2>/dev/null
fit $options -o m.st.zst 2>&1 | grep -o 'resuming in epoch'
cmp plain.st.zst m.st.zst && echo 'same bytes'
ls c 2>&1

echo '-- machines that do not share the checkpoint'
options="train.st.zst --arch mlp-20 --epochs 4000 --resume -o m.st.zst --checkpoint"
# They hold several steps: d is of a later one than fit gets to after c's line, until a pipe is full.
for checkpoint in c:20 d:3000; do
    /usr/bin/python3 "$CSVNET_TOP/tests/support/interrupt.py" INT ${checkpoint#*:} fit $options ${checkpoint%:*} --log-every 1 |
        grep -o 'saved;'
done
mpi 1 fit $options c : -n 2 fit $options e | grep -v '^fit: ' | sort
mpi 1 fit $options c : -n 1 fit $options d | grep -v '^fit: '
head -c 2000 c >e
mpi 1 fit $options c : -n 1 fit $options e | grep -v '^fit: ' | cut -c -70
rm -f c d e m.st.zst

echo '-- what is only printed'
mpirun $usual -n 2 fit --version
echo "status $?"
mpirun $usual -n 3 fit --help 2>&1 | grep -c usage
mpirun $usual -n 2 fit train.st.zst --arch linear --plan | head -n 1

echo '-- refused'
mpi 2 fit missing.st.zst -o x.st.zst
mpi 1 fit train.st.zst --arch linear -o x.st.zst : -n 1 fit missing.st.zst --arch linear -o x.st.zst | grep '^csvnet'
mpi 2 fit train.st.zst --no-such -o x.st.zst
mpi 2 fit train.st.zst --arch linear -o no/x.st.zst
mpi 2 fit train.st.zst --arch linear --optimizer sgd --lr 900 --divisor 1e-30 -o x.st.zst | grep finite
mpi 2 fit train.st.zst --arch linear --optimizer sgd --lr 900 --divisor 1e-30 --within 1h -o x.st.zst | grep finite
mpi 1 fit train.st.zst --arch linear -o x.st.zst : -n 1 fit train.st.zst --arch linear --seed 2 -o x.st.zst | grep process
mpi 1 fit train.st.zst --arch linear -o x.st.zst : -n 1 fit all.st.zst --arch linear -o x.st.zst | grep process
mpi 1 fit train.st.zst --arch linear -o x.st.zst --checkpoint c : -n 1 fit train.st.zst --arch linear -o x.st.zst | grep process
ls x.st.zst 2>&1
mpi 12 fit train.st.zst --arch linear --epochs 1 -o y.st.zst | grep processes
mpi 2 fit train.st.zst --arch linear --epochs 1 -o y.st.zst --if-changed | timeless
mkdir alone
cp "$CSVNET_BIN/fit" alone
mpi 2 alone/fit train.st.zst --arch linear -o x.st.zst | sort -u
for number in 0 1; do
    SLURM_STEP_NUM_TASKS=4 SLURM_PROCID=$number fit train.st.zst --arch linear -o x.st.zst 2>&1
done
ls -A | grep '^\.csvnet'
