# `make try`: all stages on a few rows, next to the real outputs and marked as a trial.
competition
csv train.csv 3000
(head -n 1 train.csv; tail -n +2 train.csv | sort -n) >sorted.csv && mv sorted.csv train.csv
echo '-- nothing is written by -n'
make -n try >.plan
grep -c '/fit .* --trial' .plan
ls
echo '-- through to a submission of all rows of TEST'
stages try
run submit --check try.csv csvnet.out/try/test.pred.st.zst
wc -l <try.csv
echo '-- of a CSV sorted by its labels, each class has its share'
split -q csvnet.out/try/train.st.zst --part all.st.zst=rest --json all.json
tr -d ' \n' <all.json | grep -o '"rows":2000,"classes":{[^}]*}'
echo '-- then nothing is to do'
stages try
echo '-- next to the real files, of which nothing is touched'
stages
grep -c . csvnet.out/runs.jsonl csvnet.out/try/runs.jsonl
stages try
stages
echo '-- marked: the models, the predictions, what is said'
for file in try/a.model try/test.pred a.model test.pred; do
    explain csvnet.out/$file.st.zst | grep -q 'trial *yes' && echo "$file is of a trial"
done
for file in try/test.pred test.pred; do
    show csvnet.out/$file.st.zst | sed -n '1s/.*predictions/predictions/p'
done
for folder in csvnet.out/try csvnet.out; do
    show $folder/runs.jsonl | sed '/^ *accuracy/,$d; s/[0-9]*-[0-9]*-[0-9]* /D /; s/ *[0-9.]* *--/  N  --/'
    grep -o '"options":"[^"]*"\|"trial":.*' $folder/runs.jsonl
done
for folder in csvnet.out/try csvnet.out; do
    run compare $folder/val.pred.st.zst $folder/val.pred.st.zst | sed -n 2p
done
for what in csvnet_trial=1\ OUT=csvnet.out/try ''; do
    make -s scores SUBMISSION=try.csv $what 2>/dev/null | sed 's/ *[0-9.]* *\(trial:\|--\|of\)/  N  \1/'
done
run predict csvnet.out/test.st.zst csvnet.out/a.model.st.zst csvnet.out/try/b.model.st.zst -o mixed.st.zst
run submit mixed.st.zst -o mixed.csv
rm -f csvnet.out/try/test.pred.st.zst
make try 2>&1 | sed -n 's/^\([a-z]*\) try .*/\1/p' | sort | uniq -c
make try 2>&1 | tail -n 1
echo '-- an option of a model, then one that is wrong: what was there stays'
stages try a.fit="--arch 'flatten, linear' --epochs 3"
cp try.csv before.csv
stages try a.fit="--arch 'flatten, linear 0'"
cmp try.csv before.csv && echo 'the same'
echo '-- models that differ in their epochs alone are the same ones in a trial'
stages try a.fit='--arch linear --epochs 4' b.fit='--arch linear --epochs 5' OUT=alike
make -s csvnet_trial=1 OUT=alike/try SUBMISSION=try.csv alike/try/report.html \
    a.fit='--arch linear --epochs 4' b.fit='--arch linear --epochs 5' 2>&1 | tail -n 1 | sed 's/[0-9]* kB/N kB/'
rm -r alike
echo '-- counts of rows, folds, seeds and a last fit become small ones'
stages try VAL=1000 OUT=counted
stages try FOLDS=5 a.seeds=3 FINAL=all OUT=folds
echo '-- side by side, in another folder, from another Makefile'
mkdir sub
sed 's/^all/SUBMISSION = sub\/mine.csv\nall/' Makefile >other.mk
make -j2 -f other.mk try OUT=sub/out >.log 2>&1
echo "exit $?"
cmp sub/try.csv before.csv && echo 'the same'
grep -c 'jobserver unavailable' .log
echo '-- removed with the rest'
make -s -f other.mk OUT=sub/out csvnet-clean
make -s csvnet-clean OUT=folds FOLDS=5 a.seeds=3
make -s csvnet-clean OUT=counted
make -s csvnet-clean
find . -name '*try*' | sort
ls . sub
