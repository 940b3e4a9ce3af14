# Two models: what differs in how they were made.
csv train.csv 90
csv other.csv 60
ingest -q train.csv -o train.st.zst
ingest -q other.csv --like train.st.zst -o other.st.zst
one() { file=$1; shift; fit -q "$@" -o $file.st.zst; }
one a train.st.zst --arch linear --epochs 1
one b train.st.zst --arch linear --epochs 1 --lr 0.01 --class-weights 1,2,3
one c other.st.zst --val train.st.zst --arch 'linear 7, relu, linear' --epochs 1 --optimizer sgd
one d train.st.zst --arch linear --epochs 1 --from a.st.zst
cp a.st.zst copy.st.zst
for other in b c copy; do
    run csvnet explain a.st.zst $other.st.zst | sed 's/[0-9a-f]\{32\}/DIGEST/g'
done
echo '-- one was made from the other: it is an input'
run csvnet explain d.st.zst a.st.zst | grep -e ' from ' -e ' data ' | sed 's/[0-9a-f]\{32\}/DIGEST/g'
echo '-- the other way round it is not'
run csvnet explain a.st.zst d.st.zst | sed 's/[0-9a-f]\{32\}/DIGEST/g'
echo '-- a pipe is read once'
mkfifo pipe
cat b.st.zst >pipe &
run timeout 300 csvnet explain a.st.zst pipe | tail -n 1
wait
echo '-- two predictions; other names than short ones stand under one another'
for m in a b; do predict -q other.st.zst $m.st.zst -o predictions-of-the-model-$m.st.zst; done
run csvnet explain predictions-of-the-model-a.st.zst predictions-of-the-model-b.st.zst | sed 's/[0-9a-f]\{32\}/DIGEST/g'
echo '-- made of a part of the files named'
csvnet explain predictions-of-the-model-a.st.zst a.st.zst | tail -n 1
csvnet explain predictions-of-the-model-a.st.zst b.st.zst | tail -n 1
