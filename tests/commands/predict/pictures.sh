# A person's own pictures: prepared as the training pictures are, told what was done, and predicted.
python=${PYTHON:-/usr/bin/python3}
$python -B "$CSVNET_TOP/tests/support/drawn.py"
ingest -q train.csv -o train.st.zst
fit -q train.st.zst --arch linear --lr 0.01 --epochs 5 -o m.st.zst
fit -q train.st.zst --arch linear --lr 0.01 --epochs 5 --seed 2 -o m2.st.zst
# right FILE: how many of its rows are predicted as they were drawn
right() { awk -F, 'NR > 1 { names[0] = "ring"; names[1] = "bar"; names[2] = "cross"
    right += $2 == names[(NR - 2) % 3] } END { print right " of " NR - 1 " right" }' "$1"; }

echo '-- a folder'
run predict own m.st.zst --csv own.csv | head -n 3
right own.csv
predict -q own m.st.zst --as-is --csv as-is.csv >/dev/null
[ "$(right as-is.csv)" != "$(right own.csv)" ] && echo 'as they are, they are worse'
echo '-- some files, and what the network sees'
run predict own/00.png own/01.png m.st.zst --show
echo '-- the mean of two models, with shifts'
run predict own/02.png m.st.zst m2.st.zst --weights 2,1 --tta shifts -q
echo '-- alone on standard output'
run predict own/02.png m.st.zst --csv - -q | sed 's/,0\.[0-9]*/,P/g'
run predict own/02.png m.st.zst --json - | $python -c 'import json, sys
text = sys.stdin.read()
text = "\n".join(line for line in text.split("\n") if line[:2] not in ("$ ", "! "))
one, = json.loads(text)["pictures"]
print(one["picture"], one["prepared"], one["framed"], one["predicted"], len(one["probabilities"]))'
echo '-- predictions, and a submission of them'
run predict own m.st.zst -o own.pred.st.zst | tail -n 2
submit -q own.pred.st.zst -o own.submission.csv
head -n 3 own.submission.csv
show own.pred.st.zst | head -n 1
echo '-- what they were made by is recorded'
fit -q train.st.zst --arch linear --epochs 1 --trial -o trial.st.zst
run predict own/00.png trial.st.zst --tta shifts --weights 3 -o trial.pred.st.zst | tail -n 1
csvnet explain trial.pred.st.zst | sed -n '5,$p'
submit -q trial.pred.st.zst -o trial.csv
mkfifo pipe
cat m.st.zst >pipe &
run timeout 300 predict own/00.png pipe | head -n 2
wait
echo '-- refused'
printf 'GIF89a......' >moving.gif
run predict moving.gif m.st.zst
run predict missing.png m.st.zst
run predict own/00.png
run predict own m.st.zst --oof
run predict own m.st.zst --geometric
run predict own m.st.zst --if-changed
run predict own train.st.zst
mkdir empty
run predict empty m.st.zst
head -n 3 train.csv >bad.png
run predict bad.png m.st.zst
rm bad.png
run predict train.st.zst m.st.zst -o p.st.zst --show
run predict own/00.png m.st.zst -o own/00.png
run ingest own/00.png -o x.st.zst
run show own/00.png
