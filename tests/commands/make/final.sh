# FINAL = all: the submission by models of all rows, the scores by those that validation was kept from.
competition
by() { head -n 1 "csvnet.out/$1.params"; }
echo '-- next to a share held back'
stages FINAL=all
by a.all.model.st.zst
by test.pred.st.zst
by val.pred.st.zst
stages FINAL=all
run make -q FINAL=all
stages
echo '-- it is the model of all rows'
fit -q csvnet.out/train.st.zst --arch 'flatten, linear' --epochs 1 -o a.st.zst
cmp a.st.zst csvnet.out/a.all.model.st.zst
echo '-- the options of one model'
stages FINAL=all a.fit='--arch linear --epochs 1'
echo '-- with folds and seeds'
stages FINAL=all FOLDS=2 b.seeds=2
by b.s2.all.model.st.zst
by test.pred.st.zst
by train.oof.st.zst
stages FINAL=all FOLDS=2 b.seeds=2
make why FINAL=all FOLDS=2 b.seeds=3 | sed 's/, took [0-9]* s last time:/:/; /was: /d; /now: /d'
echo '-- with a labelled file, which then is trained on too; with nothing held back it changes nothing'
csv val.csv 15
stages FINAL=all VAL=val.csv
by a.all.model.st.zst
stages -n VAL=none
stages -n VAL=none FINAL=all
make csvnet-clean >.log
ls csvnet.out 2>&1
echo '-- refused'
refused FINAL=yes
refused FINAL=all a.fit='--patience 2'
refused FINAL=all b.fit='--epochs 9 --keep best'
refused FINAL=all b.fit='--epochs 9 --keep best-auc'
stages -q FINAL=all a.fit='--keep last' | grep -v exit
