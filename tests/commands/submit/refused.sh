# What submit refuses, with its exit status; an old submission stays as it was.
csv train.csv 60
ingest -q train.csv -o train.st.zst
fit -q train.st.zst --arch linear --epochs 1 -o m.st.zst
predict -q train.st.zst m.st.zst -o p.st.zst
echo old >out.csv

echo '-- usage'
run submit
run submit p.st.zst
run submit p.st.zst q.st.zst -o out.csv
run submit p.st.zst -o out.csv --expect-rows 3
run submit p.st.zst -o out.csv --truth train.csv
run submit p.st.zst -o out.csv --sample train.csv --id-start 0
run submit p.st.zst -o out.csv --header a,b,c
run submit p.st.zst -o out.csv --header a,
run submit p.st.zst -o p.st.zst
for end in gz zip ZST; do run submit p.st.zst -o new.csv.$end; done
run submit --vote out.csv out.csv -o new.csv.gz
awk 'BEGIN { print "a,b"; for (i = 1; i <= 60; i++) print i ",0" }' >sample.csv
run submit p.st.zst -o sample.csv --sample sample.csv
run submit --check out.csv -o other.csv
run submit --check out.csv --probabilities
run submit --check out.csv p.st.zst --expect-rows 3
run submit --check - --truth train.csv
run submit p.st.zst -o out.csv --id-start one

echo '-- files'
run submit missing.st.zst -o out.csv
run submit train.st.zst -o out.csv
run submit m.st.zst -o out.csv
run submit train.csv -o out.csv
head -c 200 p.st.zst >cut.st.zst
run submit cut.st.zst -o out.csv
run submit p.st.zst -o missing/out.csv
run submit p.st.zst -o /dev/full
run submit --check train.csv train.st.zst
cat out.csv
ls
