# With -j the models are fitted side by side, each on its share of the processors, with the same
# result.
competition
make -j2 >.log 2>/dev/null
echo "exit $?"
grep -c 'fit .* --threads [0-9]' .log
stages
mkdir before
cp submission.csv csvnet.out/*.model.st.zst before
stages csvnet-clean
make >.log 2>/dev/null
echo "exit $?"
grep -c -e '--threads' .log
for file in submission.csv csvnet.out/*.model.st.zst; do
    cmp "$file" "before/$(basename "$file")" && echo "same $file"
done
echo '-- how far all are is said by one, and nothing is left of it'
: >train.csv
csv train.csv 3000
shares=0
for epochs in 40 200 1000 5000 25000; do # until the machine lets both train at once while this looks
    sed -i "s/^a.fit.*/a.fit = --arch mlp-20 --epochs $epochs/; s/^b.fit.*/b.fit = --arch mlp-20 --epochs $epochs --seed 2/" Makefile
    make -j2 csvnet.out/a.model.st.zst csvnet.out/b.model.st.zst >.log 2>&1 &
    while kill -0 $! 2>/dev/null; do
        count=$(cat csvnet.out/*.share 2>/dev/null | wc -l)
        [ "$count" -gt "$shares" ] && shares=$count
        sleep 0.02
    done
    wait $!
    status=$?
    [ "$shares" -lt 2 ] || break
done
echo "exit $status, shares of $shares"
grep -c -e '--all-fits' .log
ls csvnet.out | grep -c share
