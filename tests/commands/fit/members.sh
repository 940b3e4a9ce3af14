# Several folds or seeds by one command: the bytes, records and messages that a command for each gives, for any
# number of threads, also of what is stopped and resumed; one that fails leaves the others alone.
csv train.csv 90
ingest -q train.csv -o train.st.zst
set -- train.st.zst --arch 'conv 4 3x3 pad 1, batchnorm, relu, flatten, dropout 0.3, linear' --lr 0.01 --batch 8
for i in 1 2 3 4 5; do
    fit -q "$@" --epochs 2 --fold $i/5 --augment 'shift 1' -o one.f$i.st.zst --history one.f$i.jsonl
done
for i in 7 8 9; do fit -q "$@" --epochs 2 --seed $i -o one.s$i.st.zst; done

# same NAME NUMBERS: compares each with that of a command of its own
same()
{
    for i in $2; do cmp "$1$i.st.zst" "one.$1$i.st.zst" || echo "$1$i differs"; done
    rm -f "$1"[0-9]*
}
# sorted: shows lines in an order of their own, without what differs by machine, and without the number of the fold
# that comes first to say the settings
sorted()
{
    sed '/ epoch [0-9]/s/: loss.*//; s/, [0-9.]* s in all$//; s/cpu, [a-z0-9]* kernels/cpu, some kernels/
        s/fold [23]: \(device\|network\|data\|val\)/fold N: \1/; s/fold [23] of/fold N of/' | LC_ALL=C sort
}

echo '-- any number of threads'
for threads in 1 2 3 8; do
    fit -q "$@" --epochs 2 --fold 1-5/5 --augment 'shift 1' -o 'f%.st.zst' --threads $threads
    same f '1 2 3 4 5'
done
fit -q "$@" --epochs 2 -s 7-9 -o 's%.st.zst'
same s '7 8 9'
fit -q "$@" --epochs 2 --fold 2-2/5 --augment 'shift 1' --spool . -o 'f%.st.zst'
same f 2
fit -q - --fold 4-5/5 --augment 'shift 1' --epochs 2 --arch "$3" --lr 0.01 --batch 8 -o 'f%.st.zst' <train.st.zst
for i in 4 5; do cmp f$i.st.zst one.f$i.st.zst || true; done
rm f?.st.zst

echo '-- what it says, of several at once'
run fit "$@" --epochs 2 --fold 2-3/5 --augment 'shift 1' --threads 2 -o 'f%.st.zst' --history 'f%.jsonl' \
    --json 'f%.json' --depend 'f%.d' | sorted
cat f3.d
wc -l <f3.jsonl
grep '"model"' f2.json
same f '2 3'

echo '-- those that are due'
fit -q "$@" --epochs 2 --fold 1-5/5 --augment 'shift 1' -o 'f%.st.zst'
rm f3.st.zst
run fit "$@" --epochs 2 --fold 1-5/5 --augment 'shift 1' --threads 1 -o 'f%.st.zst' --if-changed | timeless |
    sed 's/cpu, [a-z0-9]* kernels/cpu, some kernels/'
same f '1 2 3 4 5'

echo '-- one fails'
fit -q "$@" --epochs 3 --fold 3/5 --augment 'shift 1' -o other.st.zst --checkpoint c3 --pause-after 1
run fit -q "$@" --epochs 2 --fold 1-5/5 --augment 'shift 1' -o 'f%.st.zst' --checkpoint 'c%' --resume --lr 0.02 \
    --threads 2 2>/dev/null | sed 's/^\(! csvnet fit fold 3: c3:\).*/\1 .../'
ls f?.st.zst
rm f?.st.zst c3

echo '-- stopped, killed, resumed'
python=${PYTHON:-/usr/bin/python3}
fit -q "$@" --epochs 300 --fold 1-3/5 -o 'one.l%.st.zst'
for signal in INT TERM; do
    "$python" "$CSVNET_TOP/tests/support/interrupt.py" $signal 40 \
        fit "$@" --epochs 300 --fold 1-3/5 --log-every 1 --threads 2 -o 'l%.st.zst' --checkpoint 'c%' --resume
done
ls c? l?.st.zst 2>/dev/null
"$python" "$CSVNET_TOP/tests/support/interrupt.py" TERM 330 fit "$@" --epochs 300 --fold 1-3/5 --threads 1 -o 'k%.st.zst'
ls k?.st.zst
rm k?.st.zst
fit -q "$@" --epochs 300 --fold 1-3/5 --threads 2 -o 'l%.st.zst' --checkpoint 'c%' --resume
ls c? 2>/dev/null
same l '1 2 3'
"$python" - "$@" <<'END'
# kills one of two members: the other one and those that follow end well
import os, signal, subprocess, sys, time
process = subprocess.Popen(["fit", *sys.argv[1:], "--epochs", "300", "--fold", "1-3/5", "--threads", "2",
                            "-o", "l%.st.zst", "--log-every", "1"], stderr=subprocess.PIPE, text=True)
killed = []
for line in process.stderr:
    if not killed and line.startswith("fit fold 2: epoch"):
        children = open(f"/proc/{process.pid}/task/{process.pid}/children").read().split()
        killed.append(children[1])
        os.kill(int(children[1]), signal.SIGKILL)
    if line.startswith("csvnet"):
        print(line, end="")
print("status", process.wait())
END
ls l?.st.zst

echo '-- wrong'
run fit "$@" --fold 3-1/10 -o 'x%'
run fit "$@" --fold 0-1/10 -o 'x%'
run fit "$@" --fold 1-11/10 -o 'x%'
run fit "$@" --fold 1-3/10 -o x
run fit "$@" --fold 1-3/10 -o 'x%' --history h
run fit "$@" --fold 1-3/10 -o -
run fit "$@" -o 'x%'
run fit "$@" --fold 1/10 -o 'x%'
run fit "$@" --fold 1-2/10 --seed 1-2 -o 'x%'
run fit "$@" --seed 2-1 -o 'x%'
run fit "$@" --seed 1- -o 'x%'
run fit "$@" --seed 1-2000 -o 'x%'
run fit "$@" --fold 1-2/10 --plan
run fit "$@" --fold 1-1/10 -o 'x1%' --history 'x%1'
run fit "$@" --fold 1-2/10 -o 'x%' --threads 1 --arch nonsense
run fit "$@" --fold 1-2/10 -o 'none/x%'
run fit none --fold 1-2/10 -o 'x%'
run fit "$@" --fold 1-2/10 -o 'x%' --spool . --normalize 'width 3'
ls -A
