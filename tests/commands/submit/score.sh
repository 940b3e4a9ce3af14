# A leaderboard's score, noted beside that of one's own rows, and shown.
csv train.csv 300 8
ingest -q train.csv -o all.st.zst
split -q all.st.zst --part train.st.zst=rest --part val.st.zst=40% --part test.st.zst=20%
fit -q train.st.zst --arch linear --epochs 1 -o a.model.st.zst 2>/dev/null
predict -q val.st.zst a.model.st.zst -o val.pred.st.zst
predict -q test.st.zst a.model.st.zst -o test.pred.st.zst
submit -q test.pred.st.zst -o s.csv
add_score() { run submit test.pred.st.zst --check s.csv --runs runs.jsonl "$@"; }
untimed() { sed 's/"time":"[^"]*"/"time":T/; s/"digest":"[0-9a-f]*"/"digest":D/' "$1"; }

echo '-- a number, once'
add_score --score 0.5
add_score --score 0.5
add_score --score 0.75 --own val.pred.st.zst
add_score --score 1.25 --metric log-loss --own val.pred.st.zst
untimed runs.jsonl
show runs.jsonl | sed "s/20[0-9][0-9]-[01][0-9]-[0-3][0-9]/DAY/"
show --json - runs.jsonl | tr -d ' \n' | grep -o '"score":[0-9.]*'

echo '-- the list of Kaggle'\''s client: the latest upload of that name with a score'
touch -d '2026-01-02 00:00:00 UTC' s.csv
printf '%s\n' ref,fileName,date,description,status,publicScore,privateScore \
    '4,s.csv,2026-02-02 00:00:00,"not, yet",SubmissionStatus.PENDING,,' \
    '3,s.csv,2026-01-03 10:20:30.067000,second,SubmissionStatus.COMPLETE,0.5625,0.625' \
    '2,other.csv,2026-01-04 10:20:30,other,complete,0.99,' \
    '1,s.csv,2026-01-01 10:20:30,first,complete,0.25,' >list.csv
add_score --score list.csv
submit --check s.csv --runs runs.jsonl --score - <list.csv
touch -d '2026-01-03 10:20:31 UTC' s.csv
add_score --score list.csv
add_score --score s.csv
sed 's/s.csv/t.csv/' list.csv >others.csv
add_score --score others.csv
sed 's/0.5625/high/' list.csv >words.csv
add_score --score words.csv

echo '-- what is no score'
add_score --score 99.65
add_score --score '99.65 %'
add_score --score 93%
add_score --score 0,9965
add_score --score -1
add_score --score inf
add_score --score 0.5 --metric accuracies
add_score --score 0.5 --own test.csv
add_score --score 0.5 --own all.st.zst
run submit --check s.csv --score 0.5
run submit s.pred -o t.csv --score 0.5 --runs runs.jsonl
run submit --check s.csv --score 0.5 --runs runs.jsonl --own val.pred.st.zst
run submit --check - --score 0.5 --runs runs.jsonl
run submit --check s.csv --score 0.5 --runs s.csv
cp s.csv other.csv
run submit --check s.csv --score 0.5 --runs other.csv
cmp s.csv other.csv && echo 'as it was'

echo '-- another file than that of the predictions'
awk -F, 'NR == 3 { $2 = $2 == 1 ? 0 : 1 } { print $1 "," $2 }' s.csv >t.csv
run submit test.pred.st.zst --check t.csv --score 0.5 --runs runs.jsonl --own val.pred.st.zst

echo '-- rows that were trained on'
predict -q train.st.zst a.model.st.zst -o train.pred.st.zst 2>/dev/null
add_score --score 0.5 --own train.pred.st.zst

echo '-- in the report'
sed 's/"digest":"[0-9a-f]*",//; s/0.5625/0.7/' runs.jsonl >more.jsonl
report -q -o r.html --data val=val.st.zst --runs more.jsonl
sed -n '/<section id="leaderboard">/,/<\/section>/p' r.html | sed 's/<[^>]*>/ /g; s/  */ /g' | grep -e points -e 's.csv' | sed "s/20[0-9][0-9]-[01][0-9]-[0-3][0-9]/DAY/"
grep -c 'href="#leaderboard"' r.html
${PYTHON:-/usr/bin/python3} -B "$CSVNET_TOP/tests/support/report_page.py" r.html | grep handlers
