# What belongs to no model of today, and cleaning by what was made.
competition
make >.log 2>&1
make -s left
make MODELS=a >.log 2>&1
make -s left MODELS=a
make -s left
echo '-- a budget, folds, a trial'
make FOLDS=2 MODELS=a >.log 2>&1
make OUT=more try >.log 2>&1
make -s left FOLDS=2 MODELS=a | wc -l
make -s left OUT=more
echo '-- all of it goes but the record, whatever is set today, and what was edited'
sed -i '2s/,.*/,2/' submission.csv
mkdir csvnet.out/mine && echo 1 >csvnet.out/mine/file && echo 1 >csvnet.out/notes.txt
make csvnet-clean MODELS=c
ls csvnet.out csvnet.out/mine submission.csv
make OUT=more csvnet-clean
ls more try.csv 2>&1
