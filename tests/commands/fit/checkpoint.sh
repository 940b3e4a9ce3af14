# A run that is stopped and resumed, several times, ends in the bytes of an undisturbed one. A
# checkpoint that does not fit is refused, or kept under another name.
python=${PYTHON:-/usr/bin/python3}
csv train.csv 120
awk -F, -v OFS=, 'NR > 1 && NR % 5 == 0 { $1 = (NR / 5) % 3 } { print }' train.csv >noisy.csv
ingest -q noisy.csv -o train.st.zst
csv other.csv 120
ingest -q other.csv -o other.st.zst
arch='conv 4 3x3 pad 1, batchnorm, relu, flatten, dropout 0.3, linear'

# go OUTPUT MORE...: the run that is stopped; its step lines fill a pipe many times
before=
name=more
go()
{
    $before fit train.st.zst --arch "$arch" --schedule one-cycle --lr 0.01 --batch 4 --epochs 100 \
        --fold 1/3 --keep best --eval $name=other.st.zst --log-every 1 -o "$@"
}
# stop SIGNAL LINES OUTPUT MORE...: once it has said so many lines
stop()
{
    before="$python $CSVNET_TOP/tests/support/interrupt.py $1 $2"
    shift 2
    go "$@" | sed 's|epoch [0-9/]*, step.*|another line|'
    before=
}
# resume OUTPUT MORE...: to the end; shows where it began, without the numbers
resume()
{
    go "$@" 2>.stderr
    echo "status $?"
    grep -e resuming -e overwritten -e beginning -e restart -e finished .stderr |
        sed 's/epoch [0-9]* after step [0-9]*/epoch N after step N/; s/from byte.*;/from byte N on;/
            s/, [0-9]* of them begun//
            s/frame [0-9]*, which begins at byte [0-9]*/frame N/; s/[0-9a-f]\{32\}/DIGEST/g'
    rm .stderr
}

go whole.st.zst --threads 2 2>/dev/null
echo '-- stopped six times'
echo old >m.st.zst
stop INT 15 m.st.zst --checkpoint c --threads 2
zstd -qt c && cat m.st.zst
stop TERM 40 m.st.zst --checkpoint c --resume --threads 1
stop HUP 100 m.st.zst --checkpoint c --resume --threads 3
stop INT 300 m.st.zst --checkpoint c --resume --threads 5
stop USR1 50 m.st.zst --checkpoint c --resume --threads 2
stop XCPU 50 m.st.zst --checkpoint c --resume --threads 2
resume m.st.zst --checkpoint c --resume --threads 1
cmp m.st.zst whole.st.zst && echo 'the same bytes'
ls c 2>&1

echo '-- killed: the old files are there, and no other remain'
stop INT 15 m.st.zst --checkpoint c
cp c kept
echo old >m.st.zst
stop KILL 100 m.st.zst --checkpoint c --resume --history h
cmp c kept && cat m.st.zst
ls -A
resume m.st.zst --checkpoint c --resume
cmp m.st.zst whole.st.zst && echo 'the same bytes'

echo '-- nothing to resume'
stop INT 15 none.st.zst
resume m.st.zst --checkpoint c --resume
cmp m.st.zst whole.st.zst && echo 'the same bytes'

echo '-- paused after epochs: after the last one, or one that is over, there is nothing to pause'
rm -f m.st.zst
for epoch in 1 7 7 3 100; do
    go m.st.zst --checkpoint c --resume --pause-after $epoch -q --history h
    echo "status $?"
    ls c m.st.zst h 2>&1
done
cmp m.st.zst whole.st.zst && echo 'the same bytes'
rm h
run fit train.st.zst -o m.st.zst --pause-after 1
stop INT 15 none.st.zst --checkpoint c

echo '-- checkpoints that do not fit'
# unlike WHAT MORE...: resumes from the checkpoint of the run above with other options or data
unlike()
{
    cp kept c
    resume m.st.zst --checkpoint c --resume "$@"
    cmp c kept && rm -f c.old
    resume m.st.zst --checkpoint c --resume --restart "$@"
    cmp c.old kept
    go n.st.zst "$@" 2>/dev/null
    cmp m.st.zst n.st.zst && echo 'the bytes of an undisturbed run'
    ls c 2>&1
}
unlike --epochs 2 --lr 0.02 --patience 7
unlike --epochs 2 --seed 9
unlike --epochs 2 --arch linear
echo '-- other data that is scored changes nothing that is done'
name=again
cp kept c
resume m.st.zst --checkpoint c --resume
ls c 2>&1
name=more
cp train.st.zst as-it-was.st.zst
ingest -q train.csv -o train.st.zst
unlike --epochs 100
cp as-it-was.st.zst train.st.zst
head -c 300 kept >short
cp kept original
for bytes in short train.csv; do
    cp $bytes kept
    unlike
