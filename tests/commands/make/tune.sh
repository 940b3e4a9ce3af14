# make tune: draws, successive halving over folds, a recipe; what was trained stays.
competition
csv train.csv 120
sed -i "s/^a.fit.*/a.fit  = -a 'flatten, linear' -e 3/; /^include/i a.try  = --lr '0.001|0.01|0.1' --weight-decay '|0.1'" Makefile
# tune MAKE'S ARGUMENTS...: what it says, without times
tune()
{
    echo "\$ make tune $*"
    make tune "$@" >.said 2>&1 </dev/null
    status=$?
    sed -E '/trainings/d; /^csvnet (ingest|split)/d; /^(ingest|split):/d; /part-/d; /^  *rows/d
        s/^.*Makefile.inc:[0-9]*: //; s/ in [0-9]+ s\./ in TIME./; s/( [0-9]+ x [0-9]+) +[0-9.]+  /\1  TIME  /' .said
    [ $status -eq 0 ] || echo "exit $status"
    rm .said
}
tune
tune WITHIN=1h
cat csvnet.out/tune/a.recipe
echo '-- what is known is not trained again; no model or checkpoint is left'
ls csvnet.out/tune | sed 's/^[0-9a-f]\{12\}\./DIGEST./'
cp csvnet.out/tune/tried.jsonl before
tune WITHIN=1h | head -n 3
cmp before csvnet.out/tune/tried.jsonl
echo '-- the recipe trains what was tried; other seeds draw, and train, others'
sed -i 's/^a.fit.*/a.fit = --recipe csvnet.out\/tune\/a.recipe/' Makefile
stages
show csvnet.out/a.model.st.zst | grep -E '^ *(lr|epochs|weight-decay) '
sed -i "s/^a.try.*/a.try = --lr 1e-3..1/" Makefile
# interrupted CONDITION...: make tune $options, ended as by Ctrl-C once the condition holds, on a slow machine later
interrupted()
{
    for seconds in 2 4 8 16 32 64 128; do
        timeout -s INT $seconds make tune WITHIN=1h $options >.said 2>&1
        "$@" && break
    done
}
tried_some() { [ -e $1/tune/tried.jsonl ] && [ "$(grep -c . $1/tune/tried.jsonl)" -ge 4 ]; }
options=OUT=other interrupted tried_some other
options='OUT=more SEED=2' interrupted tried_some more
for out in other more; do grep -o '"options":"--[^"]*' $out/tune/tried.jsonl | head -n 4 | sort >$out.drawn; done
comm -12 other.drawn more.drawn | wc -l
echo '-- options that no fit takes, and those that do not fit'
sed -i "s/^a.try.*/a.try = --augment 'shift 1|rotat 5..9'/" Makefile
tune WITHIN=1h | grep -e failed -e tried | sed 's/there are: .*/there are: .../'
sed -i "s/^a.try.*/a.try = --batch 16|32/; s/^a.fit.*/a.fit = --arch nothing/" Makefile
tune WITHIN=60s
echo '-- too little time'
sed -i "s/^a.fit.*/a.fit = --arch 'flatten, linear 2000, relu, linear' --batch 1 --epochs 9000/; s/^a.try.*/a.try = --lr 1e-4..1e-3/" Makefile
tune WITHIN=1s | sed 's/: [0-9]* seconds/: N seconds/'
echo '-- interrupted, as by Ctrl-C: what runs saves its state'
saved() { ls csvnet.out/tune | grep -q checkpoint && grep -o 'a: interrupted; make tune goes on from here' .said; }
options= interrupted saved
echo '-- wrong ones'
for try in '--lr 1e-2..3e-4' 'lr 1..2' '--lr 0.1' '-o m.st.zst'; do
    sed -i "s/^a.try.*/a.try = $try/" Makefile
    tune WITHIN=60s
done
echo '-- a line of the record that is torn costs no other; nothing to try: networks by the pictures'
sed -i "s/^a.try.*/a.tri = --lr 1..2/" Makefile
printf '{"training":"ab' >csvnet.out/tune/tried.jsonl
for seconds in 5 10 20 40 80; do
    make tune METRIC=macro-f1 WITHIN=${seconds}s >.said 2>&1 && break
done
sed -n 's/.*\(csvnet: warning\)/\1/p; /MODELS/p; /^auto.fit =/p' .said
grep -c '^{.*}$' csvnet.out/tune/tried.jsonl | sed 's/^[1-9][0-9]*$/some lines/'
grep -o -e '^--[a-z]*' csvnet.out/tune/auto.recipe | sort
make csvnet-clean
find csvnet.out | sort
echo '-- another metric ranks, if fit measures it; a command in front of each fit, and what is left of other data goes'
cat >launch <<'END'
#!/bin/sh
case " $* " in *' --threads '*) echo threads ;; *) echo "$3 $4" ;; esac >>launched
exec "$@"
END
chmod +x launch
sed -i "s/^a.tri.*/a.try = --lr '0.01|0.1'/; s/^a.fit.*/a.fit = -a 'flatten, linear' -e 3/" Makefile
mkdir -p csvnet.out/tune
touch csvnet.out/tune/0123456789ab.f1.checkpoint.st.zst
tune WITHIN=1h METRIC=f1
tune WITHIN=1h METRIC=macro-f1
sed -i 's/^a.fit.*/& --keep best-macro-f1/' Makefile
tune -j2 WITHIN=1h METRIC=macro-f1 RUN_FIT="./launch"
tune WITHIN=1h METRIC=log-loss
make report.html 2>/dev/null | grep -o -e '--tuned [^ ]*'
sort launched | uniq -c
ls csvnet.out/tune
tune WITHIN=1h RUN_FIT=./nosuch SEED=7
