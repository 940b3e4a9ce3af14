# fit's command line: every option's bad values and what does not go together, all before any work.
csv train.csv 60
ingest -q train.csv -o train.st.zst
echo old >m.st.zst
try()
{
    run fit train.st.zst -o m.st.zst "$@"
}
# bad OPTION VALUE...: each value refused in one line, with status 64
bad()
{
    option=$1
    shift
    for value; do
        fit train.st.zst -o m.st.zst "$option" "$value" >.stdout 2>.stderr
        echo "$? $(sed 's/\(preset\|recipe\) ([^)]*)/\1 (...)/; s/there are linear.*/there are .../; 1q' .stderr)"
        rm -f .stdout .stderr
    done
}

echo '-- values'
bad --epochs -1 100001 1.5 x '' ' 1'
bad --batch 0 65537 many
bad --seed -1 9007199254740993 s
bad --fold-seed -1 x
bad --limit-rows 0 -5 all
bad --step-epochs 0 x
bad --patience 0 x
bad --eval-every 0 x
bad --threads -1 1025
bad --lr -0.1 1001 nan inf fast ''
bad --momentum 1 -0.1
bad --weight-decay -1 101
bad --gamma 0 1.1
bad --label-smoothing 1 -0.1
bad --optimizer rmsprop ''
bad --schedule linear
bad --shuffle maybe
bad --keep first
bad --device vulkan
bad --init zeros normal normal: normal:0 normal:-1 normal:x normal:1x normal:101
bad --fold 0/5 6/5 1/1 2 2/ /5 2/5x 1/101 x
bad --eval a a= =b
bad --log-every 0 -1 1m s 1.5 '' 0s
bad --mean none '' nan 1e60
bad --std none 0 -1 1e60 1e-60
bad --class-weights 1 1,2 1,2,3,4 1,2,x 1,-1,1 0,0,0 ,1,1 heavy 1,1,1e7
bad --arch '' resnet 'linear 7' 'conv 3 9x9, linear' 'linear, nonsense'
bad --recipe '' resnet
bad --resume=1 1
bad --nonsense 1

echo '-- together'
try --momentum 0.9
try --nesterov --optimizer adam
try --nesterov --optimizer sgd
try --gamma 0.5
try --gamma 0.5 --schedule cosine
try --schedule step
try --step-epochs 2
try --patience 2
try --val 20%
try --val 0.2
try --keep best
try --eval-every 5
try --resume
try --fold-seed 2
try --fold 1/2 --val train.st.zst
try train.st.zst --fold 1/2
try --from m.st.zst --init normal:1
try --eval a=train.st.zst --eval a=train.st.zst
try --eval val=train.st.zst --val train.st.zst
try --eval val=train.st.zst --fold 1/2
try --rec smallcnn
try --recipe
run fit train.st.zst
run fit -o m.st.zst

echo '-- one file for two outputs'
ln -s m.st.zst link.st.zst
try --checkpoint m.st.zst
try --history ./m.st.zst
try --json link.st.zst
try --history h --checkpoint h
try --checkpoint h --json h
for option in --checkpoint --history --json; do # neither is there yet
    run fit train.st.zst -o new.st.zst $option ./new.st.zst
done
run fit train.st.zst -o -  --history -

echo '-- help'
fit --help | grep -A 1 -e --patience -e --epochs -e --step-epochs

echo '-- kernels'
CSVNET_KERNELS=sse9 try
cat m.st.zst
ls
