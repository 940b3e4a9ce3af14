# From predictions to a submission: ids, header, labels, samples.
csv train.csv 90
sed '1s/label/kind/; s/^0,/cat,/; s/^1,/"dog, big",/; s/^2,/2,/' train.csv >named.csv
cut -d , -f 2- train.csv | head -n 6 >test.csv
awk 'NR == 1 { print "id," $0 } NR > 1 { print 10 * NR "," $0 }' test.csv >withids.csv

made()
{
    ingest -q "$1.csv" --label "$2" -o train.st.zst &&
    fit -q train.st.zst --arch linear --epochs 40 --lr 0.01 -o m.st.zst &&
    ingest -q "$3.csv" --like train.st.zst -o data.st.zst &&
    predict -q data.st.zst m.st.zst -o p.st.zst
}

echo '-- ids are counted'
made train label test
run submit p.st.zst -o out.csv
cat out.csv
run submit --check out.csv p.st.zst
run submit p.st.zst -o - --header a,b --id-start 0 --quiet
run submit p.st.zst -o out.csv --probabilities --json out.json
head -n 1 out.csv
cat out.json
run submit --check out.csv p.st.zst

echo '-- the data has ids, and the labels are texts'
made named kind withids
run submit p.st.zst -o out.csv
cat out.csv
run submit --check out.csv p.st.zst
run submit p.st.zst -o out.csv --probabilities
head -n 1 out.csv
run submit --check out.csv p.st.zst
printf 'id,label\n20,cat\n30,Dog\n40,2\n50,2\n60,2\n' >bad.csv
run submit --check bad.csv p.st.zst

echo '-- a sample'
printf 'Id,Category\n20,x\n30,x\n40,x\n50,x\n60,x\n' >sample.csv
run submit p.st.zst -o out.csv --sample sample.csv
cat out.csv
run submit --check out.csv --sample sample.csv
printf 'Id,Category\n20,x\n30,x\n41,x\n50,x\n60,x\n' >sample.csv
run submit p.st.zst -o out.csv --sample sample.csv
printf 'Id,Category\n20,x\n30,x\n40,x\n50,x\n' >sample.csv
run submit p.st.zst -o out.csv --sample sample.csv
printf 'Id,Category\n20,x\n30,x\n40,x\n50,x\n60,x\n70,x\n' >sample.csv
run submit p.st.zst -o out.csv --sample sample.csv
run submit p.st.zst -o out.csv --sample sample.csv --header id,label
run submit p.st.zst -o out.csv --sample sample.csv --probabilities
echo 'and the submission is still the one before:'
cat out.csv

echo '-- labelled data'
made train label train
run submit p.st.zst -o out.csv --json out.json
python3 -c 'import json; s = json.load(open("out.json"))["score"]; print(s["rows"], s["correct"])'
