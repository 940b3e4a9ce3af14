# What the user wants to say of a stage: do it again, take it as it is, keep a model that was brought.
competition
stages
echo '-- made anew'
cp csvnet.out/a.model.st.zst a.kept
stages csvnet_force=a
cmp csvnet.out/a.model.st.zst a.kept
ls csvnet.out/kept | sed -n "s/[.].*jsonl//p" | sort | uniq -d # a second record of a fit
stages csvnet_force='test.pred submission.csv'
make why csvnet_force=csvnet.out/train.st.zst | head -n 2
refused csvnet_force=c
stages
echo '-- taken as they are: an output edited by hand, an option of no account'
sed -i '2s/,.*/,2/' submission.csv
cp submission.csv edited.csv
stages csvnet_accept=submission.csv
cmp submission.csv edited.csv
stages
make explain FILE=submission.csv | sed 's/, 20[^ ]*Z:/, TIME:/'
sed -i 's/--epochs 1/--epochs 1 --lr 0.002/' Makefile
grep -c . csvnet.out/runs.jsonl
stages csvnet_accept=1
cmp csvnet.out/a.model.st.zst a.kept
grep -c . csvnet.out/runs.jsonl # no fit was finished
make scores 2>/dev/null | sed -n 's/^\([ab] \).* [0-9.]*  \(.*\)/\1\2/p' | head -n 2
make explain FILE=csvnet.out/a.model.st.zst | sed -n 's/, 20[^ ]*Z:/, TIME:/; 1,2p'
stages
echo '-- what is missing is made in any case, what changes later too'
rm csvnet.out/b.model.st.zst
stages csvnet_accept=all
stages SEED=3
cmp -s csvnet.out/a.model.st.zst a.kept || echo 'made'
cmp csvnet.out/a.model.st.zst.old a.kept # what was accepted is not lost
ls csvnet.out/*.old* submission.csv.old*
echo '-- a file that cannot be read is not taken'
cp csvnet.out/a.model.st.zst whole
printf x | dd of=csvnet.out/a.model.st.zst bs=1 seek=400 conv=notrunc 2>.dd
make SEED=3 csvnet_accept=a 2>&1 | sed -n 's/: .*; so/: FAULT; so/p'
cp whole csvnet.out/a.model.st.zst
echo '-- a model that was brought is never trained'
cp a.kept mine.model.st.zst
stages MODELS='mine b' mine.model=mine.model.st.zst
cmp mine.model.st.zst a.kept
stages MODELS='mine b' mine.model=mine.model.st.zst VAL=30%
make scores MODELS='mine b' mine.model=mine.model.st.zst 2>/dev/null | grep -c '^mine .*mine.model.st.zst$'
make scores MODELS='other b' other.model=mine.model.st.zst 2>/dev/null | grep -o 'best alone: [a-z]*\|worse than [a-z]* alone\|mine$'
make explain FILE=mine.model.st.zst MODELS='mine b' mine.model=mine.model.st.zst | sed -n 's/: model.*//; 1,2p'
make report.html MODELS='mine b' mine.model=mine.model.st.zst >/dev/null 2>&1
echo "exit $?"
make -n MODELS='a b' a.model=csvnet.out/a.model.st.zst 2>&1 | sed -n "s/^csvnet: warning: /csvnet: /p"
make csvnet-clean MODELS='a b' a.model=csvnet.out/a.model.st.zst 2>/dev/null
ls csvnet.out
refused MODELS=a a.model='x y'
refused MODELS=a a.model=x a.seeds=2
refused MODELS=a a.model=x FOLDS=3
make MODELS=a a.model=nowhere 2>&1 | grep nowhere: 
make why MODELS=a a.model=nowhere 2>/dev/null | head -n 1
refused MODELS=a a.model=a.kept csvnet_force=a
