# fit --plan: what a trainer does with a batch, without training.
csv train.csv 30 8
ingest -q train.csv -o train.st.zst
# plan ARCH OPTIONS...: the plan, without what differs by machine
plan()
{
    run fit train.st.zst --plan --threads 2 --arch "$@" | sed 's/^2 threads, .* kernels$/2 threads/'
}
plan 'conv 4 3x3, batchnorm, relu, maxpool 2, conv 17 2x2, relu, batchnorm, dropout 0.5, flatten, linear'
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
echo '-- nothing is written, and a full disk is noticed'
run fit train.st.zst --plan -o m.st.zst
run fit train.st.zst --plan --history h
run fit train.st.zst --plan --arch nonsense
fit train.st.zst --plan >/dev/full || echo "exit $?"
