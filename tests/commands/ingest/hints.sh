# What ingest hints at, of files as they are published: of most nothing. The pictures are made up.

# made RELATIVE: empties the folder and writes its files
made()
{
    echo "# $1"
    rm -rf -- *
    /usr/bin/python3 -B "$CSVNET_TOP/fixtures/relatives.py" "$1" . 520 120
}

hints()
{
    echo "\$ ingest $*"
    ingest "$@" -o x.st.zst --json x.json 2>&1 | grep hint:
    /usr/bin/python3 -c 'import json; print(len(json.load(open("x.json"))["hints"]))'
}

# bars LYING: ten classes of upright or lying bars, class 1 narrow
bars()
{
    awk -v lying="$1" 'BEGIN {
        for (r = 0; r < 120; r++) {
            printf "%d", r % 10
            for (y = 0; y < 8; y++)
                for (x = 0; x < 8; x++) {
                    along = lying ? x : y; across = lying ? y : x; half = r % 10 == 1 ? 1 : 2
                    ink = (along > 0 && along < 7 && across >= 4 - half && across < 4 + half)
                    printf(",%d", ink * (130 + r))
                }
            print ""
        }
    }'
}

for relative in digit-recognizer kannada fashion sign mnist-csv openml emnist-letters emnist-balanced a-z; do
    made $relative
    for file in *.csv; do
        case $file in truth.csv | sample* | names.csv) ;; *) hints "$file" ;; esac
    done
done
made digit-recognizer
hints train.csv
hints test.csv --like x.st.zst
hints train.csv --dtype f32
made f32
hints train.csv --dtype f32
echo '# bars'
bars 0 >upright.csv
bars 1 >lying.csv
hints upright.csv
hints lying.csv
hints lying.csv --transpose
hints upright.csv --transpose
echo '# rows whose first column numbers them'
awk 'BEGIN { for (r = 1; r <= 60; r++) { printf "%d", r; for (i = 0; i < 16; i++) printf ",%d", i < 15 ? (i * r) % 7 : 0; print "" } }' >numbered.csv
hints numbered.csv
hints numbered.csv --id 1
