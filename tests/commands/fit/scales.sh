# The scale of pixels: fit divides by what their range says, and pictures on another scale than those
# trained on, or with the ground the other way round, are noticed, down to one.

# pictures MOST ROWS [GROUND]: bars of two classes as a CSV, pixels from 0 to MOST, or from MOST to 0
pictures()
{
    awk -v most="$1" -v rows="$2" -v ground="${3-dark}" 'BEGIN {
        printf "label"; for (p = 0; p < 16; p++) printf ",pixel%d", p; print ""
        for (r = 0; r < rows; r++) {
            printf "%d", r % 2
            for (p = 0; p < 16; p++) {
                along = r % 2 ? p % 4 : int(p / 4); across = r % 2 ? int(p / 4) : p % 4
                ink = across > 0 && across < 3 && along > 0 && along < 3 + (r % 3 > 0)
                ink = ink ? (p == 5 ? 1 : 0.8) : 0
                printf ",%s", most * (ground == "dark" ? ink : 1 - ink)
            }
            print ""
        }
    }'
}

# trained NAME MOST [OPTION...]: what fit says of the pixels
trained()
{
    name=$1
    pictures "$2" 60 >"$name.csv"
    shift 2
    ingest "$name.csv" "$@" -q -o "$name.st.zst"
    fit "$name.st.zst" --arch linear --epochs 1 -v -o "$name.model.st.zst" 2>&1 | grep '^fit: pixels'
}

trained bytes 255
trained sixteen 15
trained five 5
trained fractions 1 --dtype f32
trained floats 254.5 --dtype f32
trained wide 4000 --dtype f32
run fit floats.st.zst --arch linear --epochs 1 --mean 33 --std 78 -o m.st.zst
run fit floats.st.zst --arch linear --epochs 1 --mean 33 --std 78 --divisor 1 -o m.st.zst -q
run fit floats.st.zst --arch linear --epochs 1 --divisor 0 -o m.st.zst
run fit floats.st.zst --arch linear --epochs 1 --divisor many -o m.st.zst
run fit bytes.st.zst --arch linear --epochs 1 --divisor 1e60 -o m.st.zst
echo '# a mean and a deviation of other pixels'
hinted() { run fit "$@" --arch linear --epochs 1 -o m.st.zst | grep 'hint: pixels' || echo none; }
hinted bytes.st.zst --mean 33 --std 78
hinted bytes.st.zst --mean 33 --std 78 --divisor 1
hinted bytes.st.zst --mean 0.5 --std 0.5
hinted bytes.st.zst --mean 0.5 --std 0.5 --divisor 1
hinted bytes.st.zst --mean auto --std auto
hinted floats.st.zst --mean -1 --divisor 1
echo '# what a model begins with says how its network sees pixels'
fit sixteen.st.zst --from bytes.model.st.zst --epochs 1 -v -o m.st.zst 2>&1 | grep '^fit: pixels'
run fit sixteen.st.zst --from bytes.model.st.zst --divisor 16 --epochs 1 -o m.st.zst

# compared NAME MOST ROWS GROUND TRAINED: hints of ingest and of predict
compared()
{
    echo "# $1: $3 of $2, $4"
    pictures "$2" "$3" "$4" >test.csv
    ingest test.csv --like "$5.st.zst" ${6-} -o test.st.zst 2>&1 | grep hint:
    ingest test.csv ${6-} -q -o test.st.zst
    predict test.st.zst "$5.model.st.zst" -o test.pred.st.zst --json test.json 2>&1 | grep hint:
    /usr/bin/python3 -c 'import json; print(len(json.load(open("test.json"))["hints"]))'
}

compared alike 255 20 dark bytes
compared darker 100 2 dark bytes
compared 'sixteenths for bytes' 15 2 dark bytes
compared 'bytes for sixteenths' 255 2 dark sixteen
compared 'the ground is bright' 255 2 bright bytes
compared 'fractions for floats' 1 2 dark floats '--dtype f32'

# scored MOST ROWS GROUND: hints of fit, of the data to validate on and of another
scored()
{
    echo "# scored: $2 of $1, $3"
    pictures "$1" "$2" "$3" >test.csv
    ingest test.csv -q -o test.st.zst
    fit bytes.st.zst --val test.st.zst --eval alike=bytes.st.zst --eval other=test.st.zst --arch linear --epochs 1 \
        -o m.st.zst 2>&1 | grep hint:
}

scored 255 20 dark
scored 15 2 dark
scored 255 2 bright
