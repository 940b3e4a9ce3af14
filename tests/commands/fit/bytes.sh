# The same inputs and options give the same bytes, for any number of threads and on every processor
# with fused multiply-add.
csv train.csv 150 8
ingest -q train.csv -o train.st.zst
# each NAME OPTIONS...: trains with 1, 2, 3, 4 and 8 threads and with each table of kernels
each()
{
    name=$1
    shift
    fit -q train.st.zst "$@" -o one.st.zst --threads 1 || return
    for threads in 2 3 4 8; do
        fit -q train.st.zst "$@" -o m.st.zst --threads $threads
        cmp one.st.zst m.st.zst || echo "$name differs with $threads threads"
    done
    for kernels in avx2 avx512 avx512bf16; do
        CSVNET_KERNELS=$kernels fit -q train.st.zst "$@" -o m.st.zst --threads 2 2>.stderr
        if grep -q 'no such kernels' .stderr; then
            echo "fit/bytes: $name: NOT compared with $kernels, which this processor lacks" >&3
        else
            cat .stderr
            cmp one.st.zst m.st.zst || echo "$name differs with $kernels"
        fi
    done
    rm -f .stderr
    echo "$name: compared"
}
each linear --arch linear --optimizer sgd --lr 0.5 --batch 7
each smallcnn --batch 40 --epochs 2 --fold 1/3 --keep best
each strides --arch 'conv 6 3x3 stride 2 pad 1, relu, batchnorm, dropout 0.4, conv 20 2x2, leakyrelu,
    avgpool 2, flatten, linear 30, relu, linear' --batch 33 --epochs 3 --optimizer adamw \
    --schedule one-cycle --label-smoothing 0.1 --class-weights 1,2,3 --mean auto --std auto
each global --arch 'conv 8 3x3, batchnorm, relu, globalpool, flatten, linear' --optimizer sgd --momentum 0.9 \
    --nesterov --weight-decay 0.01 --schedule cosine --epochs 3
each merged --arch 'conv 12 3x3 pad 1, relu, batchnorm, maxpool 2, conv 20 3x3 pad 1, relu, maxpool 2, flatten, linear' \
    --batch 20
each blocks --arch 'conv 5 3x3 pad 1, residual, conv 5 3x3 pad 1, batchnorm, relu, conv 5 1x1, add, relu, residual,
    conv 16 3x3 stride 2 pad 1, batchnorm, relu, shortcut, conv 16 1x1 stride 2, batchnorm, add, flatten, linear' --batch 33
each changed --arch 'conv 6 3x3, batchnorm, relu, dropout 0.2, flatten, linear 20, batchnorm, relu, linear' \
    --batch 20 --epochs 3 --ema 0.9 \
    --augment 'shift 1.5, rotate 20, scale 0.2, shear 0.1, elastic 2, erase 3, flip h v' --plain-epochs 1
