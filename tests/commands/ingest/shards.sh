# Lists of shards: every program takes one as it takes the one file, and makes the same bytes.
timeless() { sed 's/, [0-9.]* s$//'; }
fit_of() { fit "$1" --arch 'flatten, linear 8, relu, linear' --epochs 2 -q -o "$2"; }

# same FILE FILE: whether the content is the same; of the CSV that they come from each has its name
same() { [ "$(explain "$1" | grep content)" = "$(explain "$2" | grep content)" ]; }

csv train.csv 90
head -n 31 train.csv >part-1.csv
{ head -n 1 train.csv; sed -n 32,41p train.csv; } >part-2.csv
sed -n 42,91p train.csv >part-3.csv # without a header
run ingest train.csv -o train.st.zst | timeless
for i in 1 2 3; do
    run ingest part-$i.csv --part-of part-1.csv -o part-$i.st.zst | timeless
done
run ingest part-1.st.zst part-2.st.zst part-3.st.zst -o train.shards --json list.json | timeless
/usr/bin/python3 -c 'import json; d = json.load(open("list.json")); print(d["shards"], d["rows"], d["classes"])'
sed 's/^{.*}$/{ the header of all }/; s/ *$//' train.shards
run ingest part-1.st.zst part-2.st.zst part-3.st.zst -o train.shards --if-changed
cp part-2.st.zst other.st.zst
run ingest part-1.st.zst other.st.zst part-3.st.zst -o train.shards --if-changed | timeless
grep -o ' [a-z0-9-]*\.st\.zst$' train.shards
ingest -q part-1.st.zst part-2.st.zst part-3.st.zst -o train.shards
echo '-- pictures that are there again in another part'
{ cat part-2.csv; sed -n 5p part-1.csv; sed -n '6s/^./2/p' part-1.csv; } >again.csv
ingest -q again.csv --part-of part-1.csv -o again.st.zst
run ingest part-1.st.zst again.st.zst -o again.shards --json again.json | timeless
/usr/bin/python3 -c 'import json; print(json.load(open("again.json"))["hints"])'
{ cat part-1.csv; tail -n +2 again.csv; } >one.csv
run ingest one.csv -o one.st.zst | timeless
echo '-- the same bytes as from one file'
explain train.st.zst | grep content
explain train.shards | grep content
split -q train.st.zst -p a.st.zst=70% -p b.st.zst=rest
split -q train.shards -p c.st.zst=70% -p d.st.zst=rest
same a.st.zst c.st.zst && same b.st.zst d.st.zst && echo 'split: the same content'
fit_of a.st.zst one.model.st.zst
fit_of c.st.zst list.model.st.zst
cmp one.model.st.zst list.model.st.zst && echo 'fit of a part: the same bytes'
fit_of train.st.zst one.model.st.zst
fit_of train.shards list.model.st.zst
cmp one.model.st.zst list.model.st.zst && echo 'fit: the same bytes'
fit train.st.zst --fold 2/3 --arch linear --epochs 1 -q -o fold.one.model.st.zst
fit train.shards --fold 2/3 --arch linear --epochs 1 -q -o fold.list.model.st.zst
cmp fold.one.model.st.zst fold.list.model.st.zst && echo 'fit --fold: the same bytes'
predict -q train.st.zst one.model.st.zst -o one.pred.st.zst
predict -q train.shards list.model.st.zst -o list.pred.st.zst
cmp one.pred.st.zst list.pred.st.zst && echo 'predict: the same bytes'
submit -q one.pred.st.zst -o one.csv && submit -q list.pred.st.zst -o list.csv
cmp one.csv list.csv && echo "submit: the same bytes, $(wc -l <list.csv) lines"
show train.st.zst --rows 31-42 | sed 's/train.st.zst/DATA/; s/train.csv/CSV/' >one.txt
show train.shards --rows 31-42 | sed 's/train.shards/DATA/; s/part-1.csv and 2 more/CSV/' >list.txt
cmp one.txt list.txt && echo 'show --rows: the same'
show train.st.zst | sed 's/train.st.zst/DATA/; s/train.csv/CSV/' >one.txt
show train.shards | sed 's/train.shards/DATA/; s/part-1.csv and 2 more/CSV/' >list.txt
diff one.txt list.txt
fit train.shards part-1.st.zst --arch linear --epochs 1 -q -o list.model.st.zst
fit train.st.zst part-1.st.zst --arch linear --epochs 1 -q -o one.model.st.zst
cmp one.model.st.zst list.model.st.zst && echo 'fit of two data sets: the same bytes'
fit_of train.st.zst one.model.st.zst
report -q -o report.html --data training=train.shards --pred training=list.pred.st.zst --model list.model.st.zst && echo 'report: made'
ingest -q train.csv --like train.shards -o like.st.zst && explain like.st.zst | grep content
cat train.shards | split -q - -p e.st.zst=70% -p f.st.zst=rest && same a.st.zst e.st.zst && echo 'from a pipe: the same content'
mkdir -p elsewhere
ingest -q part-1.st.zst part-2.st.zst part-3.st.zst -o elsewhere/train.shards
explain elsewhere/train.shards | grep content
mv elsewhere there
cp part-?.st.zst there
ingest -q there/part-1.st.zst there/part-2.st.zst there/part-3.st.zst -o there/train.shards
grep -c '^[0-9]* [0-9]* [0-9a-f]* part-..st.zst$' there/train.shards
mv there moved
fit_of moved/train.shards moved.model.st.zst && cmp one.model.st.zst moved.model.st.zst && echo 'moved with its shards: the same bytes'

