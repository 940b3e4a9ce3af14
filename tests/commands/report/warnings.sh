# What the first screen says to look at, and that it is silent where there is nothing.
csv train.csv 300 8
ingest -q train.csv -o all.st.zst --json all.json
split -q all.st.zst --part train.st.zst=rest --part val.st.zst=40%
text() { sed -n '/<div class="warnings">/,/<\/div>/p' "$1" | grep '<li>' | sed 's/<[^>]*>//g; s/&#39;/'"'"'/g'; }
echo '-- the data alone'
report -q -o d.html --data training=train.st.zst --data validation=val.st.zst --stage all.json
text d.html
echo '-- nothing'
csv good.csv 60 8
head -n 31 good.csv >one.csv
ingest -q one.csv -o one.st.zst
report -q -o q.html --data training=one.st.zst
text q.html
echo '-- classes of unequal size, one class alone, none'
awk -F, 'NR == 1 || $1 != 2 || ++n <= 3' train.csv >unequal.csv
ingest -q unequal.csv -o unequal.st.zst
report -q -o u.html --data unequal=unequal.st.zst
text u.html | tail -n 1
echo '-- a label is wrong; probabilities are too low; rows of another kind; a model is better alone'
fit -q train.st.zst --arch linear --lr 0.01 --epochs 30 -o good.model.st.zst
fit -q train.st.zst --arch linear --lr 1e-5 --epochs 1 --seed 5 -o weak.model.st.zst 2>/dev/null
awk -F, -v OFS=, 'NR == 3 { $1 = ($1 + 1) % 3 } { print }' one.csv >label.csv
ingest -q label.csv --like train.st.zst -o label.st.zst
predict -q label.st.zst good.model.st.zst -o label.pred.st.zst
report -q -o l.html --data training=train.st.zst --data l=label.st.zst --model good.model.st.zst --pred l=label.pred.st.zst
text l.html | grep -e wrongly -e Prob
predict -q val.st.zst good.model.st.zst weak.model.st.zst --weights 1,30 -o mean.pred.st.zst --json mean.json 2>/dev/null
report -q -o m.html --data validation=val.st.zst --model good.model.st.zst --model weak.model.st.zst --pred validation=mean.pred.st.zst --stage mean.json
text m.html | grep -e alone -e Prob | sed 's/[0-9.]* %/N %/g; s/has [0-9]*/has N/'
awk -F, 'NR == 1 || $1 == 1' train.csv | cut -d, -f2- >test.csv
ingest -q test.csv --like train.st.zst -o test.st.zst
predict -q test.st.zst good.model.st.zst -o test.pred.st.zst
report -q -o t.html --data training=train.st.zst --data test=test.st.zst --model good.model.st.zst --pred test=test.pred.st.zst
text t.html | grep kind
echo '-- a hint of two stages, once'
for data in val test; do
    predict -q $data.st.zst good.model.st.zst --tta mirror -o $data.pred.st.zst --json $data.json
done
report -q -o h.html --data v=val.st.zst --data t=test.st.zst --pred v=val.pred.st.zst --pred t=test.pred.st.zst \
    --model good.model.st.zst --stage val.json --stage test.json
text h.html | grep mirror
echo '-- loss that rises again, unless the best epoch is kept'
awk 'BEGIN { srand(1); printf "label"; for (i = 0; i < 64; i++) printf ",pixel%d", i; print ""
    for (r = 0; r < 200; r++) { printf "%d", r % 3; for (i = 0; i < 64; i++) printf ",%d", rand() * 256; print "" } }' >random.csv
ingest -q random.csv -o random.st.zst
split -q random.st.zst --part nt.st.zst=rest --part nv.st.zst=50%
network='flatten, linear 64, relu, linear'
fit -q nt.st.zst --val nv.st.zst --arch "$network" --lr 0.03 --epochs 30 -o over.model.st.zst 2>/dev/null
fit -q nt.st.zst --val nv.st.zst --arch "$network" --lr 0.03 --epochs 30 --keep best -o kept.model.st.zst 2>/dev/null
report -q -o o.html --data training=nt.st.zst --model over.model.st.zst
text o.html | grep Loss | sed 's/epoch [0-9]* of/epoch N of/'
report -q -o k.html --data training=nt.st.zst --model kept.model.st.zst
text k.html | grep -c Loss
