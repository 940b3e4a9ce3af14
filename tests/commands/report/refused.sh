# What a report refuses, with a sentence and a status, and the old page stays.
csv train.csv 60
csv other.csv 61
csv wide.csv 30 8
cut -d , -f 2- train.csv >test.csv
sed '1!s/^2/9/' train.csv >nines.csv
for name in train other wide nines; do ingest -q $name.csv -o $name.st.zst --json $name.json; done
ingest -q test.csv --like train.st.zst -o test.st.zst
fit -q train.st.zst --arch linear --epochs 1 -o a.model.st.zst --history a.jsonl
fit -q train.st.zst --arch linear --epochs 2 -o b.model.st.zst --history b.jsonl
fit -q wide.st.zst --arch linear --epochs 1 -o w.model.st.zst
predict -q train.st.zst a.model.st.zst -o p.st.zst --json p.json
predict -q other.st.zst a.model.st.zst -o q.st.zst --json q.json
head -n 2 a.jsonl >open.jsonl
echo old >r.html
with() { run report -q -o r.html --data t=train.st.zst "$@"; }

echo '-- usage'
run report
run report -o r.html
run report -o r.html --data train.st.zst
run report -o r.html --data =train.st.zst
run report -o r.html --data t=
run report -o r.html --data t=train.st.zst extra
with --data t=other.st.zst
with --pred u=p.st.zst
with --pred t=p.st.zst --pred t=p.st.zst
with --model a.model.st.zst --model a.model.st.zst
run report -q -o train.st.zst --data t=train.st.zst
run report -q -o a.jsonl --data t=train.st.zst --model a.model.st.zst --history a.jsonl
echo '-- what does not belong together'
with --pred t=q.st.zst
with --data w=wide.st.zst
with --data n=nines.st.zst
with --model w.model.st.zst
with --model a.model.st.zst --history b.jsonl
with --model a.model.st.zst --history open.jsonl
with --model a.model.st.zst --history a.jsonl --history a.jsonl
with --model a.model.st.zst --pred t=p.st.zst --stage q.json
echo '-- what is not what it is said to be'
with --pred t=train.st.zst
with --model p.st.zst
run report -q -o r.html --data t=a.model.st.zst
with --model a.model.st.zst --history p.json
with --stage a.jsonl
echo '{"rows":1}' >rows.json
with --stage rows.json
printf 'label,a\n1,2\n2\n' >short.csv
ingest -q short.csv -o short.st.zst --json short.json 2>/dev/null
with --stage short.json
with --stage none.json
with --history none.jsonl
run report -q -o r.html --data t=none.st.zst
mkdir folder
with --stage folder
with --history folder
echo '-- damaged'
head -c 700 train.st.zst >cut.st.zst
run report -q -o r.html --data t=cut.st.zst
cat r.html
echo '-- where it cannot be written'
with -o none/r.html
with -o /dev/full
run report -q -o /dev/full --data t=train.st.zst
(ulimit -f 1; with) 2>&1 | sed 's/byte [0-9]*/byte N/'
cat r.html
ls -A | grep tmp
