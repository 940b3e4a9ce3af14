# NAME.weight = auto: the weights of all models by the rows held back, as a stage of their own.
competition
cat >Makefile <<'END'
all: submission.csv
TRAIN  = train.csv
TEST   = test.csv
FOLDS  = 3
MODELS = a b
a.fit  = --arch linear --epochs 6 --lr 0.01
b.fit  = --arch 'flatten, linear 5, relu, linear' --epochs 1
b.weight = auto
include $(shell csvnet --inc)
END
echo '-- made once'
stages all oof
stages all oof
make scores | tail -n 1
weights() { sed -n 's/^ *"weight": //p' csvnet.out/weights.json; }
weights
sed '1!d; s/ / \
    /g' csvnet.out/test.pred.st.zst.params | grep -A 1 -- --weights
make report.html 2>/dev/null | grep -o -e '--weights [^ ]*'
echo '-- another model: its predictions, the weights, the means'
stages all oof b.fit='--arch linear --epochs 6 --lr 0.01 --seed 2'
weights
echo '-- what was touched alone is looked at'
touch csvnet.out/a.alone.st.zst
stages b.fit='--arch linear --epochs 6 --lr 0.01 --seed 2'
echo '-- with rows held back, all rows for the submission, and another mean than that of one'
stages FOLDS= OUT=held FINAL=all PREDICT=--geometric
ls held/weights.json held/?.alone.st.zst
make csvnet-clean >/dev/null
ls csvnet.out 2>/dev/null
echo '-- refused, or of no effect'
refused() { make -n "$@" 2>&1 | sed -n 's/^.*\*\*\* //p'; }
refused a.weight=2
refused a.weight=x
refused FOLDS= VAL=none
make -n MODELS=b 2>&1 | grep 'no effect'
