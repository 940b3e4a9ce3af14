# A notebook, on a small CSV and on a small IDX pair: how rows are divided where there are fewer than
# were published, and what is printed in the end.
notebook()
{
    "${PYTHON:-/usr/bin/python3}" -B "$CSVNET_TOP/fixtures/notebook.py" --bin "$CSVNET_BIN" --out out "$@"
}
# Without the programs' own words, and without the table's last two columns, which are seconds.
figures()
{
    run notebook "$@" | sed '/^! /d; s/ *|[^|]*|[^|]*|$//'
}

mkdir few idx none
csv few/train.csv 60
figures --data few --seeds 2 --fit '--epochs 12' linear-sgd linear-128
echo "# Read and divided already"
figures --data few --fit '--epochs 40' linear-128 mlp-20
echo "# Another CSV of the same name"
csv few/train.csv 80
figures --data few --fit '--epochs 1' linear-sgd

printf '\0\0\10\3\0\0\0\4\0\0\0\2\0\0\0\2ABCDabcdABCDabcd' >idx/train-images-idx3-ubyte
printf '\0\0\10\1\0\0\0\4\1\2\1\2' | gzip >idx/train-labels-idx1-ubyte.gz
echo "# Validated on the test set, as published"
printf '\0\0\10\3\0\0\0\4\0\0\0\2\0\0\0\2EFGHefghEFGHefgi' >idx/t10k-images-idx3-ubyte
cp idx/train-labels-idx1-ubyte.gz idx/t10k-labels-idx1-ubyte.gz
figures --data idx --fit '--epochs 1' linear-relu

run notebook --data none mlp-20
run notebook --data nix mlp-20 2>&1 | tail -n 2
