# An audit in a report: its pictures, its figures, and what is refused.
csv train.csv 60 6
awk -F, -v OFS=, 'NR == 8 || NR == 21 { $1 = ($1 + 1) % 3 } { print }' train.csv >noisy.csv
ingest -q noisy.csv -o train.st.zst
for fold in 1 2 3; do
    fit -q train.st.zst --arch linear --epochs 20 --lr 0.01 --fold $fold/3 -o f$fold.st.zst
done
predict -q train.st.zst f?.st.zst --oof -o oof.st.zst >/dev/null
audit -q train.st.zst --pred oof.st.zst --test train.st.zst --json audit.json
page() { report -q -o r.html --data training=train.st.zst "$@" && sed -n '/<section id="audit">/,/<\/section>/p' r.html | sed 's/src="[^"]*"/src="..."/; /scope="col"/d'; }
page --pred training=oof.st.zst --audit audit.json | grep -v '<tr>'
grep -c 'href="#audit"' r.html
echo '-- without predictions'
audit -q train.st.zst --json plain.json >/dev/null
page --audit plain.json | grep -c figure
page | wc -l
echo '-- refused'
csv other.csv 30 6
ingest -q other.csv -o other.st.zst
audit -q other.st.zst --json other.json >/dev/null
ingest -q other.csv -o other.st.zst --json ingest.json
echo '{' >torn.json
cp r.html before.html
for file in other.json ingest.json torn.json train.st.zst nothing.json; do
    run report -q -o r.html --data training=train.st.zst --audit $file
done
cmp r.html before.html
