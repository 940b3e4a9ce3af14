# Disks that fill up, limits, folders that take no file, readers that go away: a sentence, a status,
# the old output as it was, and nothing left next to it.
csv train.csv 3000 28
cut -d , -f 2- train.csv >test.csv
run ingest -q train.csv -o train.st.zst
run ingest -q test.csv --like train.st.zst -o test.st.zst
run fit -q train.st.zst --arch linear --epochs 1 -o m.st.zst
run predict -q test.st.zst m.st.zst -o p.st.zst
run submit -q p.st.zst -o s.csv
mkdir out
for file in train.st.zst m.st.zst p.st.zst s.csv; do cp $file out; done
before=$(cksum out/*)

# each ARGUMENTS BEFORE THE OUTPUT...: every program with an output in out
every()
{
    "$@" ingest -q train.csv -o out/train.st.zst
    "$@" split -q train.st.zst --part out/train.st.zst=50% --part out/p.st.zst=rest
    "$@" fit -q train.st.zst --arch 'linear 100, linear' --epochs 1 -o out/m.st.zst
    "$@" predict -q test.st.zst m.st.zst -o out/p.st.zst
    "$@" submit -q p.st.zst -o out/s.csv
    [ "$(cksum out/*)" = "$before" ] && echo 'all as it was'
    ls -A out | grep -v -e '^train.st.zst$' -e '^m.st.zst$' -e '^p.st.zst$' -e '^s.csv$'
}

echo '-- files limited to 512 bytes'
limited() { (ulimit -f 1; run "$@"); }
every limited 2>&1 | sed 's/byte [0-9]*/byte N/'

echo '-- a folder that takes no files, neither from root nor from others, who get other causes'
refused() { run "$@" | sed 's/\(a file in folder [^:]*\): .*/\1: CAUSE/'; }
refused ingest -q train.csv -o /proc/train.st.zst
refused split -q train.st.zst --part /proc/a=50% --part b=rest
refused fit -q train.st.zst --arch linear -o /proc/m.st.zst
refused fit -q train.st.zst --arch linear -o m2.st.zst --checkpoint /proc/c
refused predict -q test.st.zst m.st.zst -o /proc/p.st.zst
refused submit -q p.st.zst -o /proc/s.csv
refused report -q --data test=test.st.zst -o /proc/r.html

echo '-- what is known at the start is said at the start: nothing is trained'
late=$(printf 'n%.0s' $(seq 256))
refused fit train.st.zst --arch linear -o models/
refused fit train.st.zst --arch linear -o ''
refused fit train.st.zst --arch linear -o $late
refused fit train.st.zst --arch linear -o m2.st.zst --json missing/j
refused fit train.st.zst --arch linear -o m2.st.zst --depend models/
refused fit train.st.zst --arch linear -o m2.st.zst --history $late

echo '-- fewer threads than requested'
(ulimit -s 4000000 && ulimit -v 3000000 && fit train.st.zst --arch linear --epochs 1 --threads 4 -o m3.st.zst 2>&1) |
    sed -n 's/.*\(threads: .*\)/\1/p'
(ulimit -s 4000000 && ulimit -v 3000000 && predict test.st.zst m.st.zst --threads 4 -o p3.st.zst 2>&1) |
    grep threads
cmp p3.st.zst p.st.zst && rm -f m3.st.zst p3.st.zst

echo '-- a full device'
run ingest -q train.csv -o /dev/full
run predict -q test.st.zst m.st.zst -o /dev/full
run submit -q p.st.zst -o /dev/full
run report -q --data test=test.st.zst -o /dev/full
for program in ingest split fit predict submit compare report explain; do
    $program --help >/dev/full
    echo "exit $?"
done

echo '-- a reader that goes away'
for words in 'submit -q p.st.zst -o -' 'ingest -q train.csv -o -' 'fit --help'; do
    mkfifo pipe
    true <pipe &
    exec 4>pipe # when it is there
    wait $!
    $words >&4 2>&1
    echo "exit $?"
    exec 4>&-
    rm pipe
done
[ "$(cksum out/*)" = "$before" ] && echo 'all as it was'
