# File names that are awkward, streams that are closed, files in each other's place.
csv train.csv 60
cut -d , -f 2- train.csv >test.csv

echo "# Names with a space, a dash in front, an equals sign"
csv more.csv 90
sed 2,61d more.csv >'my train.csv'
cp -- train.csv -train.csv
cp train.csv a=b.csv
run ingest -q 'my train.csv' -o 'my train.st.zst'
run ingest -q -train.csv -o x.st.zst
run ingest -q -o -x.st.zst -- -train.csv
run ingest -q a=b.csv -o a=b.st.zst
run split -q a=b.st.zst --part 'p=q.st.zst=50%' --part 'my part.st.zst=rest'
run fit -q ./-x.st.zst --val 'my train.st.zst' --eval v=a=b.st.zst --arch linear -o -m=.st.zst
run predict -q p=q.st.zst -o 'my pred' -- -m=.st.zst
run submit -q 'my pred' -o 'my submission=1.csv'
run submit --check 'my submission=1.csv' 'my pred'
rm -f -- -* m* *=*

echo "# Options that are mistyped"
run ingest -q train.csv -o x.st.zst --transposed
run ingest -q train.csv -o x.st.zst --l label
run ingest -q train.csv -o x.st.zst --transpose=yes
run ingest -q train.csv -o x.st.zst --trans=yes
run ingest -q train.csv -o x.st.zst --nix=1
run ingest train.csv -o x.st.zst --quiet=yes
run ingest train.csv -o x.st.zst --quiet -n 5
run fit x --optimiser adam -o y

echo "# Closed standard streams"
same() { cmp train.st.zst x.st.zst && echo "the same file" && rm x.st.zst; }
run ingest -q train.csv -o train.st.zst
ingest -q train.csv -o x.st.zst >&- && same
ingest train.csv -o x.st.zst 2>&- && same
ingest train.csv -o x.st.zst >&- 2>&- && same
ingest train.csv -o x.st.zst <&- >&- 2>&- && same
ingest - -o x.st.zst <&-
echo "exit $?"
ingest -q train.csv -o - >&-
echo "exit $?"
ingest --help >&-
echo "exit $?"

echo "# Files in each other's place"
run ingest -q test.csv -o test.st.zst
run ingest -q train.csv --like test.st.zst -o x.st.zst
run fit test.st.zst -o m.st.zst
run fit train.csv -o m.st.zst
run predict train.st.zst train.st.zst -o p.st.zst
run submit train.st.zst -o s.csv
run submit train.csv -o s.csv
run split train.csv --part a=rest
ls
