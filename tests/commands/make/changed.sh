# What is stale is done again and nothing else is, whatever the times say. "(fit FILE)" is a stage
# that make had check and that found nothing to do.
programs_run_here
competition
stages
echo '-- a CSV is touched, copied, replaced by an older one'
touch train.csv
stages
cp train.csv copy.csv && mv copy.csv train.csv
stages
stages
csv older.csv 45
touch -d '2001-01-01 00:00:00' older.csv
mv older.csv train.csv
make -q
echo "exit $?"
stages
stages
echo '-- outputs are touched'
sleep 1 # so that all get one time, and a later one
touch -d "@$(date +%s)" csvnet.out/*.st.zst
stages
make -q
echo "exit $?"
echo '-- the same by other options: what comes after has nothing to do'
stages TRAIN.ingest='--label label'
stages
echo '-- part of a stage is lost'
rm csvnet.out/a.history.jsonl
stages a.fit="--arch 'flatten, linear' --epochs  1 --log-every 1"
rm csvnet.out/val.pred.json
stages
echo '-- an output is damaged: made to check, its stage sees it'
printf 'x' | dd of=csvnet.out/part-train.st.zst bs=1 seek=400 conv=notrunc 2>.dd
stages csvnet_ask=1
stages csvnet_ask=1
echo '-- an output is replaced by another'
cp csvnet.out/a.model.st.zst a.kept
cp csvnet.out/b.model.st.zst csvnet.out/a.model.st.zst
touch -d '2001-01-01 00:00:00' csvnet.out/a.model.st.zst
stages
cmp csvnet.out/a.model.st.zst a.kept && echo 'the model is back'
echo '-- a file that an option names'
echo '--epochs 1' >mine.recipe
echo 'flatten, linear' >>mine.recipe
stages MODELS=a a.fit='--recipe mine.recipe'
sed -i 's/linear/linear 7, relu, linear/' mine.recipe
stages MODELS=a a.fit='--recipe mine.recipe'
stages MODELS=a a.fit='--recipe mine.recipe'
printf 'ImageId,Label\n' >sample.csv
awk 'BEGIN { for (i = 1; i <= 12; i++) print i ",0" }' >>sample.csv
stages MODELS=a a.fit='--recipe mine.recipe' SUBMIT='--sample sample.csv'
touch sample.csv
stages MODELS=a a.fit='--recipe mine.recipe' SUBMIT='--sample sample.csv'

echo '-- predictions that are replaced can still be compared'
ls csvnet.out | grep old
run compare csvnet.out/val.pred.old.st.zst csvnet.out/val.pred.st.zst | head -n 3
echo '-- csvnet is built anew, then another release of the same arithmetic, then another arithmetic'
bin=$(dirname "$(command -v csvnet)")
mkdir -p own/libexec/csvnet own/share/csvnet own/bin
cp "$CSVNET_BIN"/* own/libexec/csvnet
mv own/libexec/csvnet/csvnet own/bin
cp "$CSVNET_BIN/../share/csvnet/Makefile.inc" own/share/csvnet
sed -i "s|include.*|include own/share/csvnet/Makefile.inc|" Makefile
stages
touch own/libexec/csvnet/*
stages
sed -i 's/0\.1\.0/0.9.0/g' own/libexec/csvnet/*
own/libexec/csvnet/fit --version
stages
touch train.csv
stages
sed -i '1s/^csvnet [0-9]*:/csvnet 0:/' csvnet.out/*.params
stages
rm -r own

echo '-- what made a file'
sed -i 's|^include.*|include $(shell csvnet --inc)|' Makefile
make >.stdout 2>.stderr
explained()
{
    echo "\$ make explain FILE=$1"
    make explain FILE="$1" 2>&1 | sed 's/[0-9a-f]\{32\}/DIGEST/; s/ bytes of [^]]*/ bytes of .../; s/^.* [*]* csvnet: /! /'
}
explained csvnet.out/a.model.st.zst
explained csvnet.out/train.st.zst
explained submission.csv
explained csvnet.out/nothing.st.zst
csv more.csv 30
mv more.csv train.csv
explained csvnet.out/train.st.zst | tail -n 1
run explain train.csv