echo '-- classes that only some shards have, one of them alone; ids of all lengths; groups; soft checks'
awk 'BEGIN { print "id,label,writer,p0,p1,p2,p3"; for (i = 0; i < 60; i++) print (i < 20 ? i : i < 40 ? "img-" i * 977 : "x" i) "," (i < 20 ? 9 : i < 40 ? 2 + i % 2 : 10) "," (i < 30 ? "w" i % 4 : "writer-" i % 5) "," i "," 2 * i "," 3 * i "," (i * i) % 256 }' >all.csv
head -n 21 all.csv >s1.csv
{ head -n 1 all.csv; sed -n 22,41p all.csv; } >s2.csv
sed -n 42,61p all.csv >s3.csv
ingest -q all.csv --group writer -o all.st.zst
for i in 1 2 3; do ingest -q s$i.csv --group writer --part-of s1.csv -o s$i.st.zst; done
run ingest s1.st.zst s2.st.zst s3.st.zst -o all.shards | timeless
explain all.st.zst | grep content
explain all.shards | grep content
split -q all.st.zst -p a.st.zst=60% -p b.st.zst=rest
split -q all.shards -p c.st.zst=60% -p d.st.zst=rest
same a.st.zst c.st.zst && same b.st.zst d.st.zst && echo 'split: the same content'
fit_of all.st.zst one.model.st.zst
fit_of all.shards list.model.st.zst
cmp one.model.st.zst list.model.st.zst && echo 'fit: the same bytes'

echo '-- pictures of more than 64 KiB'
csv big.csv 4 260
head -n 3 big.csv >big-1.csv
{ head -n 1 big.csv; tail -n 2 big.csv; } >big-2.csv
ingest -q big.csv -o big.st.zst
for i in 1 2; do ingest -q big-$i.csv --part-of big-1.csv -o big-$i.st.zst; done
ingest -q big-1.st.zst big-2.st.zst -o big.shards
same big.st.zst big.shards && explain big.shards | grep -o intact

