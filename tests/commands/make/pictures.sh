# From pictures to a submission: the chain looks at a folder's files as at a CSV.
programs_run_here
pictures() { /usr/bin/python3 -B "$CSVNET_TOP/tests/support/make_pictures.py" "$@"; }

explained() { make explain FILE=csvnet.out/train.st.zst "$@" | grep -e files -e csv -e pictures; }

echo '-- a CSV names them; a sample submission names those to predict'
pictures train 30
pictures test 6 from=31
{ echo id,label; for i in $(seq 30); do echo "$i,c$((i % 3))"; done; } >trainLabels.csv
{ echo id,label; for i in 36 35 34 33 32 31; do echo "$i,c0"; done; } >sample_submission.csv
cat >Makefile <<'END_OF_MAKEFILE'
all: submission.csv
TRAIN        = trainLabels.csv
TRAIN.ingest = --pictures train
TEST         = sample_submission.csv
TEST.ingest  = --pictures test --label none
VAL          = none
MODELS       = a
a.fit        = --arch 'flatten, linear' --epochs 20 --lr 0.01
SUBMIT       = --sample sample_submission.csv
include $(shell csvnet --inc)
END_OF_MAKEFILE
stages
cat submission.csv
run show csvnet.out/test.pred.st.zst --rows 2 | sed '/^of data /d'
stages
explained | sed 's/[0-9a-f]\{32\}/DIGEST/'
echo '-- a picture is touched, changed, added'
touch train/7.png
stages
stages
cp train/4.png train/7.png
make why | head -n 2
stages
pictures train 1 from=40
stages
pictures test 1 from=32 gray
stages 2>&1
pictures test 1 from=32
echo 40,c1 >>trainLabels.csv
stages

echo '-- folders are the classes'
rm -r csvnet.out submission.csv
pictures folders 30 classes
pictures flat 4 from=31
stages TRAIN=folders TRAIN.ingest= TEST=flat TEST.ingest= SUBMIT=
cat submission.csv
explained TRAIN=folders TRAIN.ingest= TEST=flat TEST.ingest= SUBMIT= | sed 's/[0-9a-f]\{32\}/DIGEST/'
rm folders/cat/2.png
stages TRAIN=folders TRAIN.ingest= TEST=flat TEST.ingest= SUBMIT=
echo '-- what else comes into the folder is no picture'
mkdir folders/later
stages TRAIN=folders TRAIN.ingest= TEST=flat TEST.ingest= SUBMIT=
stages TRAIN=folders TRAIN.ingest= TEST=flat TEST.ingest= SUBMIT=
make -q TRAIN=folders TRAIN.ingest= TEST=flat TEST.ingest= SUBMIT= || echo "make -q: $?"
make -s csvnet-clean TRAIN=folders && ls
