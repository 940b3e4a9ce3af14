# Ids of any text: kept, compared by every program after, and each there once.
csv train.csv 60
ingest -q train.csv -o train.st.zst
fit -q train.st.zst --arch linear --epochs 1 -o m.st.zst

tensors() { /usr/bin/python3 -B "$CSVNET_TOP/tests/support/tensors.py" "$@" | grep -v :; }

# with COMMAND: the test data with ids that awk makes of the row's number n
with()
{
    cut -d , -f 2- train.csv | head -n 13 | awk "NR == 1 { print \"file,\" \$0 } NR > 1 { n = NR - 1; $1; print id \",\" \$0 }" >test.csv
    run ingest -q test.csv --like train.st.zst --id file -o test.st.zst
}

echo "# Names of files, and numbers in another form"
with 'id = "img_" n ".png"'
tensors test.st.zst ids
run split -q test.st.zst -p a.st.zst=50% -p b.st.zst=50%
tensors a.st.zst rows ids
run predict -q test.st.zst m.st.zst -o p.st.zst
tensors p.st.zst ids
run submit -q p.st.zst -o out.csv
head -n 3 out.csv
run submit -q --check out.csv p.st.zst
sed '3s/_2/_3/; 5s/_4/_x/' out.csv >bad.csv
run submit -q --check bad.csv p.st.zst
show p.st.zst --rows 12 | grep ', id'
show test.st.zst --rows 12 --json - | grep '"id"'
with 'id = sprintf("%03d", n)'
tensors test.st.zst ids
with 'id = n == 12 ? "9223372036854775808" : n'
tensors test.st.zst ids | cut -c 1-40
with 'id = n == 12 ? "\"a, \"\"b\"\"\"" : " " n " "'
tensors test.st.zst ids

echo "# Whole numbers stay numbers"
with 'id = 100 - 7 * n'
tensors test.st.zst ids

echo "# The same on every lane, for any number of threads"
with 'id = "é" n'
for way in "--threads 1" "--threads 3"; do
    ingest -q test.csv --like train.st.zst --id file $way -o other.st.zst
    cmp test.st.zst other.st.zst
done
sed '5s/^\([^,]*\),/"\1",/' test.csv >quoted.csv
ingest -q quoted.csv --like train.st.zst --id file -o quoted.st.zst
tensors quoted.st.zst ids >one
tensors test.st.zst ids | cmp - one

echo "# Duplicates, with both lines; many"
with 'id = n % 11 "x"'
with 'id = n % 7'
awk 'BEGIN { print "label,id,p0"; for (i = 1; i <= 300000; i++) print i % 2 "," (i % 20000 == 0 ? "again" : i) "," i % 256 }' >many.csv
run ingest -q many.csv -o many.st.zst
