# In every program: no two outputs are one file, and none is an input, however they are spelt and
# whether they are there yet; nothing is written then. What is no regular file takes any number.
csv train.csv 20 4
csv test.csv 6 4
ingest -q train.csv -o train.st.zst
mkdir folder
ln -s folder/out link
ln -s folder also
ln train.st.zst hard.st.zst
fit_quick='fit train.st.zst --arch linear --epochs 1 -q'
$fit_quick -o a.st.zst
predict -q train.st.zst a.st.zst -o pred.st.zst
submit -q pred.st.zst -o sample.csv
cksum sample.csv train.csv train.st.zst a.st.zst pred.st.zst >before

echo '-- two outputs, one file'
run $fit_quick -o m.st.zst --checkpoint ./m.st.zst
run $fit_quick -o m.st.zst --history ./m.st.zst
run $fit_quick -o folder/out --history link
run $fit_quick -o folder/out --json also/../folder/out
run $fit_quick --checkpoint also/../m.st.zst -o m.st.zst
run ingest train.csv -o t.st.zst --json ./t.st.zst
run split train.st.zst --part p.st.zst=50% --part also/out=50% --json folder/out
run split train.st.zst --part folder/out=50% --part link=50%
run predict train.st.zst a.st.zst -o p.st.zst --json ./p.st.zst
run submit pred.st.zst -o s.csv --json ./s.csv
run show train.st.zst --png rows.png --json ./rows.png
run report -o report.html --data a=train.st.zst --json ./report.html

echo '-- an output that is an input'
run ingest train.csv -o t.st.zst --json ./train.csv
run ingest test.csv --like train.st.zst -o also/../train.st.zst
run split train.st.zst --part p.st.zst=rest --json hard.st.zst
run split train.st.zst --part ./train.st.zst=rest
run $fit_quick -o hard.st.zst
run $fit_quick --val hard.st.zst -o m.st.zst --history train.st.zst
run $fit_quick --from a.st.zst -o m.st.zst --json a.st.zst
echo 'not a tensor file' >text
run $fit_quick --val text -o m.st.zst --json ./text
run predict train.st.zst a.st.zst -o p.st.zst --json a.st.zst
run submit pred.st.zst -o ./pred.st.zst
run submit pred.st.zst -o s.csv --sample sample.csv --json sample.csv
run submit --check sample.csv --json ./sample.csv
run show train.st.zst --pred pred.st.zst --png pred.st.zst
run show train.st.zst --json hard.st.zst
run compare pred.st.zst pred.st.zst --json pred.st.zst
run report -o hard.st.zst --data a=train.st.zst
run report -o report.html --data a=train.st.zst --json train.st.zst

echo '-- nothing was written'
cksum sample.csv train.csv train.st.zst a.st.zst pred.st.zst | cmp - before
rm text
ls ./* folder

echo '-- a link is replaced itself, but not one of the system'
mkdir store
mv sample.csv store/sample.csv
cksum store/sample.csv >before
chmod 444 store/sample.csv
ln -s store/sample.csv linked.csv
submit -q pred.st.zst -o linked.csv --id-start 5
ls -l linked.csv | cut -c 1
head -n 2 linked.csv
cksum store/sample.csv | cmp - before
submit -q pred.st.zst -o /dev/stdout >printed.csv
ls -l /dev/stdout | cut -c 1
head -n 2 printed.csv
rm -rf store linked.csv printed.csv

echo '-- no regular files'
run $fit_quick -o /dev/null --history /dev/null --json /dev/null
$fit_quick -o m.st.zst --history - | grep -c '"event"'
run $fit_quick -o m.st.zst --history - --json -
