# PSEUDO: a second round with the rows of TEST that the first is sure of; each fold's labels by its models.
competition
by() { grep -h . "csvnet.out/$1.params"; }
echo '-- two rounds, then nothing'
stages PSEUDO=0.36
by pseudo.st.zst
by a.r2.model.st.zst
by test.pred.st.zst
by val.pred.st.zst
stages PSEUDO=0.36
run make -q PSEUDO=0.36
make scores PSEUDO=0.36 | sed 's/ [0-9.]*  \(--arch\|of 2\)/ SECONDS  \1/'
make explain PSEUDO=0.36 FILE=csvnet.out/a.r2.model.st.zst | sed 's/[0-9a-f]\{32\}/DIGEST/' | grep -e '^csvnet' -e DIGEST -e pseudo
echo '-- it is the model of the rows and those sure ones'
predict -q csvnet.out/test.st.zst csvnet.out/a.model.st.zst csvnet.out/b.model.st.zst -o p.st.zst \
    --pseudo-labels s.st.zst --sure 0.36
cmp s.st.zst csvnet.out/pseudo.st.zst
fit -q csvnet.out/part-train.st.zst s.st.zst --val csvnet.out/part-val.st.zst --arch 'flatten, linear' \
    --epochs 1 -o a.st.zst
cmp a.st.zst csvnet.out/a.r2.model.st.zst
echo '-- the first round serves any second, and none'
stages
stages PSEUDO=0.34
make why PSEUDO=0.36 | sed -n '/^csvnet.out.pseudo/,/now/p' | sed 's/, took [0-9]* s last time:/:/'
stages PSEUDO=0.34 b.fit='--arch linear --epochs 1'
rm csvnet.out/pseudo.pred.st.zst
stages PSEUDO=0.34 b.fit='--arch linear --epochs 1'
stages PREDICT='--tta shifts' -n PSEUDO=0.34 b.fit='--arch linear --epochs 1'
echo '-- no row is that sure'
cp submission.csv before.csv
make PSEUDO=1 2>&1 | sed -n 's/the surest, row .*/the surest .../; /^predict/p'
cmp submission.csv before.csv
stages -n PSEUDO=1 | head -n 2
echo '-- with folds, seeds and fits on all rows: no label by a model that saw the rows scored'
stages PSEUDO=0.3 FOLDS=2 FINAL=all b.seeds=2 b.weight=3
by pseudo.f1.st.zst
by pseudo.f2.st.zst
by pseudo.all.st.zst
by a.f2.r2.model.st.zst
by b.s2.all.r2.model.st.zst
by test.pred.st.zst
by train.oof.st.zst
stages PSEUDO=0.3 FOLDS=2 FINAL=all b.seeds=2 b.weight=3
cp submission.csv before.csv
make csvnet-clean PSEUDO=0.3 >.log
ls csvnet.out 2>&1
make -j2 PSEUDO=0.3 FOLDS=2 FINAL=all b.seeds=2 b.weight=3 >.log 2>&1
cmp submission.csv before.csv && echo 'side by side: the same'
echo '-- the page is of the second round'
make report.html PSEUDO=0.3 FOLDS=2 MODELS=a >.log 2>&1
grep -o -e '--model [^ ]*' .log
grep -o 'pseudo_labelled</dt><dd>[0-9]*' report.html
make csvnet-clean >.log
ls csvnet.out 2>&1
echo '-- a trial takes all rows as sure, and trains on few'
make try PSEUDO=0.99 >.log 2>&1
sed -n 's|.* \(--epochs 2.*\)|\1|p' .log
grep -h . csvnet.out/try/pseudo.st.zst.params
submit --check try.csv
make csvnet-clean >.log
ls csvnet.out 2>&1
echo '-- refused'
refused PSEUDO=99
refused PSEUDO=1.5
refused PSEUDO=0.9.9
refused PSEUDO=-0.5
refused PSEUDO='0.9 0.99'
refused PSEUDO=yes
refused PSEUDO=0.99 TEST=