done
# one byte of the weights is another
$python -c '
data = bytearray(open("original", "rb").read())
data[-100] ^= 1
open("kept", "wb").write(data)'
unlike
# log_state was called told
zstd -qdc original | LC_ALL=C sed 's/"log_state":/"told"     :/' >plain
zstd -qf plain -o kept
unlike
echo '-- more epochs, where the schedule does not depend on their number, are those of the long run'
short()
{
    $before fit train.st.zst --arch "$arch" --batch 4 --fold 1/3 --log-every 1 --checkpoint c --resume -o m.st.zst "$@"
}
before="$python $CSVNET_TOP/tests/support/interrupt.py INT 60"
short --epochs 300 | sed 's|epoch [0-9/]*, step.*|another line|'
before=
short --epochs 320 2>&1 | grep resuming | sed 's/epoch [0-9]* after step [0-9]*/epoch N after step N/'
mv m.st.zst resumed.st.zst
short --epochs 320 2>&1 | grep -e finished -e beginning
cmp m.st.zst resumed.st.zst && echo 'the same bytes'
echo '-- without --resume it is written over'
cp original c
resume m.st.zst --checkpoint c
cmp m.st.zst whole.st.zst && echo 'the same bytes'
ls c 2>&1

echo '-- stopped in every epoch'
csv long.csv 2250
ingest -q long.csv -o long.st.zst
# long OUTPUT MORE...: 5 epochs of 1500 steps, more than a pipe holds lines
long()
{
    $before fit long.st.zst --arch linear --batch 1 --epochs 5 --fold 1/3 --log-every 1 -o "$@"
}
# stop_in EPOCH OUTPUT MORE...
stop_in()
{
    before="$python $CSVNET_TOP/tests/support/interrupt.py TERM $((first + 1501 * ($1 - 1)))"
    shift
    long "$@" | sed 's|epoch [0-9/]*, step.*|another line|'
    before=
}
long whole.st.zst 2>.stderr
first=$(grep -n ', step 1/' .stderr | head -n 1 | cut -d : -f 1)
for epoch in 1 2 3 4 5; do
    stop_in $epoch m.st.zst --checkpoint c
    long m.st.zst --checkpoint c --resume 2>&1 | grep -o 'resuming in epoch [0-9]*'
    cmp m.st.zst whole.st.zst && echo 'the same bytes'
done

echo '-- two runs with one checkpoint: each ends in its own bytes'
long other.st.zst --seed 2 2>/dev/null
for epoch in 1 3 5; do
    long n.st.zst --checkpoint c --resume --restart --seed 2 2>/dev/null &
    stop_in $epoch m.st.zst --checkpoint c
    long m.st.zst --checkpoint c --resume --restart 2>/dev/null
    wait
    cmp m.st.zst whole.st.zst && cmp n.st.zst other.st.zst && echo 'the same bytes'
done
ls -A | grep -v old | grep csvnet

echo '-- a damaged one is of no use, whatever else differs'
fit -q train.st.zst --arch linear --epochs 3 --checkpoint broken --pause-after 1 -o never.st.zst
printf x | dd of=broken bs=1 seek=$(($(wc -c <broken) / 2)) conv=notrunc 2>.dd
fit -q train.st.zst --arch linear --epochs 4 --checkpoint broken --resume -o never.st.zst 2>&1 | sed 's/broken: .*;/broken: FAULT;/'

echo '-- a saving that fails ends no training'
mkdir disk
fit train.st.zst --arch 'linear 400, relu, linear 400, relu, linear' --epochs 10000 --batch 4 --checkpoint disk/c -o long.st.zst >/dev/null 2>said &
until_said()
{
    until grep -q "$1" said 2>/dev/null; do
        kill -0 $! 2>/dev/null || break
        sleep 0.05
    done
}
until_said 'epoch 2/'
mv disk away
until_said warning
mv away disk
kill -TERM $!
wait $! 2>/dev/null
echo "exit $?"
grep -v -e epoch -e ' data ' -e device -e network said
zstd -qt disk/c && echo whole
