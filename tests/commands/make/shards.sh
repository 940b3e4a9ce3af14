# CSVs that are parts of one data set: a rule for each, a list of what they make, and the bytes of the one file.
competition
sed -i '/^a.fit/s/$/ --quiet/' Makefile
make -s submission.csv >/dev/null 2>&1
mkdir one
mv csvnet.out submission.csv one
head -n 21 train.csv >part-1.csv
sed -n 22,41p train.csv >part-2.csv # without a header
{ head -n 1 train.csv; sed -n 42,61p train.csv; } >part-3.csv
head -n 8 test.csv >test-a.csv
{ head -n 1 test.csv; sed -n '9,$p' test.csv; } >test-b.csv
sed -i 's/^TRAIN .*/TRAIN = part-*.csv/; s/^TEST .*/TEST = test-a.csv test-b.csv/' Makefile
stages -j2 | sort
stages
cmp submission.csv one/submission.csv && cmp csvnet.out/a.model.st.zst one/csvnet.out/a.model.st.zst &&
    cmp csvnet.out/test.pred.st.zst one/csvnet.out/test.pred.st.zst && echo 'the same bytes as of one file'
for file in train test; do
    explain csvnet.out/$file.shards | grep content
    explain one/csvnet.out/$file.st.zst | grep content
done
echo '-- a part that changed is ingested anew, and alone; one more; one less; one that is touched'
sed -i '2s/,[0-9]*$/,77/' part-2.csv
stages
touch part-3.csv
stages
{ head -n 1 train.csv; sed -n 22,31p train.csv; } >part-4.csv
make why | sed 's/ [0-9]* bytes of .*//; s/, took .*//'
stages
rm part-4.csv
stages
make left
make csvnet_force=train.part-1 -n | grep -c 'step .* force'
echo '-- folds, a trial, pieces to validate on, the report'
stages FOLDS=2 oof OUT=folds
make -s try 2>&1 | tail -n 1
stages VAL='part-2.csv part-3.csv' TRAIN='part-1.csv' OUT=val VAL.ingest='--part-of part-1.csv' scores | head -n 8
make -s report.html >/dev/null 2>&1 && echo 'report: made'
make csvnet-clean
ls csvnet.out
echo '-- one host or job each'
printf '%s\n' '#!/bin/sh' 'echo ran >>ran' 'exec "$@"' >launch
chmod +x launch
make -s RUN_INGEST=./launch submission.csv >/dev/null 2>&1
wc -l <ran
echo '-- what is no part is refused by name'
csv wide.csv 20 5
refused TRAIN='none-*.csv'
refused TRAIN='part-1.csv part-1.csv'
refused TRAIN='my train.csv'
make TRAIN='part-1.csv wide.csv' 2>&1 | grep '^csvnet ingest:'
make TRAIN='part-1.csv gone.csv' 2>&1 | grep '^csvnet'
sed '3s/,[0-9]*$/,x/' part-3.csv >odd.csv
make TRAIN='part-1.csv part-2.csv odd.csv' 2>&1 | grep '^csvnet ingest:'
awk 'NR > 1 { print "9" substr($0, 2) }' part-3.csv >class.csv
make -s TRAIN='part-1.csv class.csv' csvnet.out/train.shards 2>&1 | tail -n 1 | sed 's/, [0-9.]* s$//'
