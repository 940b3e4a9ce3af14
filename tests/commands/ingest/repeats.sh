# Pictures that are there more than once: within a data set, with other labels, and in its test.
csv fresh.csv 150 8
{
    cat fresh.csv
    sed -n '2,51p' fresh.csv
    sed -n '102,121p' fresh.csv | awk -F, -v OFS=, '{ $1 = ($1 + 1) % 3; print }'
} >train.csv

hints()
{
    echo "\$ ingest $*"
    ingest "$@" -o x.st.zst --json x.json 2>&1 | grep hint:
    /usr/bin/python3 -c 'import json; print(len(json.load(open("x.json"))["hints"]))'
}

hints fresh.csv
hints train.csv
hints train.csv --dtype f32
hints train.csv --threads 3
ingest -q train.csv -o train.st.zst
awk -F, -v OFS=, 'NR > 1 { $9 = ($9 + 1) % 256 } { print }' fresh.csv >test.csv
{ cat test.csv; sed -n '11,20p' fresh.csv; } | cut -d, -f 2- >unlabelled.csv
hints unlabelled.csv --like train.st.zst
{ cat test.csv; sed -n '11p' fresh.csv | sed 's/^./2/'; } >labelled.csv
hints labelled.csv --like train.st.zst
echo '# more rows than are held in memory'
awk 'BEGIN { print "label,p0,p1,p2,p3"; for (i = 0; i < 150000; i++) printf "%d,%d,%d,%d,%d\n", i % 2, i % 251, i / 251 % 256, i / 64256, 7
    print "0,0,0,0,7\n1,10,0,0,7" }' >many.csv
hints many.csv --shape 4x1
