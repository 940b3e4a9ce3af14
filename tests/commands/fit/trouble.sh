# A training that failed says so in one line with what helps, in its model and its history too; where
# all is well there is none.
python=${PYTHON:-/usr/bin/python3}
# pictures CSV ROWS SEED: no two alike, three classes by the place of a bright stripe, the third rare
pictures()
{
    awk -v rows=$2 -v seed=$3 'BEGIN {
        srand(seed)
        printf "label"
        for (i = 0; i < 16; i++) printf ",pixel%d", i
        print ""
        for (r = 0; r < rows; r++) {
            k = r % 20 == 19 ? 2 : r % 2
            printf "%s", substr("abc", k + 1, 1)
            for (i = 0; i < 16; i++)
                printf ",%d", int(rand() * 120) + (k < 2 && int(i / 8) == k ? 100 : 0)
            print ""
        }
    }' >$1
}
pictures train.csv 160 1
pictures val.csv 80 2
ingest -q train.csv -o train.st.zst
ingest -q val.csv --like train.st.zst -o val.st.zst
try()
{
    echo "-- $1"
    shift
    fit train.st.zst "$@" -o m.st.zst --history h --json s.json 2>&1 | grep hint
    $python -c 'import json
print("summary:", json.load(open("s.json"))["trouble"], "history:", json.loads(open("h").readlines()[-1]).get("trouble"))'
    show m.st.zst 2>/dev/null | sed -n 4,5p
}
try 'all is well' --val val.st.zst --arch 'linear 20, relu, linear' --lr 0.01 --epochs 40 --keep best
try 'too high a rate' --val val.st.zst --arch 'linear 20, relu, linear' --optimizer sgd --lr 900 --epochs 40
try 'too low a rate' --arch linear --optimizer sgd --lr 1e-9 --epochs 40
try 'no rate' --arch linear --lr 0 --epochs 1
try 'few steps of a low rate' --arch linear --lr 1e-8 --epochs 1
try 'few steps' --arch linear --lr 1e-5 --epochs 1
try 'a class that is never predicted' --val val.st.zst --arch linear --lr 0.003 --epochs 40
try 'a rectifier at the end' --arch 'linear 20, relu, linear, relu' --lr 0.01 --epochs 40
sed 's/^a/x/; s/^b/a/; s/^x/b/' val.csv >wrong.csv
ingest -q wrong.csv --like train.st.zst -o wrong.st.zst
try 'a better epoch passed' --val wrong.st.zst --arch 'linear 20, relu, linear' --lr 0.01 --epochs 40
try 'an end before the rate fell' --val val.st.zst --arch 'linear 20, relu, linear' --lr 0.3 --epochs 40 \
    --schedule one-cycle --patience 1 --keep best
try 'no epochs' --arch linear --epochs 0
echo '-- an average over more steps than there are'
averaged() { run fit train.st.zst --arch linear -o m.st.zst "$@" | grep 'hint: --ema'; }
averaged --epochs 40 --ema 0.999
averaged --epochs 40 --ema 0.99
averaged --steps 400 --ema 0.9999
averaged --epochs 5 --ema 0.999
averaged --within 0.1s --ema 0.99999
echo '-- rows class by class'
{ head -n 1 train.csv; tail -n +2 train.csv | sort; } >sorted.csv
ingest -q sorted.csv -o sorted.st.zst
for order in no yes; do run fit sorted.st.zst --arch linear --shuffle $order -o m.st.zst | grep 'class by class'; done
run fit train.st.zst --arch linear --shuffle no -o m.st.zst | grep 'class by class'
echo '-- said once, at the end'
run fit train.st.zst --arch 'linear 20, relu, linear, relu' --lr 0.01 --epochs 2 -o m.st.zst | timeless | tail -n 2
echo '-- the report says it'
fit -q train.st.zst --arch 'linear 20, relu, linear, relu' --lr 0.01 --epochs 40 -o 'odd&name.model.st.zst'
report -q --data val=val.st.zst --model 'odd&name.model.st.zst' -o r.html
grep -o '<strong><bdi>odd.*rectifier' r.html
