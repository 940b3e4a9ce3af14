# --depend: what each program read, as a rule that make takes.
csv train.csv 20 4
csv test.csv 6 4
printf 'CLASS,NAME\n0,zero\n1,one\n2,two\n' >'the names.csv'
gzip -k train.csv
printf '%s\n' 'flatten, linear' >net
printf '%s\n' '--arch net --epochs 1' >mine.recipe
fit='fit train.st.zst -q'

# read_by COMMAND...: what it says that it read
read_by()
{
    echo "\$ $*"
    "$@" --depend read.d >.stdout 2>.stderr || { echo "exit $?"; cat .stderr; }
    cat read.d && rm read.d
}

read_by ingest -q train.csv.gz -o train.st.zst --names 'the names.csv'
read_by ingest -q test.csv -o test.st.zst --like train.st.zst
read_by split -q train.st.zst --part a.st.zst=80% --part b.st.zst=20%
read_by $fit --arch 'flatten, linear' --epochs 1 -o first.st.zst
read_by $fit --recipe mine.recipe --from first.st.zst --val b.st.zst --eval more=a.st.zst -o m.st.zst --history m.jsonl \
    --checkpoint m.check
read_by $fit --recipe=mine.recipe --plan
read_by predict -q b.st.zst m.st.zst first.st.zst -o p.st.zst --json p.json
read_by predict -q test.st.zst m.st.zst -o t.st.zst
printf 'ImageId,Label\n6,0\n5,0\n4,0\n3,0\n2,0\n1,0\n' >sample.csv
read_by submit -q t.st.zst -o s.csv --sample sample.csv
read_by submit --check s.csv t.st.zst
predict -q b.st.zst m.st.zst -o q.st.zst
read_by compare p.st.zst q.st.zst
read_by show p.st.zst
read_by show m.jsonl --json m.json
read_by report -q -o page.html --data b=b.st.zst --pred b=p.st.zst --model m.st.zst --history m.jsonl --stage p.json

echo '-- pictures, an archive, standard input'
mkdir -p pictures/0 pictures/1
show train.st.zst --png pictures/0/a.png --rows 1 >.stdout 2>&1
cp pictures/0/a.png pictures/1/a.png
read_by ingest -q pictures -o pictures.st.zst
read_by predict -q pictures/0/a.png m.st.zst --csv own.csv
read_by submit -q --vote s.csv sample.csv -o vote.csv
/usr/bin/python3 -m zipfile -c both.zip train.csv test.csv
read_by ingest -q both.zip:train.csv -o z.st.zst
ingest -q - -o z.st.zst --depend read.d <train.csv
cat read.d

echo '-- nothing to do: the same; a failure: the former stays'
$fit --arch 'flatten, linear' --epochs 1 -o first.st.zst --if-changed --depend first.d
cat first.d
cp first.d former.d
echo 'damaged' >test.st.zst
predict -q test.st.zst m.st.zst -o t.st.zst --depend first.d 2>.stderr
echo "exit $?"
cmp first.d former.d

echo '-- one file with another output or an input'
run $fit -o m.st.zst --depend m.st.zst
run split train.st.zst --part a.st.zst=rest --depend a.st.zst
run $fit -o m.st.zst --depend train.st.zst

echo '-- make takes it, whatever the names'
mkdir 'odd $#:'
cp train.csv 'odd $#:/50% a.csv'
ingest -q 'odd $#:/50% a.csv' -o 'odd $#:/a b.st.zst' --depend odd.d
printf 'include odd.d\n' >Makefile
touch 'odd $#:/50% a.csv'
make -n 'odd $#:/a b.st.zst' 2>&1
printf 'include odd.d\nodd\\ $$\\#\\:/a\\ b.st.zst:\n\t@echo made\n' >Makefile
make 'odd $#:/a b.st.zst' 2>&1
touch 'odd $#:/a b.st.zst'
make 'odd $#:/a b.st.zst' 2>&1
