# A stage that fails leaves nothing that counts as done, and nothing that was there is lost.
competition
echo '-- a fit that fails, and again, then its options are mended'
stages b.fit='--arch nonsense'
ls csvnet.out | sed -n 's/[0-9]*-[0-9]*.begun/MAKE.begun/; /^b/p'
stages b.fit='--arch nonsense'
stages
cp csvnet.out/b.model.st.zst before
echo '-- a changed option fails: the old model is kept, but not taken for done'
stages b.fit='--arch nonsense'
cmp csvnet.out/b.model.st.zst before
stages -q
stages
cmp csvnet.out/b.model.st.zst before
echo '-- a CSV that is refused, then mended'
cp train.csv good.csv
echo '1,2,3' >>train.csv
stages
cp good.csv train.csv
stages
stages
echo '-- a launcher that ends before its program: what it was to make is not taken for done'
stages RUN_FIT=true OUT=later SUBMISSION=later.csv later.csv MODELS=a
make -q OUT=later SUBMISSION=later.csv later.csv MODELS=a || echo 'not taken for done'
echo '-- options with which a program makes nothing'
make -n a.fit='--arch linear --pause-after 1' 2>&1 | grep -o 'csvnet: a.fit.*'
make -n SUBMIT='--check submission.csv' 2>&1 | grep -o 'csvnet: SUBMIT.*'
echo '-- in one shell'
(echo .ONESHELL:; cat Makefile) >one.mk
make -s -f one.mk b.fit='--arch nonsense' >/dev/null 2>&1
echo "exit $?"
make -q -f one.mk b.fit='--arch nonsense' || echo 'not taken for done'
echo '-- no TEST'
sed '/^TEST/d' Makefile >no-test.mk
make -s -f no-test.mk a.fit='--arch linear --epochs 1' MODELS=a OUT=new submission.csv 2>&1 | grep -o 'csvnet: a submission.*'
echo '-- a pipe in place of a CSV: make does not read from it, ingest does'
mv train.csv rows.csv
mkfifo train.csv
stages -n MODELS=a
make why MODELS=a | sed 's| bytes of [^]]*| bytes of ...|; 4,$d'
cat rows.csv >train.csv &
stages MODELS=a csvnet.out/train.st.zst
: 4<>train.csv # cat has not to wait for a reader that did not come
wait
