# Rows that belong together, as pictures of one lesion: kept by ingest, never parted by split, fit
# --fold and predict --oof.
csv plain.csv 120
awk -F, -v OFS=, 'NR == 1 { print "lesion", $0 } NR > 1 { n = NR - 2; print "HAM_" int(n / (n < 60 ? 6 : 3)), $0 }' plain.csv >train.csv
run ingest train.csv --group lesion -o train.st.zst | sed 's/, [0-9.]* s$/, N s/'

# values FILE: which groups are in it
values()
{
    /usr/bin/python3 -B - "$CSVNET_TOP/tests/support" "$1" <<'END'
import sys
sys.path.insert(0, sys.argv[1])
from tensors import read
for row in sorted({bytes(row).rstrip(b"\0").decode() for row in read(sys.argv[2])[1]["groups"]}):
    print(row)
END
}

echo '-- split'
run split train.st.zst -p a.st.zst=75% -p b.st.zst=25% --json split.json | sed 's/, [0-9.]* s$/, N s/'
grep groups split.json
values a.st.zst >a
values b.st.zst >b
comm -12 a b
cat a b | sort | uniq | wc -l
split -q train.st.zst -p c.st.zst=75% -p d.st.zst=25% --seed 2
values d.st.zst | cmp -s - b || echo 'another seed, other groups'
run split -q train.st.zst -p a.st.zst=40 -p b.st.zst=rest --no-stratify
run split -q train.st.zst -p c.st.zst=60% -p d.st.zst=40% --draw 60
run split -q a.st.zst -p c.st.zst=50% -p d.st.zst=50%
awk -F, -v OFS=, '{ $1 = NR == 1 ? "lesion" : "one"; print }' train.csv >one.csv
ingest -q one.csv --group lesion -o one.st.zst
run split -q one.st.zst -p c.st.zst=50% -p d.st.zst=50%

echo '-- folds'
for k in 1 2 3; do
    fit train.st.zst --fold $k/3 --arch linear --epochs 1 -o $k.st.zst 2>&1 | grep val:
done
show 1.st.zst | grep fold-group
run predict train.st.zst 1.st.zst 2.st.zst 3.st.zst --oof -o oof.st.zst 2>&1 | grep -e "rows of" -e "accuracy" | head -n 2
run predict -q train.st.zst 1.st.zst 2.st.zst --oof -o oof.st.zst

echo '-- by libcsv and by the fast lane, for any number of threads; numbers; the test data'
sed '7s/^\([^,]*\),/"\1",/' train.csv >quoted.csv
ingest -q quoted.csv --group lesion -o quoted.st.zst --threads 2
values train.st.zst >all
values quoted.st.zst | cmp - all
sed 's/^HAM_//' train.csv >numbers.csv
ingest -q numbers.csv --group lesion -o numbers.st.zst
tensors() { /usr/bin/python3 -B "$CSVNET_TOP/tests/support/tensors.py" "$@" | grep -v :; }
tensors numbers.st.zst groups
head -n 9 train.csv | cut -d, -f 1,3- >test.csv
run ingest -q test.csv --like train.st.zst -o test.st.zst
tensors test.st.zst groups
cut -d, -f 2- test.csv >other.csv
run ingest -q other.csv --like train.st.zst -o test.st.zst
tensors test.st.zst groups
sed '4s/^[^,]*,/,/' train.csv >empty.csv
run ingest -q empty.csv --group lesion -o x.st.zst
run ingest -q train.csv --group none-such -o x.st.zst

echo '-- of files that a CSV names'
/usr/bin/python3 -B "$CSVNET_TOP/tests/support/make_pictures.py" files 8
awk 'BEGIN { print "image_id,lesion_id,dx"; for (i = 1; i <= 8; i++) print i ",L" int(i / 3) "," (i % 2 ? "a" : "b") }' >names.csv
run ingest -q names.csv --pictures files --label dx --group lesion_id -o pictures.st.zst
tensors pictures.st.zst groups
