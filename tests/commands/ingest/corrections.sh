# Rows that a list has labelled otherwise, or left out: in all kinds of input.
csv train.csv 12 2
printf 'set,row,kind,given,suggested,p_given,p_suggested,reason\ndata,3,label,2,0,0.01,0.98,"0 at 98 %%, so it says"\ntest,4,label,,1,,,other data\ndata,5,empty,1,,,,no suggestion\ndata,11,label,1,2,0,1,x\n' >audit.csv
printf 'row\n12\n1\n7\n7\n' >drop.csv
ingested() { run ingest "$@" | sed 's/, [0-9.]* s$//'; }
labels() { /usr/bin/python3 -B "$CSVNET_TOP/tests/support/tensors.py" "$1" rows labels | grep "int\|classes"; }
ingested train.csv -o a.st.zst --relabel audit.csv --without drop.csv --json a.json
labels a.st.zst
/usr/bin/python3 -c 'import json; a = json.load(open("a.json")); print({k: a[k] for k in ("rows", "classes", "relabelled", "left_out")})'
explain a.st.zst 2>/dev/null | grep -n 'audit\|drop'
echo '-- the list is an input, and so is what it says'
ingested train.csv -o a.st.zst --relabel audit.csv --without drop.csv --if-changed
sed -i '$d' audit.csv
ingested train.csv -o a.st.zst --relabel audit.csv --without drop.csv --if-changed
echo '-- in whatever form a spreadsheet leaves it; ids stay with their rows'
printf '\357\273\277row;suggested\r\n2;2\r\n' >semicolons.csv
awk -F, -v OFS=, 'NR == 1 { print "id", $0; next } { print "r" NR - 1, $0 }' train.csv >ids.csv
ingested ids.csv -o ids.st.zst --relabel semicolons.csv --without drop.csv
/usr/bin/python3 -B -c '
import os, sys
sys.path.insert(0, os.environ["CSVNET_TOP"] + "/tests/support")
from tensors import read
t = read("ids.st.zst")[1]
print([bytes(i).rstrip(b"\0").decode() for i in t["ids"]], t["rows"].tolist(), t["labels"].argmax(1).tolist())'
echo '-- a list with ids is of rows with these: a file that has changed since is refused'
printf 'row,id,suggested\n2,r2,2\n7,,1\n' >known.csv
ingested ids.csv -o known.st.zst --relabel known.csv
ingested ids.csv -o known.st.zst --without known.csv
sed '2d' ids.csv >later.csv
run ingest -q later.csv -o x.st.zst --relabel known.csv
run ingest -q later.csv -o x.st.zst --without known.csv
for list in relabel without; do run ingest -q train.csv -o known.st.zst --$list known.csv; done
awk -F, -v OFS=, 'NR == 1 { print "id", $0; next } { printf "%03d,%s\n", NR - 1, $0 }' train.csv >zeros.csv
printf 'row,id\n2,2\n' >zeros-list.csv # as a spreadsheet leaves 002
ingested zeros.csv -o known.st.zst --without zeros-list.csv
rm known.st.zst
echo '-- and one with labels is of rows with these, or with those that it is relabelled to'
printf 'set,row,given,suggested\ndata,3,2.0,0\ntest,4,9,1\n' >given.csv
ingested train.csv -o known.st.zst --without given.csv
rm known.st.zst
run ingest -q later.csv -o known.st.zst --without given.csv
sed 's/2.0/1/' given.csv >relabelled.csv
run ingest -q train.csv -o known.st.zst --without relabelled.csv
printf 'row,suggested\n3,1\n' >relabel.csv
ingested train.csv -o known.st.zst --without relabelled.csv --relabel relabel.csv
rm known.st.zst
echo '-- a row that is left out need not be sound'
sed '8s/,.*/,?,,/' train.csv >broken.csv
run ingest -q broken.csv -o b.st.zst
sed '8s/,[0-9]*,/,x,/' train.csv >broken.csv
ingested broken.csv -o b.st.zst --without drop.csv
labels b.st.zst
echo '-- IDX files, pictures'
/usr/bin/python3 -c '
import struct
open("i", "wb").write(struct.pack(">IIII", 0x803, 6, 2, 2) + bytes(range(24)))
open("l", "wb").write(struct.pack(">II", 0x801, 6) + bytes([5, 6, 5, 6, 5, 7]))'
printf 'row,suggested\n2,5\n' >two.csv
printf 'row\n6\n' >six.csv
ingested --idx i l -o i.st.zst --relabel two.csv --without six.csv
printf 'row,given\n6,5\n' >five.csv
run ingest -q --idx i l -o i2.st.zst --without five.csv
labels i.st.zst
mkdir -p pics/no pics/yes
show -q a.st.zst --rows 2 --png pics/no/a.png >/dev/null && cp pics/no/a.png pics/no/b.png
show -q a.st.zst --rows 4 --png pics/yes/c.png >/dev/null && cp pics/yes/c.png pics/yes/d.png
printf 'row,suggested\n1,yes\n' >yes.csv
printf 'row\n3\n' >three.csv
ingested --pictures pics --size 8x8 --gray -o p.st.zst --relabel yes.csv --without three.csv
labels p.st.zst
printf 'row,id,given\n3,yes/c.png,no\n' >foreign.csv
run ingest -q --pictures pics --size 8x8 --gray -o p2.st.zst --without foreign.csv
run ingest -q --pictures pics --size 8x8 --gray -o p2.st.zst --without zeros-list.csv
printf 'file,label\na,no\nb,no\nc,yes\nd,yes\n' >table.csv
ingested table.csv --pictures pics --size 8x8 --gray -o p.st.zst --relabel yes.csv --without three.csv
labels p.st.zst
echo '-- refused'
refuse() { printf "$1" >bad.csv; run ingest -q train.csv -o x.st.zst "--$2" bad.csv; }
refuse 'rows,suggested\n1,1\n' relabel
refuse 'row\n1\n' relabel
refuse '' without
refuse 'row\nfirst\n' without
refuse 'row\n0\n' without
refuse 'row\n13\n' without
refuse 'row,suggested\n13,1\n' relabel
refuse 'row,suggested\n1,1\n1,2\n' relabel
refuse 'row,given,suggested\n1,1,2\n' relabel
refuse 'row,suggested\n4,cat\n' relabel
refuse "row,suggested,given\n4,$(printf %01025d 0),1\n" relabel
refuse 'row,suggested\n4,"a\tb"\n' relabel
awk 'BEGIN { print "row"; for (i = 1; i <= 12; i++) print i }' >all.csv
run ingest -q train.csv -o x.st.zst --without all.csv
cut -d, -f 2- train.csv >test.csv
run ingest -q test.csv --like a.st.zst -o x.st.zst --relabel two.csv
run ingest -q train.csv --like a.st.zst -o x.st.zst --relabel bad.csv
run ingest -q train.csv -o drop.csv --without drop.csv
run ingest -q train.csv --part-of train.csv -o x.st.zst --without drop.csv
run ingest -q test.csv --part-of train.csv -o x.st.zst --relabel two.csv
ls x.st.zst 2>&1
