# --lr find: the rate is as if it had been given.
csv train.csv 400 8
ingest -q train.csv -o all.st.zst
split -q all.st.zst --part t.st.zst=rest --part v.st.zst=25%
found() { sed -n 's/.*--lr \([^,]*\), found.*/\1/p' "$1"; }
echo '-- the bytes of the rate that it says'
fit t.st.zst --val v.st.zst --arch mlp-100 --lr find --epochs 2 --history h.jsonl -o a.st.zst 2>said
rate=$(found said)
fit -q t.st.zst --val v.st.zst --arch mlp-100 --lr "$rate" --epochs 2 -o b.st.zst
cmp a.st.zst b.st.zst && echo same
fit -q t.st.zst --arch mlp-100 --lr find --epochs 1 --threads 1 -o c.st.zst --history c.jsonl
fit -q t.st.zst --arch mlp-100 --lr find --epochs 1 --threads 3 -o d.st.zst --history d.jsonl
cmp c.st.zst d.st.zst && echo same
for h in c d; do grep '"rates"' $h.jsonl; done | uniq | wc -l
echo '-- a highest rate is higher'
fit t.st.zst --arch mlp-100 --lr find --schedule one-cycle --epochs 1 -o e.st.zst 2>more
awk -v a="$rate" -v b="$(found more)" 'BEGIN { print (b > a ? "higher" : a " " b) }'
echo '-- shown: alone, and of a history'
fit t.st.zst --arch mlp-100 --lr find --plan 2>/dev/null | grep -c -e 'lr find' -e 'log10 of lr' -e 'batches of 64'
show h.jsonl | grep -c -e 'lr find' -e 'log10 of lr'
show --json - h.jsonl | tr -d ' \n' | grep -o '"found":'
fit -q t.st.zst --val v.st.zst --arch mlp-100 --lr "$rate" --epochs 2 --history given.jsonl -o given.st.zst
report -q -o r.html --data validation=v.st.zst --model a.st.zst --history h.jsonl
report -q -o given.html --data validation=v.st.zst --model given.st.zst --history given.jsonl
grep -c 'Loss by learning rate' r.html given.html
grep -o "<title>a: $rate</title>" r.html | sed "s/$rate/RATE/"
echo '-- resumed, as it began'
fit -q t.st.zst --arch mlp-100 --lr find --epochs 2 --checkpoint c.ckpt --resume -o f.st.zst
fit -q t.st.zst --arch mlp-100 --lr "$rate" --epochs 2 -o g.st.zst
cmp f.st.zst g.st.zst && echo same
fit --if-changed t.st.zst --arch mlp-100 --lr find --epochs 2 -o f.st.zst 2>&1 | grep 'nothing'
echo '-- what falls at no rate, and other words'
printf '%s\n' label,a,b,c,d 0,9,9,9,9 1,9,9,9,9 0,9,9,9,9 1,9,9,9,9 >same.csv
ingest -q same.csv --shape 1x2x2 -o same.st.zst 2>/dev/null
run fit same.st.zst --arch linear --lr find -o s.st.zst
fit same.st.zst --arch linear --lr find --plan 2>&1 | grep -e '--lr find' -e 'log10 of lr'
fit -q same.st.zst --arch linear --epochs 1 -o s.st.zst
run fit same.st.zst --from s.st.zst --lr find -o m.st.zst
rm s.st.zst
run fit t.st.zst --lr search -o s.st.zst
ls s.st.zst 2>&1
