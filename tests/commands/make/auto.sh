# BUDGET=auto: a network for pictures of any size, in the time.
competition
# pictures SHAPE WIDTH ROWS LABELS: through all stages; which network it was
pictures()
{
    rm -rf csvnet.out
    csv train.csv "$3" "$2" "$4"
    csv test.csv 12 "$2" "$4"
    cut -d , -f 2- test.csv >unlabelled.csv && mv unlabelled.csv test.csv
    make submission.csv BUDGET=auto WITHIN=2s TRAIN.ingest="--shape $1" TEST.ingest="--shape $1" >.said 2>&1 || cat .said
    echo "$1: $(tail -n +2 submission.csv | wc -l) rows by $(sed -n "s/^--arch '\(.*\)'/\1/p" csvnet.out/auto/auto.recipe | sed 's/ [0-9]* / N /g; s/linear [0-9]*/linear N/g' | cut -c -60)"
}
pictures 1x1x1 1 30 2
pictures 1x2x2 2 200 26
pictures 1x1x25 5 60 3
pictures 1x5x5 5 60 3
pictures 1x8x8 8 200 10
pictures 1x28x28 28 60 3
pictures 1x96x96 96 12 2
pictures 3x16x27 36 60 3
echo '-- the choice stays, and nothing is due'
csv train.csv 60
csv test.csv 12
cut -d , -f 2- test.csv >unlabelled.csv && mv unlabelled.csv test.csv
rm -rf csvnet.out
stages BUDGET=auto WITHIN=2s submission.csv
cp csvnet.out/auto/auto.recipe before
make -q BUDGET=auto WITHIN=2s submission.csv && echo 'nothing is due'
touch train.csv
stages BUDGET=auto WITHIN=2s submission.csv
cmp before csvnet.out/auto/auto.recipe
sed -n '1s/data .*/data DIGEST/p; s/--batch 64 --epochs.*/OPTIONS/p' before
echo '-- other data, another choice; with folds, and without a time'
csv train.csv 90
stages BUDGET=auto WITHIN=2s submission.csv
cmp -s before csvnet.out/auto/auto.recipe || echo 'another recipe'
stages BUDGET=auto WITHIN=2s FOLDS=2 oof
make why BUDGET=auto | grep -o -e '--within [0-9a-z]*' | sort -u
make -s csvnet-clean
find csvnet.out
