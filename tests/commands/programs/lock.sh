# One run after the other makes a file: the second says who makes it, waits, and then looks.
command -v flock >/dev/null || skip 'there is no flock'
csv train.csv 20 4
ingest -q train.csv -o train.st.zst

# locked NAME COMMAND...: runs it while NAME's lock is held until it has said that it waits
locked()
{
    name=$1
    shift
    echo "\$ $* (locked)"
    lock=.csvnet-$name.lock
    mkfifo go
    : >.stderr
    (
        exec 9>"$lock"
        flock 9
        echo 'somebody, process 1 on HOST, since a while' >&9
        echo >held
        read -r _ <go
        rm "$lock"
    ) &
    until [ -e held ]; do sleep 0.01; done
    "$@" >.stdout 2>.stderr &
    pid=$!
    until grep -qs waiting .stderr; do
        sleep 0.01
        kill -0 $pid 2>/dev/null || break
    done
    [ -e "$name" ] && echo "$name is there already"
    ${end:-true}
    echo >go
    wait $pid
    status=$?
    wait
    cat .stdout
    sed 's/^/! /' .stderr | sed 's/, [0-9.]* s$/, ... s/'
    [ $status -eq 0 ] || echo "exit $status"
    rm -f go held .stdout .stderr
}

locked t.st.zst ingest train.csv -o t.st.zst
locked p.st.zst split train.st.zst --part q.st.zst=50% --part p.st.zst=rest
locked m.st.zst fit train.st.zst --arch linear --epochs 1 -o m.st.zst --if-changed | grep -e '^\$' -e waiting -e written | timeless
run fit train.st.zst --arch linear --epochs 1 -o m.st.zst --if-changed
locked pred.st.zst predict train.st.zst m.st.zst -o pred.st.zst | grep -e '^\$' -e waiting

echo '-- a run that waits can be interrupted; what it did not take stays'
end=interrupt
interrupt()
{
    kill -TERM $pid
    while kill -0 $pid 2>/dev/null; do sleep 0.01; done
}
locked i.st.zst ingest train.csv -o i.st.zst
echo '-- parts are taken in the order of their names, however spelt, lest two runs wait for each other'
end=locks
locks() { ls -A | grep '^\.csvnet'; }
locked p.st.zst split train.st.zst --part ./q.st.zst=50% --part p.st.zst=rest | grep -v '^!'
end=true
ls -A | grep '^\.csvnet'

echo '-- a lock that a killed run left is nobody'"'"'s'
echo 'killed, process 1 on HOST, since a while' >.csvnet-k.st.zst.lock
run ingest -q train.csv -o k.st.zst
echo 'killed, process 1 on HOST, since a while' >.csvnet-other.st.zst.lock
run ingest -q train.csv -o k.st.zst
ls -A | grep '^\.csvnet'

echo '-- three at once'
csv many.csv 2000 6
ingest -q many.csv -o many.st.zst
begun '*epoch 1/*' fit many.st.zst --arch mlp-100 --epochs 100 --if-changed --log-every 1 -o two.st.zst
for i in 1 2; do
    fit many.st.zst --arch mlp-100 --epochs 100 --if-changed -o two.st.zst 2>two.$i &
done
until grep -qs waiting two.1 && grep -qs waiting two.2; do sleep 0.01; done
ended
wait
cat .begun two.? | grep -c ': written,'
cat two.? | grep -c 'nothing changed$'
cat two.? | sed -n 's/process [0-9]* on .*, since [-0-9]* [0-9:]*;/process N on HOST, since TIME;/p' | sort -u
ls -A | grep '^\.csvnet'
