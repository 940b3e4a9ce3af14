# Each thing that changes reruns the stages it concerns and those after them, and no other.
competition
why()
{
    echo "\$ make why${*:+ $*}"
    make why "$@" | sed 's/, took [0-9]* s last time:/:/; s/ bytes of [^]]*/ bytes of .../; s/^/  /'
}
echo '-- nothing is made yet: -n and -q write nothing'
make -n >.plan
make -q
echo "exit $?"
why
ls
echo '-- everything, then nothing'
stages
stages
run make -q
why
echo '-- the options of one model'
sed -i 's/--epochs 1/--epochs 2/' Makefile
why
stages -n
stages
stages
echo '-- options that cannot change a byte'
stages a.fit="--arch 'flatten, linear' --epochs 2 --threads 1 --quiet --json a.json"
echo '-- a file goes'
rm csvnet.out/b.model.st.zst
stages
rm csvnet.out/part-val.st.zst
why
stages csvnet.out/part-val.st.zst
rm csvnet.out/test.pred.st.zst
stages csvnet.out/test.pred.st.zst
rm submission.csv
stages
stages
why csvnet_ask=1 | head -n 5
echo '-- a CSV changes'
csv more.csv 15
cut -d , -f 2- more.csv >test.csv
stages
wc -l <submission.csv
csv train.csv 90
why | head -n 5
stages
stages
echo '-- one more model, one fewer'
stages MODELS='a b c' c.fit="--arch 'flatten, linear' --epochs 1 --seed 2"
stages MODELS='a b c' c.fit="--arch 'flatten, linear' --epochs 1 --seed 2"
stages MODELS=a
echo '-- options of submit'
stages MODELS=a SUBMIT='--header Id,Class'
head -n 1 submission.csv
echo '-- the validation share, a count, the seed'
stages VAL=20%
stages VAL=20
stages VAL=20 SEED=2
