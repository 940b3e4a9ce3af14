# The history is JSON Lines with all figures of the run; --json is a summary.
python=${PYTHON:-/usr/bin/python3}
csv train.csv 120
csv val.csv 45
ingest -q train.csv -o train.st.zst
ingest -q val.csv --like train.st.zst -o val.st.zst
cat >history.py <<'END'
import json, math, os, sys
sys.path.insert(0, os.environ["CSVNET_TOP"] + "/tests/support")
from tensors import read
lines = open("h").read()
assert lines.endswith("\n")
events = [json.loads(line) for line in lines.splitlines()]
for e in events:
    print(e["event"], *(f"{k}={e[k]}" for k in ("epoch", "step") if k in e),
          ",".join(sorted(e.keys() - {"event", "epoch", "step"})),
          ",".join(f"{n}({','.join(s)})" for n, s in e.get("scores", {}).items()))
    for number in (v for v in e.values() if isinstance(v, float)):
        assert math.isfinite(number)
# What the model records is the same, without times.
meta = read("m.st.zst")[0]
times = ("event", "seconds", "images_per_second")
reported = [{k: v for k, v in e.items() if k not in times} for e in events if e["event"] == "epoch"]
rounded = json.loads(meta["epochs"], parse_float=lambda x: float(f"{float(x):.9g}"))
print("epochs as in the model:", reported == rounded)
print("settings:", events[0]["settings"].keys() <= json.loads(meta["settings"]).keys())
print("digest:", events[-1]["model"] == meta["content_digest"])
assert not any(t in meta["epochs"] for t in times)
summary = json.load(open("s.json"))
print(sorted(summary), summary["digest"] == meta["content_digest"], len(summary["epochs"]))
END
echo '-- with validation and steps'
run fit -q train.st.zst --val val.st.zst --eval again=val.st.zst --arch linear --epochs 2 --batch 40 \
    --log-every 2 --eval-every 3 --history h --json s.json -o m.st.zst
run $python history.py
echo '-- without'
run fit -q train.st.zst --arch linear --epochs 1 --history h --json s.json -o m.st.zst
run $python history.py
echo '-- steps tell of the rows since the step before: their mean is the epoch'
cat >means.py <<'END'
import json
events = [json.loads(line) for line in open("h")]
for epoch in (e for e in events if e["event"] == "epoch"):
    steps = [e for e in events if e["event"] == "step" and e["epoch"] == epoch["epoch"]]
    apart = len({s["loss"] for s in steps}) == len(steps)
    means = {key: sum(s[key] for s in steps) / len(steps) for key in ("loss", "accuracy")}
    print(len(steps), apart, all(abs(means[key] - epoch[key]) < 1e-6 for key in means))
END
fit -q train.st.zst --arch linear --epochs 2 --batch 40 --log-every 1 --history h -o m.st.zst
run $python means.py
fit -q train.st.zst --arch linear --epochs 2 --batch 2 --history h -o m.st.zst
run $python means.py
echo '-- no epochs'
run fit -q train.st.zst --arch linear --epochs 0 --history h --json s.json -o m.st.zst
run $python history.py
echo '-- on standard output'
fit -q train.st.zst --arch linear --epochs 1 --history - -o m.st.zst | sed 's/[:,].*//'
fit -q train.st.zst --arch linear --epochs 1 --json - -o m.st.zst | grep -c digest
fit -q train.st.zst --arch linear --epochs 1 -o - | cmp - m.st.zst && echo 'the model itself'
echo '-- by the second'
run fit train.st.zst --arch linear --epochs 1 --log-every 0.000001s -o m.st.zst | timeless | grep step
echo '-- resumed: what was before is reported again, with its steps and its time'
rm h
$python $CSVNET_TOP/tests/support/interrupt.py INT 300 fit train.st.zst --val val.st.zst --arch linear \
    --epochs 100 --batch 4 --log-every 1 --checkpoint c --history h -o m.st.zst
ls h 2>&1
run fit train.st.zst --val val.st.zst --arch linear --epochs 100 --batch 4 --resume --checkpoint c \
    --history h --json s.json -o m.st.zst >/dev/null
$python history.py | grep -v -e '^epoch epoch' -e '^step epoch' && grep -c '"event":"epoch"' h
$python - <<'END'
import json
events = [json.loads(line) for line in open("h")]
steps = {}
for e in events:
    if e["event"] == "step":
        steps.setdefault(e["epoch"], []).append(e["step"])
print("steps in all epochs:", sorted(steps) == list(range(1, 101)))
print("as requested before and after:", steps[1] == list(range(1, 31)), steps[100] == list(range(2, 31, 2)))
print("in order:", all(s == sorted(set(s)) for s in steps.values()))
epochs = sum(e["seconds"] for e in events if e["event"] == "epoch")
print("seconds of both:", events[-1]["seconds"] >= 0.9 * epochs)
END
echo '-- of very many steps a checkpoint keeps the first, and all epochs'
$python $CSVNET_TOP/tests/support/interrupt.py INT 6000 fit train.st.zst --arch linear \
    --epochs 400 --batch 4 --log-every 1 --checkpoint c --history h -o m.st.zst >/dev/null 2>&1
fit -q train.st.zst --arch linear --epochs 400 --batch 4 --resume --checkpoint c --history h -o m.st.zst
grep -c '"event":"epoch"' h
sed -n 's/^{"event":"step","epoch":\(100\|150\|300\),.*/steps of epoch \1/p' h | uniq -c
echo '-- batches of an epoch, where a single last row joined the one before'
fit -q train.st.zst --arch 'linear 4, batchnorm, relu, linear' --epochs 2 --batch 7 --log-every 1 --history h -o m.st.zst
grep -o '"epoch_steps":[0-9]*' h
grep -c '"event":"step"' h
