# Finished work is kept, and taken instead of done again; nothing in the store is trusted.
competition
sed -i 's/^MODELS.*/MODELS = a/; /^b.fit/d' Makefile
# back MAKE'S ARGUMENTS...: what was trained, and what was taken
back()
{
    echo "\$ make${*:+ $*}"
    make "$@" >.both 2>&1 </dev/null || echo "exit $?"
    sed -n 's/^\([a-z]*: [^ ]*: taken\) from the run of [0-9][0-9]:[0-9][0-9].*/  \1/p
        s/^\(fit: [^ ]*: written\).*/  \1/p; s/^\(csvnet fit: warning: .*\)/  \1/p' .both | sed 's/[0-9a-f]\{32\}/KEY/' 
}
echo '-- an earlier setting'
back
cp csvnet.out/a.model.st.zst first
for file in csvnet.out/a.model.st.zst csvnet.out/test.pred.st.zst; do
    find csvnet.out/kept -samefile $file | wc -l # no second copy
done
cp csvnet.out/a.history.jsonl first.history
cp submission.csv first.csv
back SEED=2
back
cmp csvnet.out/a.model.st.zst first
cmp csvnet.out/a.history.jsonl first.history
cmp submission.csv first.csv
stages
echo '-- another name, another order'
back MODELS='b c' b.fit="--epochs 1 --arch 'flatten, linear'" c.fit='--arch linear --epochs 2'
cmp csvnet.out/b.model.st.zst first
back MODELS='c a' c.fit='--arch linear --epochs 2'
echo '-- folds, seeds, another share, and back'
back FOLDS=3 oof
back FOLDS=2 oof
back FOLDS=3 oof
back VAL=20%
back
back a.seeds=2
back a.seeds=1
echo '-- the same rows by another name, packed, with other line ends'
gzip -k train.csv
back TRAIN=train.csv.gz SEED=2
sed 's/$/\r/' train.csv >crlf.csv
back TRAIN=crlf.csv SEED=2
echo '-- a log that is missing is written by the model'
back
rm csvnet.out/a.history.jsonl csvnet.out/*.params
back
run show csvnet.out/a.history.jsonl | head -n 3
echo '-- another Makefile on the same OUT, one with its own, a colleague'"'"'s folder'
sed 's/--epochs 1/--epochs 3/' Makefile >other.mk
back -f other.mk
back
back -f other.mk
back
back OUT=mine SUBMISSION=mine.csv mine.csv STORE=csvnet.out/kept
cmp csvnet.out/a.model.st.zst mine/a.model.st.zst
ln -s csvnet.out/kept 'of[1]'
back OUT=his SUBMISSION=his.csv his.csv STORE='of[1]'
cmp mine/a.history.jsonl his/a.history.jsonl
make -n STORE=colleague 2>&1 | sed -n "s/^csvnet: warning: /csvnet: /p"
echo '-- a store that is damaged, torn, foreign'
back SEED=2
for file in csvnet.out/kept/*; do chmod u+w "$file"; printf x | dd of="$file" bs=1 seek=90 conv=notrunc 2>.dd; done
back
cmp csvnet.out/a.model.st.zst first
back SEED=2
for file in csvnet.out/kept/*; do : >"$file"; done
back
cmp csvnet.out/a.model.st.zst first
cmp submission.csv first.csv
echo '-- a store that cannot be written'
rm -r csvnet.out/kept
: >csvnet.out/kept
back SEED=5
rm csvnet.out/kept
echo '-- what is kept'
# sums up: sizes are those of the file system
listed() { make csvnet-gc "$@" | sed 's/^20[^ ]* [^ ]* */DATE /; s/ *[0-9.]* kB/ SIZE/g' | sort; }
back
back SEED=2
listed
listed csvnet_limit=1d | tail -n 1
listed csvnet_limit=0 | tail -n 1
back
refused csvnet-gc csvnet_limit=few
make csvnet-gc csvnet_limit=few 2>&1 | head -n 1
