# make audit: of out-of-fold predictions, or of the rows held back; what is kept of its list is taken
# by TRAIN.ingest, and what depends on that is made again, no more.
competition
csv train.csv 90
awk -F, -v OFS=, 'NR == 11 { $1 = ($1 + 1) % 3 } { print }' train.csv >noisy.csv && mv noisy.csv train.csv
sed -i 's/^MODELS.*/MODELS = a\nFOLDS  = 3/; s/^a.fit.*/a.fit  = --arch "flatten, linear" --epochs 12 --lr 0.01/; /^b.fit/d' Makefile
echo '-- nobody asked for it'
stages
make why
echo '-- by the models that did not see the rows'
stages audit
ls csvnet.out/audit*
cut -d, -f1-5 csvnet.out/audit.csv
make audit
make why
run make -q audit
echo '-- once there, the report has it, and keeps it up to date'
stages report.html
grep -c 'id="audit"' report.html
stages report.html
echo '-- its list is made of what it would change'
refused TRAIN.ingest='--relabel csvnet.out/audit.csv'
refused TRAIN.ingest='--without ./csvnet.out/audit.csv'
echo '-- what was kept of it'
cp csvnet.out/audit.csv keep.csv
make why TRAIN.ingest='--relabel keep.csv' | head -n 3
stages TRAIN.ingest='--relabel keep.csv'
stages TRAIN.ingest='--relabel keep.csv'
make explain FILE=csvnet.out/train.st.zst TRAIN.ingest='--relabel keep.csv' | grep keep.csv
sed -i 's/label/no label/' keep.csv
stages -q TRAIN.ingest='--relabel keep.csv'
stages audit TRAIN.ingest='--relabel keep.csv'
make audit TRAIN.ingest='--relabel keep.csv' 2>/dev/null
printf 'row\n10\n' >drop.csv
stages TRAIN.ingest='--without drop.csv' audit
echo '-- of the rows held back, and of the data alone'
stages FOLDS= OUT=held audit
make audit FOLDS= OUT=held 2>/dev/null | head -n 2
sed -n 's/ --/\n --/gp' held/audit.csv.params | sed -n '/--pred/p; /--test/p'
stages FOLDS= VAL=none OUT=alone audit
make explain FILE=alone/audit.csv FOLDS= VAL=none OUT=alone
echo '-- of a labelled CSV that validates; of parts: what the list is for'
head -n 41 train.csv >part-1.csv
{ head -n 1 train.csv; sed '1,41d' train.csv; } >part-2.csv
make FOLDS= TRAIN=part-1.csv VAL=part-2.csv OUT=val audit 2>&1 | tail -n 3
make TRAIN='part-1.csv part-2.csv' OUT=parts audit 2>&1 | tail -n 3
make TRAIN='part-1.csv part-2.csv' OUT=parts TRAIN.ingest='--without drop.csv' 2>&1 | grep '^csvnet'
make csvnet-clean >/dev/null
ls csvnet.out 2>&1
