# The same through a Makefile as a user writes it.
fit='linear.fit = --arch linear --lr 0.01 --batch 32 --epochs 10
MODELS = linear
include $(shell csvnet --inc)'
makefile() { printf '%s\n' 'all: submission.csv' "$@" "$fit" | tee Makefile | grep -v "$fit"; }

relative kannada
makefile 'TRAIN = train.csv' 'TEST = test.csv' 'VAL = Dig-MNIST.csv' \
    'SUBMIT = --sample sample_submission.csv'
stages
head -n 4 submission.csv
run csvnet submit --check submission.csv --truth truth.csv | brief
stages

relative zip
makefile 'TRAIN = digit-recognizer.zip:train.csv' 'TEST = digit-recognizer.zip:test.csv'
stages
head -n 4 submission.csv
run csvnet submit --check submission.csv --truth truth.csv | brief
stages -q
touch digit-recognizer.zip
stages -q

relative gz
makefile 'TRAIN = train.csv.gz' 'TEST = test.csv.gz' 'VAL = none'
stages
head -n 4 submission.csv

relative emnist-letters
makefile 'TRAIN = emnist-letters-train.csv' 'TEST = emnist-letters-test.csv' 'TRAIN.ingest = --transpose'
stages
run csvnet submit -o again.csv csvnet.out/test.pred.st.zst | brief

relative idx
makefile 'TRAIN = train-images-idx3-ubyte train-labels-idx1-ubyte' 'TEST = t10k-images-idx3-ubyte.gz' \
    'TRAIN.ingest = --idx' 'TEST.ingest = --idx'
stages
head -n 4 submission.csv
