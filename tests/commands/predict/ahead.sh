# While some threads compute, one reads ahead: the same bytes for any number of threads, and a fault
# of the data is told as if it were read in its turn.
csv train.csv 9500
ingest -q train.csv -o train.st.zst
fit -q train.st.zst --arch 'conv 4 3x3 nobias, batchnorm, relu, flatten, linear' --epochs 1 \
    --fold 1/2 -o a.model.st.zst
fit -q train.st.zst --arch 'linear 6, relu, batchnorm, linear' --epochs 1 --fold 2/2 -o b.model.st.zst
# each NAME ARGUMENTS...: predicts with several numbers of threads
each()
{
    name=$1
    shift
    predict -q train.st.zst "$@" -o one.st.zst --threads 1 || return
    for threads in 2 3 4 8; do
        predict -q train.st.zst "$@" -o p.st.zst --threads $threads
        cmp one.st.zst p.st.zst || echo "$name differs with $threads threads"
    done
    echo "$name: compared"
}
each 'one model' a.model.st.zst
each 'two models' a.model.st.zst b.model.st.zst --weights 2,1
each 'out of fold' a.model.st.zst b.model.st.zst --oof
# the content of the last pixels is altered, but not the digest that the header records
zstd -qdc train.st.zst >plain
printf '\377' | dd of=plain bs=1 seek=$(($(stat -c %s plain) - 1)) conv=notrunc 2>/dev/null
zstd -q --check plain -o altered.st.zst
rm -f p.st.zst
for threads in 1 2 8; do
    run predict altered.st.zst a.model.st.zst -o p.st.zst --threads $threads
    ls p.st.zst 2>/dev/null
done
