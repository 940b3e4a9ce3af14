# Pixels in a temporary file: the same bytes as in memory, and nothing of it stays.
csv train.csv 300
ingest -q train.csv -o train.st.zst
split -q train.st.zst -p a.st.zst=80% -p b.st.zst=rest
mkdir disk
fit_of() { fit "$@" --arch 'conv 4 3x3 pad 1, relu, flatten, linear' --augment 'shift 1' --epochs 3 --batch 16 -q; }
fit_of a.st.zst --val b.st.zst --eval all=train.st.zst --history one.jsonl -o one.model.st.zst
fit_of a.st.zst --val b.st.zst --eval all=train.st.zst --history two.jsonl --spool disk -o two.model.st.zst
cmp one.model.st.zst two.model.st.zst && echo 'the same bytes'
fit_of a.st.zst b.st.zst -o one.model.st.zst
fit_of a.st.zst b.st.zst --spool disk -o two.model.st.zst
cmp one.model.st.zst two.model.st.zst && echo 'the same bytes'
fit_of train.st.zst --fold 1/3 -o one.model.st.zst
fit_of train.st.zst --fold 1/3 --spool disk -o two.model.st.zst --threads 3
cmp one.model.st.zst two.model.st.zst && echo 'the same bytes'
run fit train.st.zst --fold 1/3 --arch 'conv 4 3x3 pad 1, relu, flatten, linear' --augment 'shift 1' --epochs 3 --batch 16 --if-changed -o two.model.st.zst
run fit train.st.zst --spool none -o no.model.st.zst
run fit train.st.zst --spool train.csv -o no.model.st.zst
ls disk
echo '-- stopped by a signal, nothing stays and the checkpoint does; killed, nothing stays either'
for signal in HUP TERM KILL; do # a shell's & has INT ignored
    fit train.st.zst --arch 'linear 64, relu, linear' --batch 1 --epochs 20000 --spool disk --checkpoint c.st.zst -q -o no.model.st.zst 2>/dev/null &
    until grep -q "$PWD/disk" /proc/$!/maps 2>/dev/null || ! kill -0 $! 2>/dev/null; do sleep 0.05; done
    kill -$signal $!
    wait $! 2>/dev/null
    echo "exit $?, in the folder: $(ls -A disk)"
done
