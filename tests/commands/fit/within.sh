# Trainings that end by the clock, and the same ones again without it.
csv train.csv 600
ingest -q train.csv -o train.st.zst
csv more.csv 90 && awk -F, -v OFS=, 'NR > 1 { $2 = 255 } { print }' more.csv >held.csv
ingest -q held.csv -o held.st.zst
arch='conv 4 3x3 pad 1, batchnorm, relu, flatten, linear'
# again WHAT OPTIONS: a run within half a second, and one that takes the same steps
again()
{
    fit train.st.zst --val held.st.zst --arch "$arch" --batch 16 "$@" --within 0.5s -o m.st.zst >.said 2>&1
    echo "status $?"
    set -- "$@" $(sed -n 's/^fit: \(--within.*\) takes the same steps.*/\1/p' .said)
    fit -q train.st.zst --val held.st.zst --arch "$arch" --batch 16 "$@" --threads 1 -o again.st.zst
    cmp m.st.zst again.st.zst && echo 'the same bytes'
}
again
again --schedule one-cycle --lr 0.01 --ema 0.9
again --schedule cosine --epochs 100000 --augment 'shift 1' --plain-epochs 2 --keep best
show m.st.zst | sed -n 's/^ *\(within  *0.5\)$/\1/p'
echo '-- an epoch takes less: nothing is bent'
fit train.st.zst --arch "$arch" --epochs 1 --within 8h -o m.st.zst 2>&1 | sed -n 's/ in [0-9.]* s,/ in N s,/; /^fit: within 28800 s: [0-9]* steps in/p; /--steps/p'
fit -q train.st.zst --arch "$arch" --epochs 1 -o again.st.zst
for file in m again; do /usr/bin/python3 -B "$CSVNET_TOP/tests/support/tensors.py" $file.st.zst 0.weight | grep ^0.weight >$file; done
cmp m again && echo 'the same weights'
echo '-- by the clock no two runs are the same, which is no change'
run fit train.st.zst --arch "$arch" --within 0.3s -o w.st.zst -q
run fit train.st.zst --arch "$arch" --within 0.3s -o w.st.zst --if-changed
run fit train.st.zst --arch "$arch" --within 0.4s -o w.st.zst --if-changed | grep -c 'nothing changed'
echo '-- what is left for each of several is not written to the microsecond'
fit train.st.zst --arch "$arch" --seed 1-2 --threads 1 --within 0.8s -o 's%.st.zst' 2>&1 |
    sed -n 's/^.* within \([0-9.]*\) s: .*/\1/p' | awk '{ print length($1) <= 5 ? "short" : $1 }'
echo '-- a number of batches'
for steps in 1 38 57 100; do
    fit train.st.zst --arch "$arch" --batch 16 --steps $steps --history h -o m.st.zst 2>&1 | grep -o '^fit: epoch [0-9/]*' | tail -n 1
done
/usr/bin/python3 -c 'import json; print(*(round(e["lr"], 7) for e in map(json.loads, open("h")) if e["event"] == "step" and e["epoch"] == 3 and e["step"] % 4 == 0))'
echo '-- interrupted and resumed'
python=${PYTHON:-/usr/bin/python3}
long="train.st.zst --arch linear --batch 1 --schedule cosine --log-every 1"
fit -q $long --steps 4000,3000@900 -o again.st.zst
$python "$CSVNET_TOP/tests/support/interrupt.py" INT 600 fit $long --steps 4000,3000@900 --checkpoint c -o m.st.zst >.said 2>&1
fit $long --steps 4000,3000@900 --checkpoint c --resume -o m.st.zst 2>&1 | grep -c resuming
cmp m.st.zst again.st.zst && echo 'the same bytes'
$python "$CSVNET_TOP/tests/support/interrupt.py" INT 600 fit $long --within 1h --checkpoint c -o m.st.zst >.said 2>&1
fit $long --within 0.5s --checkpoint c --resume -o m.st.zst 2>&1 |
    sed -n 's/in epoch [0-9]* after step [0-9]*/in epoch N after step N/; /resuming/p'
echo '-- too little for a step'
fit train.st.zst --val held.st.zst --arch "$arch" --within 0.001s -o m.st.zst 2>&1 | sed -n 's/about .*/about N s/; /warning/p'
echo '-- refused'
for option in '--within 90x' '--within 0s' '--within soon' '--steps 0' '--steps 5,4@9' '--time-left 3'; do
    run fit train.st.zst -o m.st.zst $option
done
