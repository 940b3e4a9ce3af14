# Many faults: the first ten of each kind in the file's order and how many rows more, the same for
# any number of threads, and the same as data. An old output stays.
# faults FILE [OPTION...]: ingests with 1, 2, 3 threads; shows it once and what differs
faults()
{
    cp old.st.zst x.st.zst
    run ingest -q "$@" -o x.st.zst --threads 1 --json one.json | tee one.txt
    for threads in 2 3; do
        ingest -q "$@" -o x.st.zst --threads $threads --json more.json >/dev/null 2>more.txt </dev/null
        sed 's/^/! /' more.txt | diff - one.txt | grep -v '^[0-9]' | grep -v '^> [$e]'
        cmp one.json more.json
    done
    cmp old.st.zst x.st.zst
}

csv old.csv 6
ingest -q old.csv -o old.st.zst

echo "# Of one kind, of several, in one row"
csv good.csv 3000 3
awk -F , -v OFS=, 'NR > 500 && NR % 2 == 0 { $4 = "" } { print }' good.csv >empty.csv
faults empty.csv
awk -F , -v OFS=, 'NR == 3 { $3 = -1; $2 = 256 } NR == 4 { $3 = "x"; $5 = ""; $6 = "y" }
    NR > 4 && NR < 17 { $7 = .5 } NR == 1000 { NF = 4 } NR == 1001 { $1 = " a" } { print }' good.csv >some.csv
faults some.csv
grep -A 1 more one.json

echo "# A structural fault ends the reading, after others"
awk 'NR == 700 { print "1,2"; next } NR == 900 { print "\"1,2"; next } { print }' good.csv >quote.csv
faults quote.csv
awk -F , -v OFS=, 'NR == 800 { print ""; next } NR == 400 { $2 = "z" } { print }' good.csv >blank.csv
faults blank.csv

echo "# What is wrong with the whole, or with the names"
awk -F , -v OFS=, 'NR > 1 { $1 = 7 } { print }' good.csv >same.csv
faults same.csv
cat one.json
printf 'label,p0,p0\n1,2,3\n' >names.csv
faults names.csv
cat one.json

echo "# Ids, labels of another data set, F32, standard input"
printf 'id,p0\n1,2\n x,3\n\001,4\n3,999\n' >ids.csv
faults ids.csv
cat one.json
awk -F , -v OFS=, 'NR % 1000 == 0 { $1 = "new" } { print }' good.csv >labels.csv
ingest -q good.csv -o good.st.zst
faults labels.csv --like good.st.zst
printf 'label,p0\n1,1e5\n0,1e99\n1,\n' >f32.csv
faults f32.csv --dtype f32
printf 'label,p0\n1,1\n0,300\n' | ingest -q - -o x.st.zst --json stdin.json
grep file stdin.json
