# FOLDS, seeds and weights: which fits there are, and that a change makes what is new and no more.
competition
cat >Makefile <<'END'
all: submission.csv
TRAIN  = train.csv
TEST   = test.csv
FOLDS  = 3
MODELS = a b
a.fit  = --arch linear --epochs 2
b.fit  = --arch 'flatten, linear 5, relu, linear' --epochs 1
include $(shell csvnet --inc)
END
# what an output was made by
by() { sed -e '1!d; s/ / \\\n    /g' "csvnet.out/$1.params" | grep -v model.st; }
echo '-- five stages each, then nothing'
stages
stages
run make -q
make why
by a.f2.model.st.zst
by train.oof.st.zst
ls csvnet.out/part* 2>&1
echo '-- out of fold'
stages oof
make oof
rm csvnet.out/train.oof.json
make why FOLDS=3 | sed 's/, took [0-9]* s last time:/:/'
stages oof
echo '-- the options of one model'
stages -n b.fit='--arch linear --epochs 1'
stages b.fit='--arch linear --epochs 1'
make why b.fit='--arch linear --epochs 1 --seed 3' | sed 's/, took [0-9]* s last time:/:/'
stages
echo '-- seeds: the first begins at SEED or 1, each more is all that is new'
stages a.seeds=1
stages a.seeds=2
by a.s2.f3.model.st.zst
by test.pred.st.zst
by train.oof.st.zst
stages a.seeds=2 SEED=2
echo '-- weights; each model counts as requested, whatever its files'
stages b.weight=3 a.seeds=2
by test.pred.st.zst
stages b.weight=3 a.seeds=2
stages b.weight=2.5
by test.pred.st.zst
echo '-- other folds; seeds without folds, VAL as well'
stages FOLDS=2
stages FOLDS= OUT=plain a.seeds=2 plain/val.pred.st.zst
stages FOLDS= OUT=plain a.seeds=2 plain/val.pred.st.zst
stages -q VAL=none FOLDS=2
echo '-- side by side, with the same result'
cp submission.csv before.csv
make csvnet-clean >.log
ls csvnet.out 2>&1
make -j2 FOLDS=2 >.log 2>/dev/null
sed -n 's/.* \(--threads [0-9]*\) .*-o \([^ ]*model.st.zst\).*/\1 \2/p' .log |
    sed "s/ $((($(nproc) + ($(nproc) == 1)) / 2)) / HALF /" | sort
cmp submission.csv before.csv
stages FOLDS=2
make csvnet-clean >.log
make -kj FOLDS=2 >.log 2>/dev/null
grep -c '^csvnet fit .* --threads [1-9]' .log
cmp submission.csv before.csv
# stopped ARGUMENTS...: make, killed once a fit has told of its fourth epoch
stopped()
{
    begun '*epoch 4/*' make "$@"
    kill $begun
    ended 2>/dev/null
}
echo '-- a fold that is interrupted goes on where it was'
set -- FOLDS=2 MODELS=a OUT=long a.fit='--arch linear --batch 1 --epochs 200 --log-every 1'
stopped "$@"
grep -o 'saved; .*' .begun
ls long/*checkpoint*
stages -n "$@"
make "$@" 2>&1 | sed -n 's/^fit: \(.*: resuming\) in epoch .*/\1/p'
ls long/*checkpoint* 2>&1
echo '-- with other options the old checkpoint is kept'
stopped "$@" a.fit='--arch linear --batch 1 --epochs 210 --log-every 1'
make "$@" a.fit='--arch linear --batch 2 --epochs 2' 2>&1 | sed -n 's/, [0-9]* of them begun//; s/^fit: \(.* kept as .*\)/\1/p'
ls long/*checkpoint* 2>&1
make "$@" csvnet-clean >.log
ls long/*checkpoint* 2>&1
echo '-- refused'
refused FOLDS=1
refused FOLDS='2 3'
refused FOLDS=five
refused VAL=10%
refused a.seeds=0
refused a.seeds=2 a.fit='--seed 4'
refused a.seeds=2 SEED=one
refused a.weight=-1
refused MODELS='a a'
refused MODELS='a b.c'
refused MODELS='a+b'
refused FOLDS= oof
