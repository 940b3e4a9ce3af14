# Makefile.inc's variables, and what it leaves to the user's Makefile.
competition
echo '-- the environment does not count'
TRAIN=no.csv TEST=no.csv MODELS=no VAL=none FOLDS=2 FINAL=all SEED=3 OUT=no stages
echo '-- no validation, a labelled file'
stages VAL=none OUT=none SUBMISSION=none.csv none.csv
csv val.csv 15
stages VAL=val.csv OUT=val SUBMISSION=val/mine.csv val/mine.csv
csv val.csv 18
stages VAL=val.csv OUT=val SUBMISSION=val/mine.csv val/mine.csv
ls val
echo '-- cleaning takes what was made and no more'
touch val/notes
stages VAL=val.csv OUT=val SUBMISSION=val/mine.csv csvnet-clean
ls val
echo '-- a default model; included first, the goal is the first below'
cat >first.mk <<'END'
TRAIN := train.csv
TEST  := test.csv
VAL    = none
OUT    = first
include $(shell csvnet --inc)
mine:
	@echo 'default goal: mine'
END
make -f first.mk
make -n -f first.mk submission.csv | sed -n 's|^.* -- /.*/\(fit first.* -o [^ ]*\).*|\1|p'
echo '-- set too late'
echo 'smallcnn.fit = --arch lenet5' >>first.mk
stages -f first.mk submission.csv
printf 'include $(shell csvnet --inc)\nTRAIN = train.csv\n' >late.mk
stages -f late.mk
echo '-- no such CSV'
missing()
{
    echo "\$ make $*"
    make "$@" 2>&1 >.stdout | sed 's/Makefile.inc:[0-9]*: //; s|\[/.*/share/csvnet/|[|'
}
missing TRAIN=nowhere.csv
missing TEST=nowhere.zip:test.csv
missing VAL=nowhere.csv
missing TEST='a%b.csv' try | grep csvnet:
ls nowhere* *%* 2>&1
make -q TRAIN=nowhere.csv
echo "exit $?"
echo '-- CSVs that rules of the Makefile make: a pattern, a file by name, below the include line'
gzip -k -n train.csv test.csv
mkdir made
sed 's|= t\(.*\).csv|= made/t\1.csv|' Makefile >rules.mk
cat >>rules.mk <<'END'
made/%.csv: %.csv.gz
	gzip -dc $< >$@
made/test.csv: test.csv.gz
	gzip -dc $< >$@
END
rm train.csv test.csv
stages -f rules.mk OUT=made
stages -f rules.mk OUT=made
touch train.csv.gz
stages -f rules.mk OUT=made made/train.st.zst
rm made/train.csv train.csv.gz made/train.st.zst
missing -f rules.mk OUT=made
echo '-- options of a model that there is not'
warned()
{
    echo "\$ make $*"
    make -n "$@" 2>&1 | sed -n 's/^csvnet: warning: //p'
}
competition
warned MODELS=b
warned MODELS=b bb.fit='--arch lenet5' b.seeds=2 c.weight=3
env 'c.fit=--arch lenet5' make -n 2>&1 | grep '^csvnet: warning' || echo 'not of the environment'
sed -i 's/^b.fit/bb.fit/' Makefile
warned
warned try | sort | uniq -c
warned BUDGET=instant
sed -i 's/^bb.fit/common.fit/; /^include/i b.fit = $(common.fit) --seed 2' Makefile
warned
sed -i '/^MODELS/d; /^common/d; s/$(common.fit)/--epochs 1/' Makefile
warned
echo '-- variables that are misspelt, or in the environment'
competition
warned BUGDET=instant MODEL=b a.seed=3 a.epochs=2 CC=gcc csvnet_aks=1
sed -i '/^include/i FOLD = 5\nSEEDS = 3\nOPTIONS = $(SEEDS)\na.fits = --epochs 2\nb.lr = 0.1' Makefile
warned
warned try | sort | uniq -c
SEED=3 FOLDS=5 warned SEED=4
echo '-- values that make or the shell would change come through'
rm -rf csvnet.out made
csv 'tr#a$i'"'"'n.csv' 60
csv test.csv 12
cat >quoted.mk <<'END2'
all: submission.csv
hash  := \#
TRAIN  = tr$(hash)a$$i'n.csv
TEST   = test.csv
MODELS = a
define a.fit
--arch 'flatten,  linear'
  --epochs 1
endef
SUBMIT = --header 'I$$d$(hash),La"bel'
REPORT = --heading "a 'b' (c), @NL@ $$d"
include $(shell csvnet --inc)
END2
stages -f quoted.mk all report.html
stages -f quoted.mk all report.html
head -n 1 submission.csv
grep -o '<title>.*</title>' report.html
cat csvnet.out/train.st.zst.params csvnet.out/submission.csv.params csvnet.out/a.model.st.zst.params | grep '^csvnet'
