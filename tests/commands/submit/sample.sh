# What a sample submission gives: columns by their names, rows by their ids, the labels' spelling.
csv train.csv 90
made()
{
    sed "1!{$2}" train.csv >named.csv
    ingest -q named.csv -o train.st.zst &&
    fit -q train.st.zst --arch linear --epochs 40 --lr 0.01 -o m.st.zst &&
    cut -d , -f 2- train.csv | head -n 7 >test.csv &&
    { [ "$1" = none ] || { awk -v ids="$1" 'NR == 1 { print "id," $0; split(ids, id) } NR > 1 { print id[NR - 1] "," $0 }' test.csv >ids.csv && mv ids.csv test.csv; }; } &&
    ingest -q test.csv --like train.st.zst -o data.st.zst &&
    predict -q data.st.zst m.st.zst -o p.st.zst
}

# sample HEADER LABEL ID...: writes sample.csv
sample()
{
    header=$1 label=$2
    shift 2
    { echo "$header"; for id; do echo "$id,$label"; done; } >sample.csv
}

echo '-- rows by id, in any order'
made 'b.png a.png c.png 007 e.png 7' ''
submit -q p.st.zst -o own.csv
cat own.csv
sample id,kind 0 7 e.png 007 c.png b.png a.png
run submit p.st.zst -o out.csv --sample sample.csv
cat out.csv
tail -n +2 out.csv | sort >sorted
tail -n +2 own.csv | sort | diff - sorted && echo the same rows
run submit --check out.csv --sample sample.csv
sample id,kind 0 7 e.png 07 c.png b.png a.png
run submit p.st.zst -o out.csv --sample sample.csv
sample id,kind 0 7 c.png b.png a.png
run submit p.st.zst -o out.csv --sample sample.csv
sample id,kind 0 7 e.png 007 c.png b.png a.png b.png
run submit p.st.zst -o out.csv --sample sample.csv
made '3 1 2 6 5 4' ''
sample id,kind 0 1 2 03 4 5 6
run submit p.st.zst -o - --sample sample.csv

echo '-- labels as the sample spells them'
sample id,kind 0.0 1 2 3 4 5 6
run submit -q p.st.zst -o out.csv --sample sample.csv
cat out.csv
run submit -q --check out.csv --sample sample.csv
sample id,kind 0 1 2 3 4 5 6
printf 'id,kind\n1,0\n2,3.0\n3,[1]\n4,0.97\n5,-1\n6,01\n' >bad.csv
run submit -q --check bad.csv --sample sample.csv
sample id,kind cat 1 2 3 4 5 6
run submit -q --check bad.csv --sample sample.csv

echo '-- without ids its order is taken'
made none ''
sample id,kind 0 x y z u v w
run submit p.st.zst -o out.csv --sample sample.csv
cat out.csv

echo '-- columns of probabilities by name'
made 'b a c d e f' 's/^0,/Horse,/; s/^1,/airplane,/; s/^2,/cat,/'
run submit -q p.st.zst -o - --probabilities --header id,Horse,airplane,cat
sample id,cat,Horse,airplane 0,0,0 a b c d e f
run submit -q p.st.zst -o out.csv --probabilities --sample sample.csv
cat out.csv
run submit -q --check out.csv --sample sample.csv
run submit -q p.st.zst -o out.csv --probabilities --header id,cat,Horse,airplane
run submit -q p.st.zst -o out.csv --probabilities --header id,cat,Horse,airplane --sample sample.csv
sample img,c0,c1,c2 0,0,0 a b c d e f
run submit -q p.st.zst -o out.csv --probabilities --sample sample.csv
run submit -q p.st.zst -o out.csv --probabilities --sample sample.csv --header img,c0,c1,c2
head -n 2 out.csv
sample img,c2,c0,c1 0,0,0 a b c d e f
run submit -q p.st.zst -o out.csv --probabilities --sample sample.csv --header img,c0,c1,c2
head -n 2 out.csv
sample img,cat,cat,Horse 0,0,0 a b c d e f
run submit -q p.st.zst -o out.csv --probabilities --sample sample.csv

echo '-- one column of fractions: the probability of the second of two classes'
sample id,p 0.5 a b c d e f
run submit p.st.zst -o out.csv --sample sample.csv
made 'b a c d e f' 's/^2,/1,/'
run submit p.st.zst -o out.csv --sample sample.csv
awk -F , 'NR == 1 || ($2 >= 0 && $2 <= 1 && $2 ~ /[.e]/) { n++ } END { print n " of " NR }' out.csv
run submit --check out.csv p.st.zst --sample sample.csv
sample id,p 0 a b c d e f
submit -q p.st.zst -o zeros.csv --sample sample.csv --probabilities && cmp zeros.csv out.csv
run submit p.st.zst -o labels.csv --sample sample.csv
sample id,p 0.5 a b c d e f
run submit --check labels.csv --sample sample.csv

echo '-- labels that are no classes'
sample id,p cat a b c d e f
run submit p.st.zst -o labels.csv --sample sample.csv
run submit --check labels.csv --sample sample.csv

echo '-- other endings of ids, and columns of classes without --probabilities'
made 'b.png a.png c.png d.png e.png f.png' ''
sample id,kind 0 b a c d e f
run submit p.st.zst -o out.csv --sample sample.csv
submit -q p.st.zst -o own.csv
sed '1d; s/[.]png,/,/' own.csv >sorted && tail -n +2 out.csv | diff -q - sorted
run submit --check out.csv p.st.zst
run submit --check out.csv p.st.zst --sample sample.csv
sample id,kind 0 b.jpg a.JPG c d.png e f.png
run submit p.st.zst -o out.csv --sample sample.csv
sample id,kind 0 b b.jpg c d e f
run submit p.st.zst -o out.csv --sample sample.csv
sample id,kind 0 b a c d e f g
run submit p.st.zst -o out.csv --sample sample.csv
made '1 2 3 4 5 6' ''
sample id,kind 0 2.png 1.png 3.png 6.png 5.png 4.png
run submit p.st.zst -o out.csv --sample sample.csv
submit -q p.st.zst -o own.csv
tail -n +2 own.csv >sorted
tail -n +2 out.csv | sed 's/[.]png,/,/' | sort -n | diff - sorted && echo 'the same rows'
made 'a.png a.jpg c d e f' ''
sample id,kind 0 a c d e f
run submit p.st.zst -o out.csv --sample sample.csv
made 'b.png a.png c.png d.png e.png f.png' ''
{ echo "id,$(tail -n +2 train.csv | cut -d , -f 1 | sort -u | paste -s -d ,)"; echo 'b.png,0,0,0'; } >sample.csv
run submit p.st.zst -o out.csv --sample sample.csv

echo '-- other separators, a column of row numbers, ids that pandas made fractions'
made '5 1 4 2 3 6' ''
for header in 'id;kind' ',id,kind' 'id,kind'; do
    sample "$header" 0 1.0 2.0 3.0 4.00 5.0 6
    run submit p.st.zst -o out.csv --sample sample.csv
done
submit -q p.st.zst -o own.csv
sed 's/[.]0*,/,/' out.csv | tail -n +2 >sorted
tail -n +2 own.csv | sort | diff - sorted && echo the same rows

echo '-- samples that are none'
: >sample.csv
run submit p.st.zst -o out.csv --sample sample.csv
printf 'id,label\n1,0\n2,0\n1,0\n' >sample.csv
run submit p.st.zst -o out.csv --sample sample.csv
