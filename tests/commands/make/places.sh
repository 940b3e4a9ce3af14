# Where make is run from, how it is included, and who else is at work.
programs_run_here
competition
echo '-- two makes at once'
make >first.log 2>&1 &
make >second.log 2>&1
second=$?
wait $!
first=$?
for status in $first $second; do
    [ $status -eq 0 ] || [ $status -eq 2 ] || echo "exit $status"
done
grep -h 'Error' first.log second.log | grep -v 'Error 75'
make >.stdout 2>&1 # looks at what the one wrote after the other had noted it
stages
submit --check submission.csv csvnet.out/test.pred.st.zst
cp submission.csv alone.csv
rm -r csvnet.out submission.csv
make >.stdout 2>&1
cmp submission.csv alone.csv && echo 'as of one alone'

echo '-- a folder with blanks in its name'
mkdir 'my folder'
cp train.csv test.csv Makefile 'my folder'
(cd 'my folder' && make >.stdout 2>&1; echo "exit $?"; cmp submission.csv ../submission.csv && echo 'the same')

echo '-- file names with blanks'
cp train.csv 'my train.csv'
refused 'TRAIN=my train.csv'
refused 'TEST=my test.csv'
refused 'OUT=my out'
refused 'SUBMISSION=my submission.csv'
echo '-- a submission that would replace what it is made of, or another output'
refused SUBMISSION=test.csv
refused SUBMISSION="$PWD/train.csv" | sed "s|$PWD|HERE|"
refused SUBMISSION=./held.csv VAL=held.csv
refused SUBMISSION=csvnet.out/a.model.st.zst

echo '-- names with signs of the shell or of make: they work or are refused, and run nothing'
sed 's/^TRAIN .*/TRAIN = $(filter-out train.csv,$(wildcard tr*))/' Makefile >wild.mk
for name in "tr'x.csv" 'tr"x.csv' 'tr$x.csv' 'tr`id>RAN`.csv' 'tr$(id>RAN).csv' 'tr;id>RAN;.csv' 'tr&x.csv' \
    'tr|id>RAN' 'tr>x.csv' 'tr(x.csv' 'tr#x.csv' 'tr:x.csv' 'tr=x.csv' 'tr[1].csv' 'tr%x.csv'; do
    cp train.csv "$name"
    make -f wild.mk OUT=signs signs/train.st.zst >.stdout 2>.stderr
    sed 's/^.*\*\*\* //' .stderr | grep '^csvnet: ' || ls signs/train.st.zst
    rm -rf "$name" signs
done
refused 'OUT=o;t'
refused 'OUT=o=t'
refused 'SUBMISSION=s:t.csv'
refused 'TEST=te|st.csv'
ls RAN 2>&1

echo '-- installed in a folder with blanks'
root=$(dirname "$(command -v csvnet)")/../tests/root/usr
cp -r "$root" 'in stalled'
sed 's|csvnet --inc|"in stalled/bin/csvnet" --inc|' Makefile >blank.mk
make -f blank.mk 2>&1 | sed 's/make \(cannot include\) .*stalled/make \1 ...stalled/'
cp -r "$root" installed
sed 's|csvnet --inc|installed/bin/csvnet --inc|' Makefile >prefix.mk
PATH=/usr/bin:/bin make -f prefix.mk OUT=prefix SUBMISSION=prefix.csv prefix.csv >.stdout 2>&1
echo "exit $?"
cmp submission.csv prefix.csv && echo 'the same'

echo '-- other shells, a default goal, included first and last'
for line in 'SHELL = /bin/bash' 'SHELL = /bin/sh -e' '.SHELLFLAGS = -euc' '.ONESHELL:' '.DELETE_ON_ERROR:' \
    '.SUFFIXES:' '.POSIX:' 'MAKEFLAGS += -rR'; do
    rm -rf csvnet.out submission.csv
    (echo "all: submission.csv"; echo "$line"; sed 1d Makefile) >shell.mk
    make -f shell.mk >.stdout 2>&1
    echo "exit $? with $line"
    cmp submission.csv prefix.csv
    stages -f shell.mk
done
(echo '.DEFAULT_GOAL = mine'; sed 1d Makefile; printf 'mine:\n\t@echo my goal\n') >goal.mk
make -f goal.mk
(sed '1d; /include/d' Makefile; grep include Makefile; echo 'all: submission.csv') >last.mk
make -f last.mk
echo "exit $?"

echo '-- side by side: each its share, and its name on its lines'
make -j2 OUT=side SUBMISSION=side.csv side.csv >.stdout 2>.stderr
echo "exit $?"
grep -o '^fit [ab]: epoch 1/[0-9]' .stderr | sort
cmp side/a.model.st.zst csvnet.out/a.model.st.zst && echo 'the same model'

echo '-- included straight from a clone: budgets in the pipeline, programs in its build folder'
mkdir -p clone/pipeline
cp "$CSVNET_TOP/Makefile.inc" clone
cp -r "$CSVNET_TOP/pipeline/budgets" clone/pipeline
sed 's|include.*|include clone/Makefile.inc|' Makefile >clone.mk
make -f clone.mk 2>&1 | sed "s|$PWD|HERE|g; s|^.*\*\*\* ||"
mkdir clone/build
ln -s "$CSVNET_BIN" clone/build/bin
PATH=/usr/bin:/bin make -f clone.mk OUT=cloned SUBMISSION=cloned.csv cloned.csv >.stdout 2>&1
echo "exit $?"
cmp submission.csv cloned.csv && echo 'the same'
make -n -f clone.mk BUDGET=instant submission.csv | grep -c "$PWD/clone/pipeline/budgets/strided.net"
refused -f clone.mk BUDGET=second

echo '-- a Makefile that exports all its variables'
(echo export; cat Makefile) >export.mk
make -f export.mk OUT=exported SUBMISSION=exported.csv exported.csv >.stdout 2>&1
echo "exit $?"
cmp submission.csv exported.csv && echo 'the same'
