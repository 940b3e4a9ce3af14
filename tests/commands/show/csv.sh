# A CSV in place of a data set, packed or piped: what ingest makes of it; and rows in the order that was requested.
csv train.csv 30
gzip -k train.csv
zstd -q train.csv
/usr/bin/python3 -c 'import zipfile; zipfile.ZipFile("a.zip", "w").write("train.csv")'
timeless() { sed 's/, [0-9.]* s$//'; }
run show train.csv --rows 2 | timeless
for file in train.csv train.csv.gz train.csv.zst a.zip a.zip:train.csv; do
    show -q $file --rows 7,2 | grep -e rows -e '^row [0-9]'
done
show - --rows 3 <train.csv 2>said | head -n 1
timeless <said
show -q --rows 7 - <train.csv.zst | grep '^row [0-9]'
cat train.csv | show -q - --json - | /usr/bin/python3 -c 'import json, sys; print(json.load(sys.stdin)["rows"])'
echo '-- what is none'
echo 'no table' >notes.txt
run show notes.txt
sed '5s/,[0-9]*$/,x/' train.csv >wrong.csv
run show wrong.csv -q
run show missing.csv
ls
echo '-- the order'
ingest -q train.csv -o train.st.zst
cp train.st.zst a.zip:train.st.zst
show a.zip:train.st.zst | head -n 1
fit -q train.st.zst --arch linear --epochs 1 -o m.st.zst
predict -q train.st.zst m.st.zst -o p.st.zst
for file in train.st.zst p.st.zst; do
    show $file --rows 20,3,7-9,8,1 --json - | /usr/bin/python3 -c 'import json, sys; print([r["row"] for r in json.load(sys.stdin)["picked"]])'
done
show train.st.zst --rows random:4 --json - | /usr/bin/python3 -c 'import json, sys; r = [r["row"] for r in json.load(sys.stdin)["picked"]]; print(r == sorted(r))'
echo '-- options of ingest'
cut -d , -f 1-8 train.csv | sed '1s|.*|kind,a,b,c,d,e,f,g|' >named.csv
run show named.csv
ingest named.csv --label kind --shape 1x1x7 -o - -q | show - | head -n 1
