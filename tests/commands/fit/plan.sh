# fit --plan: what a trainer does with a batch, without training.
csv train.csv 30 8
ingest -q train.csv -o train.st.zst
# plan ARCH OPTIONS...: the plan, without what differs by machine
plan()
{
    run fit train.st.zst --plan --threads 2 --arch "$@" |
        sed 's/^2 threads, .* kernels$/2 threads/; s/^[0-9.]* [GM]iB are there, by .*: b/N are there: b/'
}
plan 'conv 4 3x3, batchnorm, relu, maxpool 2, conv 17 2x2, relu, batchnorm, dropout 0.5, flatten, linear'
plan 'conv 4 3x3 pad 1, batchnorm, relu, residual, conv 6 3x3 stride 2 pad 1, batchnorm, relu, conv 6 3x3 pad 1, batchnorm, shortcut, conv 6 1x1 stride 2, batchnorm, add, relu, residual, conv 6 1x1, add, flatten, linear'
plan 'conv 4 3x3, relu, maxpool 2, globalpool, flatten, linear' --batch 9 --optimizer sgd
echo '-- as JSON'
fit train.st.zst --plan --threads 1 --arch linear --json plan.json >plan.txt
python3 -c '
import json
plan = json.load(open("plan.json"))
print(plan["architecture"], plan["batch"], plan["phases"], sorted(plan))
for group in plan["groups"]:
    print(group)'
ls
echo '-- the largest batch that fits does, and one more shard does not'
csv many.csv 30000 8
ingest -q many.csv -o many.st.zst
# little ARGUMENTS...: fit in so much memory; sanitizers and Valgrind need more for themselves
little() { (ulimit -v 200000 && fit many.st.zst -q --threads 1 --arch 'conv 32 3x3 pad 1, relu, flatten, linear' "$@"); }
if little --version >/dev/null 2>&1; then
    little --plan --json least.json >/dev/null
    largest=$(python3 -c 'import json; plan = json.load(open("least.json")); print(plan["largest_batch"])')
    [ "$largest" -gt 1000 ] && [ "$largest" -lt 30000 ] || echo "largest is $largest"
    little --epochs 0 --batch "$largest" -o fits.st.zst || echo "$largest does not fit"
    little --plan --batch 60000 | tail -n 1 | sed 's/^[0-9.]* [GM]iB/N/; s/[0-9]*$/N/'
    little --epochs 0 --batch $((largest + largest / 5)) -o more.st.zst || echo "exit $?"
    rm -f fits.st.zst
else
    echo 'N are there, by ulimit -v: batches of 60000 do not fit; the largest --batch that fits is N'
    echo 'csvnet fit: out of memory for the network; a smaller --batch needs less, fit --plan says how much'
    echo 'exit 71'
fi
rm -f many.csv many.st.zst least.json
echo '-- nothing is written, and a full disk is noticed'
plan linear -o m.st.zst --checkpoint c --history h --resume
ls m.st.zst c h 2>&1
run fit train.st.zst --plan --arch nonsense
fit train.st.zst --plan >/dev/full || echo "exit $?"