echo '-- what is no shard of it is refused by name'
csv wide.csv 30 5
ingest -q wide.csv -o wide.st.zst
run ingest part-1.st.zst wide.st.zst -o bad.shards
run ingest part-1.csv part-2.csv -o bad.shards
run ingest part-1.st.zst part-2.st.zst part-3.st.zst -o bad.shards --label 1
run ingest -o bad.shards
run ingest part-1.st.zst part-2.st.zst part-3.st.zst -o bad.st.zst
run ingest s1.st.zst s2.st.zst s1.st.zst -o bad.shards
run ingest s1.st.zst s1.st.zst -o bad.shards
run ingest train.shards part-1.st.zst -o bad.shards
run ingest part-1.st.zst one.model.st.zst -o bad.shards
run ingest part-1.st.zst none.st.zst -o bad.shards
sed '1s/pixel3/pixel_3/' part-2.csv >odd.csv
run ingest odd.csv --part-of part-1.csv -o bad.st.zst
run ingest wide.csv --part-of part-1.csv -o bad.st.zst
run ingest part-1.csv --part-of part-3.csv -o bad.st.zst
awk -F, 'BEGIN { OFS = "," } { print $0, NR == 1 ? "note" : "x" }' part-2.csv >more.csv
run ingest more.csv --part-of part-1.csv -o bad.st.zst
awk -F, 'BEGIN { OFS = "," } { print $0, $1, "x" }' part-2.csv >two.csv
sed -i '1s/,label,x$/,set,note/' two.csv
run ingest two.csv --part-of part-1.csv --drop none -o bad.st.zst
run ingest two.csv --part-of more.csv --drop note -o bad.st.zst
run ingest part-1.csv --part-of two.csv --drop note -o bad.st.zst
run ingest part-1.csv --part-of two.csv -o bad.st.zst
run ingest part-3.csv --part-of more.csv -o bad.st.zst
run ingest part-1.csv --part-of none.csv -o bad.st.zst
sed 's/,200,/,x,/' part-3.csv >odd.csv
ingest odd.csv --part-of part-1.csv -o bad.st.zst 2>&1 | head -n 2
ingest -q part-3.csv --label 1 -o nameless.st.zst
run ingest part-1.st.zst nameless.st.zst -o bad.shards
ls bad.* 2>/dev/null

echo '-- columns that are dropped, and another order of those that are not, are no difference'
part_of() { run ingest "$@" -o other.st.zst | timeless | tail -n 3 && ingest -q part-1.st.zst other.st.zst part-3.st.zst -o other.shards && explain other.shards | grep content; }
part_of more.csv --part-of part-1.csv --drop note
part_of part-2.csv --part-of more.csv --drop note
part_of part-2.csv --part-of more.csv --drop 18
part_of two.csv --part-of more.csv --drop note,set
columns() { awk -F, -v order="$1" 'BEGIN { OFS = ","; n = split(order, at, " ") } { line = $at[1]; for (i = 2; i <= n; i++) line = line OFS $at[i]; print line }' "$2"; }
columns '9 8 7 6 5 4 3 2 10 11 12 13 17 16 15 14 1' part-2.csv >moved.csv
part_of moved.csv --part-of part-1.csv
ingest -q moved.csv --like part-1.st.zst -o other.st.zst
ingest -q part-1.st.zst other.st.zst part-3.st.zst -o other.shards && explain other.shards | grep content
columns '3 18 1 2 4 5 6 7 8 9 10 11 12 13 14 15 16 17' more.csv >moved.csv
part_of moved.csv --part-of two.csv --drop note --drop set
echo '-- the same where names have no numbers: a list of such parts is that of parts in one order'
for i in 1 2; do sed '1y/0123456789/abcdefghij/' part-$i.csv >word-$i.csv; done
columns '9 8 7 6 5 4 3 2 10 11 12 13 17 16 15 14 1' word-2.csv >moved.csv
ingest -q word-1.csv --part-of word-1.csv -o word-1.st.zst
for part in word-2.csv moved.csv; do
    run ingest $part --part-of word-1.csv -o word-2.st.zst | timeless
    ingest -q word-1.st.zst word-2.st.zst -o word.shards
    show word.shards --rows 31-33 | tail -n +3 >$part.txt
done
cmp word-2.csv.txt moved.csv.txt && echo 'the same pictures'

echo '-- a shard that is another by now, or gone; lists that are none'
cp part-2.st.zst kept.st.zst
cp part-1.st.zst part-2.st.zst
run show train.shards
rm part-2.st.zst
run fit train.shards -o bad.st.zst
mv kept.st.zst part-2.st.zst
run split train.shards --part part-2.st.zst=rest
sed '$d' train.shards >cut.shards
run show cut.shards
sed 's/^30 30/31 30/' train.shards >other.shards
run show other.shards
sed 's/^30 30/30/' train.shards >other.shards
run show other.shards
{ echo 'csvnet shards 1'; tail -n 1 train.shards; } >other.shards
run show other.shards
{ sed '$d' train.shards; echo '{}'; } >other.shards
run show other.shards
head -c 20 part-2.st.zst >cut.st.zst
mv part-2.st.zst kept.st.zst
mv cut.st.zst part-2.st.zst
run show train.shards
