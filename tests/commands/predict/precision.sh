# --precision: all models multiply so, whatever they were trained with; the same bytes by every table of
# kernels, recorded, and on labelled data counted against what the models give as trained.
python=${PYTHON:-/usr/bin/python3}
# noise FILE ROWS SEED: pictures that do not tell their labels, of which a network is unsure
noise()
{
    awk -v rows="$2" -v at="$3" 'BEGIN {
        printf "label"
        for (i = 0; i < 64; i++) printf ",pixel%d", i
        print ""
        for (r = 0; r < rows; r++) {
            printf "%d", r % 3
            for (i = 0; i < 64; i++) {
                at = (at * 1103 + 12345) % 1000003
                printf ",%d", at % 256
            }
            print ""
        }
    }' >"$1"
}
noise train.csv 1200 1
noise test.csv 90 2
ingest -q train.csv -o train.st.zst
cut -d, -f2- test.csv >pixels.csv
ingest -q pixels.csv --like train.st.zst -o test.st.zst
arch='conv 8 3x3, relu, conv 16 3x3 pad 1, batchnorm, relu, maxpool 2, flatten, linear'
# trained MODEL OPTION...
trained()
{
    model=$1
    shift
    fit -q train.st.zst --batch 20 "$@" -o "$model.st.zst" 2>/dev/null
}
trained a --arch "$arch" --epochs 1
trained b --arch "$arch" --epochs 1 --seed 2 --precision bf16
# the same weights
trained a.bf16 --from a.st.zst --epochs 0 --precision bf16
trained b.float32 --from b.st.zst --epochs 0
cat >check.py <<'END'
# same FILE FILE: whether the probabilities are the same; told RECORD TRAINED FILE: whether the record
# says of the rows what the files give.
import json, os, sys
import numpy as np
sys.path.insert(0, os.environ["CSVNET_TOP"] + "/tests/support")
from tensors import read

one, other = (read(name)[1] for name in sys.argv[-2:])
if sys.argv[1] == "same":
    print("the same" if np.array_equal(one["probabilities"], other["probabilities"]) else "others")
    sys.exit()
record = json.load(open(sys.argv[2]))
told = record["precision"]
truth = other["labels"].argmax(axis=1)
was, now = (p["probabilities"].argmax(axis=1) for p in (one, other))
comparing = told.pop("seconds_as_trained")
both = record["seconds"] + comparing  # within the time of the whole run, if neither has the other's
print("as the files give it:", 0 < comparing and both < float(os.environ["WALL"]) and told == {
    "precision": told["precision"], "rows": len(truth), "other_class": (was != now).sum(),
    "right": (now == truth).sum(), "right_as_trained": (was == truth).sum()})
END
check()
{
    "$python" -B check.py "$@"
}
# compared PRECISION MODEL... [OPTION...]: what is said and recorded of labelled rows
compared()
{
    precision=$1
    shift
    predict -q train.st.zst "$@" -o plain.pred
    from=$(date +%s.%N)
    run predict train.st.zst "$@" --precision "$precision" -o new.pred --json new.json | grep "precision $precision"
    WALL=$(echo "$(date +%s.%N) $from" | awk '{ print $1 - $2 }')
    export WALL
    check told new.json plain.pred new.pred
    check same plain.pred new.pred
}

echo '-- float32 to bf16'
compared bf16 a.st.zst
predict -q train.st.zst a.bf16.st.zst -o bf16.pred
check same bf16.pred new.pred
explain new.pred | grep precision
explain plain.pred | grep precision
for table in avx2 avx512 avx512bf16; do
    for threads in 1 3; do
        CSVNET_KERNELS=$table predict -q train.st.zst a.st.zst --precision bf16 --threads $threads -o table.pred \
            2>/dev/null || continue
        cmp new.pred table.pred
    done
done

echo '-- bf16 to float32'
compared float32 b.st.zst
predict -q train.st.zst b.float32.st.zst -o float32.pred
check same float32.pred new.pred

echo '-- both kinds'
compared bf16 a.st.zst b.st.zst
compared float32 a.st.zst b.st.zst --geometric --weights 1,3

echo '-- out of fold'
for fold in 1 2; do trained f$fold --arch "$arch" --epochs 1 --fold $fold/2; done
compared bf16 f1.st.zst f2.st.zst --oof

echo '-- views are not counted'
predict -q train.st.zst a.st.zst -o plain.pred
run predict train.st.zst a.st.zst --precision bf16 --tta shifts -o views.pred --json views.json | grep "precision bf16"
check told views.json plain.pred bf16.pred
check same views.pred bf16.pred

echo '-- nothing to compare'
run predict train.st.zst a.st.zst --precision float32 -o new.pred --json new.json | grep "precision float32"
check same plain.pred new.pred
explain new.pred | grep precision
grep '"precision": {' new.json
run predict test.st.zst a.st.zst --precision bf16 -o test.pred | grep -v 'faster here'
for table in baseline $(grep -q AuthenticAMD /proc/cpuinfo && echo avx512bf16); do # may be lacking
    CSVNET_KERNELS=$table predict test.st.zst a.st.zst --precision bf16 -o table.pred 2>&1 | grep 'faster here'
done
CSVNET_KERNELS=baseline predict test.st.zst a.st.zst -o table.pred 2>&1 | grep 'faster here'

echo '-- as the models were trained'
predict -q train.st.zst a.st.zst b.st.zst -o plain.pred
predict -q train.st.zst a.st.zst b.st.zst --precision trained -o new.pred
cmp plain.pred new.pred

echo '-- changes are noticed'
run predict test.st.zst a.st.zst --precision bf16 -o test.pred --if-changed --store store | grep -v 'faster here'
run predict test.st.zst a.st.zst -o test.pred --if-changed --store store
run predict test.st.zst a.st.zst --precision bf16 -o test.pred --if-changed --store store | grep -v 'faster here'
run predict test.st.zst a.st.zst -o test.pred --if-changed --store store | sed 's/ of [0-9][0-9]:.*//'

echo '-- features'
predict -q train.st.zst a.st.zst -o new.pred --features plain.f
predict -q train.st.zst a.st.zst --precision bf16 -o new.pred --features new.f
explain new.f | grep precision
cmp -s plain.f new.f || echo others

echo '-- pictures'
grey_png p.png
predict -q p.png a.st.zst -o plain.pred >plain.txt
predict -q p.png a.st.zst --precision bf16 -o new.pred >new.txt
predict -q p.png a.bf16.st.zst -o bf16.pred >bf16.txt
check same plain.pred new.pred
check same bf16.pred new.pred
explain new.pred | grep precision

echo '-- refused'
run predict train.st.zst a.st.zst --precision fp16 -o x.pred
run predict plain.pred new.pred --precision bf16 -o x.pred
ls x.pred 2>&1
