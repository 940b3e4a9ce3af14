# Signals that are ignored when a program begins do not end it: INT behind a script's &, HUP under nohup.
csv train.csv 120
ingest -q train.csv -o train.st.zst
# send SIGNAL COMMAND...: again and again, to all that it starts, which ignore it; tells how that ended
send()
{
    signal=$1
    shift
    trap '' "$signal"
    setsid "$@" >said 2>&1 &
    trap - "$signal"
    for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        sleep 0.05
        kill -s "$signal" -- -$! 2>/dev/null
    done
    wait $!
    echo "$signal: exit $?"
}
send INT fit -q train.st.zst --arch 'linear 64, relu, linear' --batch 8 --epochs 2000 -o m.st.zst
send HUP fit -q train.st.zst --arch 'linear 64, relu, linear' --batch 8 --epochs 2000 -o n.st.zst
send HUP fit -q train.st.zst --arch 'linear 64, relu, linear' --batch 8 --epochs 2000 --fold 1-2/2 -o 'm%.st.zst'
ls [mn]*
echo '-- nobody reads any more what it says'
{
    fit train.st.zst --arch linear --epochs 2000 -o piped.st.zst 2>&1
    echo "exit $?" >ended
} | true
cat ended
ls piped.st.zst
echo '-- tuning'
competition
csv train.csv 120
sed -i "s/^a.fit.*/a.fit  = -a 'flatten, linear' -e 2000/; /^include/i a.try  = --lr '0.01|0.1|0.2|0.3'" Makefile
send HUP make tune WITHIN=1h
grep -e interrupted -e '^a.fit' said
