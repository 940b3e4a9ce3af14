# csvnet init writes the Makefile for what is in the folder, and that Makefile runs.
programs_run_here
csv train.csv 60
csv all.csv 12
cut -d , -f 2- all.csv >test.csv
awk 'BEGIN { print "id,digit"; for (i = 1; i <= 12; i++) print i ",0" }' >sample_submission.csv

# init OPTION...: what it says, and the lines of its Makefile
init()
{
    rm -f Makefile
    run csvnet init "$@"
    [ ! -e Makefile ] || grep -E '^(TRAIN|TEST|SUBMIT|FOLDS|BUDGET)[. ]' Makefile
}

init
make -s a.fit='--arch linear --epochs 1' >log 2>&1 || cat log
head -n 2 submission.csv

echo '-- pictures that CSVs name, and folders'
pictures() { /usr/bin/python3 -B "$CSVNET_TOP/tests/support/make_pictures.py" "$@"; }
mkdir pictures && mv sample_submission.csv pictures && cd pictures || exit
pictures train 30
pictures test 12
{ echo id,label; for i in $(seq 30); do echo "$i,c$((i % 3))"; done; } >train_labels.csv
init
make -s a.fit='--arch linear --epochs 1' >log 2>&1 || cat log
head -n 2 submission.csv
printf 'name\n3.png\n4.png\n' >test.csv
init
rm -r train train_labels.csv test.csv sample_submission.csv csvnet.out
pictures train 30 classes
init
make -s a.fit='--arch linear --epochs 1' >log 2>&1 || cat log
head -n 2 submission.csv
mkdir empty && cd empty && init
cd ../.. || exit
awk 'BEGIN { print "id,digit"; for (i = 1; i <= 12; i++) print i ",0" }' >sample_submission.csv

echo '-- packed'
gzip -n train.csv
zstd -q --rm test.csv
gzip -n sample_submission.csv
init
make -s a.fit='--arch linear --epochs 1' OUT=packed >log 2>&1 || cat log
head -n 2 submission.csv
gzip -d ./*.gz
zstd -dq --rm test.csv.zst

echo '-- in archives'
mkdir data
mv train.csv test.csv data
/usr/bin/python3 - <<'END'
import zipfile
with zipfile.ZipFile("digit-recognizer.zip", "w") as z:
    z.write("data/train.csv"), z.write("data/test.csv")
with zipfile.ZipFile("a b.zip", "w") as z:
    z.write("data/train.csv", "train.csv")
with zipfile.ZipFile("sample.zip", "w") as z:
    z.writestr("sampleSubmission.csv", "id,2,1,0\n" + "".join(f"{i},0,0,0\n" for i in range(1, 13)))
END
mv sample_submission.csv data
init
make -s a.fit='--arch linear --epochs 1' OUT=zipped >log 2>&1 || cat log
head -n 1 submission.csv

echo '-- three columns that are no probabilities'
mv data/train.csv data/test.csv .
rm ./*.zip
printf 'id,label,Usage\n1,0,Public\n' >sample_submission.csv
init
printf 'id,"a","b"\r\n"x,y","0.5",5e-1\r\n' >sample_submission.csv
init
rm sample_submission.csv

echo '-- archives whose names make does not take'
for name in 'a#b' 'a$b' 'a:b' 'a;b' 'a|b' 'a b'; do
    /usr/bin/python3 -m zipfile -c "$name.zip" train.csv test.csv
done
mkdir 'a#b'
mv train.csv test.csv 'a#b'
/usr/bin/python3 -m zipfile -c ab.zip 'a#b'
init
mv 'a#b' "a'%b"
/usr/bin/python3 -m zipfile -c "a'%b.zip" "a'%b"
init
make -s a.fit='--arch linear --epochs 1' OUT=odd >log 2>&1 || cat log
head -n 1 submission.csv

echo '-- nothing there'
rm ./*.zip
init

echo '-- other names'
mkdir sub
csv digits.csv 60
csv sub/new.csv 12
gzip -n sub/new.csv
init --train digits.csv --test sub/new.csv.gz --folds 2
make -s a.fit='--arch linear --epochs 1' OUT=named >log 2>&1 || cat log
head -n 1 submission.csv
init --train digits.csv --budget instant
init --train digit.csv
init --train 'a b.csv'
init --test -
init --budget minute
init --folds 1
mkdir 'a b'
init --train 'a b'

echo '-- called alike but for train and test'
mkdir ../alike && cd ../alike || exit
csv mnist_train.csv 60
csv mnist_test.csv 12
init
make -s a.fit='--arch linear --epochs 1' >log 2>&1 || cat log
head -n 1 submission.csv
gzip -n mnist_train.csv
init
gzip -d mnist_train.csv.gz
/usr/bin/python3 - <<'END'
import zipfile
with zipfile.ZipFile("archive.zip", "w") as z:
    z.write("mnist_train.csv", "data/Train.csv"), z.write("mnist_test.csv", "data/Test.csv")
    z.writestr("__MACOSX/data/._Train.csv", "x"), z.writestr("__MACOSX/data/._Test.csv", "x")
END
init
mv mnist_train.csv letters_train.csv
init
cp mnist_test.csv letters_test.csv
init
cp letters_train.csv mnist_train.csv
init
rm mnist_train.csv archive.zip letters_*
printf 'id,label\n1,a\n' >labels_train.csv
cp labels_train.csv labels_test.csv
init

echo '-- IDX files'
/usr/bin/python3 - <<'END'
import gzip, struct
for name, n in ("train", 60), ("t10k", 12):
    pixels = bytes((r * 7 + i * 3) % 50 + (200 if r % 3 == i % 3 else 0) for r in range(n) for i in range(16))
    open(f"{name}-images-idx3-ubyte", "wb").write(struct.pack(">4i", 2051, n, 4, 4) + pixels)
    gzip.open(f"{name}-labels-idx1-ubyte.gz", "wb").write(struct.pack(">2i", 2049, n) + bytes(r % 3 for r in range(n)))
END
init
make -s a.fit='--arch linear --epochs 1' OUT=idx >log 2>&1 || cat log
head -n 1 submission.csv
cp train-images-idx3-ubyte other-train-images.idx
init --train other-train-images.idx
cp train-labels-idx1-ubyte.gz other-train-labels.idx.gz
init
init --train other-train-images.idx --test t10k-images-idx3-ubyte
