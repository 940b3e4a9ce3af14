# A column of one file says which rows train, validate and test.
rows() { /usr/bin/python3 -B "$CSVNET_TOP/tests/support/tensors.py" "$1" labels | sed -n 's/^labels //p' | cut -d ' ' -f 2-3; }
csv all.csv 60
awk -F , -v OFS=, 'NR == 1 { print $0, "Usage"; next }
    { print $0, NR % 6 < 4 ? "Training" : NR % 6 == 4 ? "PublicTest" : "PrivateTest" }' all.csv >parts.csv
cat >Makefile <<'END'
TRAIN        = parts.csv
TRAIN.ingest = --only Usage=Training
VAL          = parts.csv
VAL.ingest   = --only Usage=PublicTest
TEST         = parts.csv
TEST.ingest  = --only Usage=PrivateTest
MODELS       = a
a.fit        = --arch 'flatten, linear' --epochs 1
include $(shell csvnet --inc)
END
stages submission.csv
stages submission.csv
for part in train val test; do
    echo "$part: $(rows csvnet.out/$part.st.zst)"
done
wc -l <submission.csv

echo '-- five rows of five classes: the way to a submission is said, and leads there'
rm -rf csvnet.out
csv train.csv 5 4 5
cat >Makefile <<'END'
TRAIN = train.csv
TEST  = train.csv
TEST.ingest = --drop label
a.fit = --arch 'flatten, linear' --epochs 1
MODELS = a
include $(shell csvnet --inc)
END
make submission.csv 2>&1 | grep '^csvnet split: '
make submission.csv VAL=1 2>&1 | grep '^csvnet split: '
make -s submission.csv VAL=none >make.log 2>&1; wc -l <submission.csv
