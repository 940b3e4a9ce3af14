# show of data sets: figures, pictures, numbers, JSON.
# seen: without the sizes that depend on zstd's version
seen()
{
    run "$@" | sed 's/^\([a-z]*  *[IFU][0-9]* .*[0-9]\)  *[0-9]*$/\1 .../'
}
csv train.csv 30 8
ingest -q train.csv -o train.st.zst

echo '-- the first ten'
seen show train.st.zst
echo '-- some, wide'
COLUMNS=120 seen show train.st.zst --rows 3,28-30 | tail -n 11
echo '-- at random: each time the same, and other ones by another seed'
show train.st.zst --rows random:4 >a
show train.st.zst --rows random:4:1 >b
show train.st.zst --rows random:4:2 >c
cmp a b && grep -h '^row [0-9]' a c
echo '-- a part has the rows of its source'
split -q train.st.zst --part a.st.zst=rest --part b.st.zst=20%
run show b.st.zst --rows 1-12 | grep '^row [0-9]\|requested rows'
run show b.st.zst --rows 1
echo '-- numbers'
seen show train.st.zst --rows 2 --values | tail -n 10
echo '-- three channels, and real numbers'
csv wide.csv 6 12 2
ingest -q wide.csv --shape 3x6x8 -o wide.st.zst
seen show wide.st.zst --rows 2
awk -F , -v OFS=, 'NR > 1 { for (i = 2; i <= NF; i++) $i = $i / 100 - 1 } 1' train.csv >real.csv
ingest -q real.csv --dtype f32 -o real.st.zst
seen show real.st.zst --rows 2
run show real.st.zst --rows 2 --values | tail -n 3
echo '-- no labels'
cut -d , -f 2- train.csv >test.csv
ingest -q test.csv --like train.st.zst -o test.st.zst
seen show test.st.zst --rows 1 | head -n 9
echo '-- many classes'
csv many.csv 400 4 65
ingest -q many.csv -o many.st.zst
seen show many.st.zst --rows 1 | sed -n '9,11p; /other classes/p'
echo '-- as JSON'
show -q train.st.zst --rows 2 --values --json s.json >s.txt
python3 - <<'END'
import csv, json, statistics
s = json.load(open("s.json"))
rows = [[int(v) for v in row] for row in list(csv.reader(open("train.csv")))[1:]]
pixels = [v for row in rows for v in row[1:]]
print(sorted(s), s["kind"], s["rows"], s["shape"], s["source"])
print([(t["name"], t["dtype"], t["shape"], t["bytes"], t["stored_bytes"] > 0) for t in s["tensors"]])
print(s["classes"])
print(abs(s["pixels"]["mean"] - statistics.fmean(pixels)) < 1e-6,
      abs(s["pixels"]["std"] - statistics.pstdev(pixels)) < 1e-6, s["pixels"]["max"] == max(pixels))
print(s["picked"][0]["row"], s["picked"][0]["class"], s["picked"][0]["values"] == rows[1][1:])
END
echo '-- standard input'
show - --rows 1 <train.st.zst | sed 's/^[^:]*//' >a
show train.st.zst --rows 1 | sed 's/^[^:]*//' | cmp - a
mkfifo pipe
cat train.st.zst >pipe &
show pipe --rows 1 | sed 's/^[^:]*//' | cmp - a
: 4<>pipe # cat has not to wait for a reader that did not come
