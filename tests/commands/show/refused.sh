# What show refuses, and how it ends when it cannot print.
csv train.csv 30 4
ingest -q train.csv -o train.st.zst
fit -q train.st.zst --arch linear --epochs 1 -o m.st.zst --history h
echo '-- options'
run show
run show train.st.zst m.st.zst
for rows in 0 5-3 x random:0 random:31 31 29-40 40-50 random:10001 1-99999999999999999999; do
    run show train.st.zst --rows $rows | tail -n 1
done
run show m.st.zst --rows 1
run show m.st.zst --png x.png
run show h --values
run show train.st.zst --mistakes 0 --pred p
CSVNET_KERNELS=nonsense run show train.st.zst
echo '-- files'
run show nowhere
run show .
: >empty
run show empty
head -c 300 train.st.zst >short
run show short
head -c -20 train.st.zst >short
run show short | tail -n 1
printf '{"a' >text
run show text
/usr/bin/python3 - <<'END'
data = bytearray(open("train.st.zst", "rb").read())
data[-60] ^= 64
open("altered", "wb").write(data)
END
run show altered | tail -n 1
echo "exit of show altered: $(show altered >/dev/null 2>&1; echo $?)"
# labels that csvnet 0.1 predicted and marked as such
zstd -dcq train.st.zst >plain.st
/usr/bin/python3 - <<'END'
data = open("plain.st", "rb").read()
size = 8 + int.from_bytes(data[:8], "little")
head = data[8:size].replace(b'"label_column"', b'"pseudo_labels"').rstrip()
head += b" " * (-len(head) % 8)
open("predicted.st", "wb").write(len(head).to_bytes(8, "little") + head + data[size:])
END
run show plain.st | sed 2q
run show predicted.st
echo '-- standard output'
for file in train.st.zst m.st.zst h; do
    show $file >/dev/full
    echo "exit $?"
    show $file >&-
    echo "exit $?"
done
run show train.st.zst --json nowhere/x | tail -n 2
run show train.st.zst --json /dev/full | tail -n 2
ls
echo '-- texts that csvnet writes or takes'
printf '# the best\n--arch linear\n--epochs 1\n' >a.recipe
printf '{"training":"0.f1","epoch":1,"accuracy":0.5}\n' >tried.jsonl
printf '{\n  "models": [\n    {\n      "name": "a",\n      "weight": 1.0\n' >weights.json
printf 'set,row,kind,given,suggested,p_given,p_suggested,reason\n' >audit.csv
printf 'ImageId,Label\n1,3\n2,0\n' >submission.csv
printf 'id,0,1,2\n1,0.5,0.25,0.25\n' >probabilities.csv
for file in a.recipe tried.jsonl weights.json audit.csv submission.csv probabilities.csv; do
    run show $file
done
