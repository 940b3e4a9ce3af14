# show of histories and of runs.jsonl.
csv train.csv 60 8
ingest -q train.csv -o train.st.zst
split -q train.st.zst --part a.st.zst=rest --part b.st.zst=20%
seen()
{
    run "$@" | sed 's/after [0-9.]* s with the model .*/after .../'
}
fit -q a.st.zst --val b.st.zst --arch linear --epochs 30 --keep best --patience 29 --lr 0.05 --history h -o m.st.zst
echo '-- by epoch'
seen show h
LC_ALL=C.UTF-8 seen show h | tail -n 27
echo '-- by step'
fit -q a.st.zst --val b.st.zst --arch linear --epochs 2 --batch 8 --log-every 1 --eval-every 2 --history s -o m.st.zst
seen show s | tail -n 29
show -q s --json s.json >s.txt
python3 -c '
import json
s = json.load(open("s.json"))
print(sorted(s), s["kind"], len(s["epochs"]), len(s["steps"]), len(s["evals"]))'
echo '-- one epoch, none, no validation, not ended'
head -n 1 h >none
run show none | tail -n 4
sed -n '1p; /"epoch":1,/p' h >one
run show one | tail -n 5
fit -q a.st.zst --arch linear --epochs 3 --history t -o m.st.zst
seen show t | tail -n 30 | head -n 8
cp h.jsonl h.jsonl 2>/dev/null
echo '-- runs'
cat >runs.jsonl <<'END'
{"time":"2026-01-30T10:00:00Z","name":"a","fit":"a","options":"--arch linear","seed":1,"fold":null,"rows":359,"epochs":1,"loss":2.24,"accuracy":0.155,"val_loss":2.1,"val_accuracy":0.45,"val_digest":"e0e1e2e3e4","val_rows":300,"val_wrong":165,"seconds":0.7,"digest":"aa"}
{"time":"2026-01-30T10:01:00Z","name":"b","fit":"b","options":"--arch lenet5 --epochs 20 --optimizer adamw --lr 0.002","seed":1,"fold":null,"rows":359,"epochs":20,"loss":0.1,"accuracy":0.99,"val_loss":0.2,"val_accuracy":0.95,"val_digest":"e0e1e2e3e4","val_rows":300,"val_wrong":15,"seconds":99.9,"digest":"bb"}
{"time":"2026-01-31T11:00:00Z","name":"c","fit":"c.f1","options":"--arch linear","seed":1,"fold":"1/5","rows":359,"epochs":3,"loss":0.3,"accuracy":0.90,"val_loss":null,"val_accuracy":null,"seconds":12.34,"digest":"cc"}
END
run show runs.jsonl
COLUMNS=120 run show runs.jsonl | sed -n 6p
COLUMNS=60 run show runs.jsonl | sed -n 6,7p
echo '-- only what was scored alike is compared'
grep -v '"b"' runs.jsonl >one.jsonl
run show one.jsonl
{
    sed -n 1,2p runs.jsonl
    sed -n 's/e0e1e2e3e4/f0f1f2/; s/"val_rows":300/"val_rows":1200/; 1,2p' runs.jsonl
    sed -n 's/"val_digest.*"val_wrong":[0-9]*,//; 1,2p' runs.jsonl
} >rows.jsonl
run show rows.jsonl
echo '-- what chance says of four seeds, and of one model under two names'
for seed in 1 2 3 4; do
    right=$(echo 264 266 257 261 | cut -d ' ' -f $seed)
    printf '{"time":"2026-01-30","name":"b","fit":"b.s%d","options":"","seed":%d,"fold":null,"rows":1500,"epochs":3,"loss":1,"accuracy":0.5,"val_loss":0.4,"val_accuracy":%s,"val_digest":"e0e1","val_rows":300,"val_wrong":%d,"seconds":1,"digest":"b%d"}\n' \
        $seed $seed "$(echo $right | awk '{ printf "%.9f", $1 / 300 }')" $((300 - right)) $seed
done >seeds.jsonl
sed -n '2s/b.s2/best/; 2s/"name":"b"/"name":"best"/; 2p' seeds.jsonl >>seeds.jsonl
run show seeds.jsonl --json s.json | sed '/accuracy on validation/,$d'
cat >check.py <<'END'
import json, math, statistics
group = json.load(open("s.json"))["groups"][0]
right = [264, 266, 257, 261]
def p(a, b, n): # two proportions, pooled
    q = (a + b) / 2 / n
    return math.erfc(abs(a - b) / n / math.sqrt(2 * q * (1 - q) / n) / math.sqrt(2))
others = {o["run"]: o["p"] for o in group["others"]}
print(group["best"], all(abs(others[i] - p(266, right[i], 300)) < 1e-6 for i in (0, 2, 3)))
seeds = group["seeds"][0]
shares = [r / 300 for r in right]
print(seeds["seeds"], abs(seeds["mean"] - statistics.mean(shares)) < 1e-8, abs(seeds["spread"] - statistics.stdev(shares)) < 1e-8,
      abs(seeds["standard_error"] - math.sqrt(seeds["mean"] * (1 - seeds["mean"]) / 300)) < 1e-8)
# the largest of four normal draws, by David and Nagaraja, "Order statistics" (2003): 1.02938
print(abs(group["luck"] - 1.0293753730 * seeds["standard_error"]) < 1e-6, abs(group["lead"] - (266 / 300 - seeds["mean"])) < 1e-8)
END
run python3 check.py
sed 's/"val_accuracy":[0-9.]\{1,\}/"val_accuracy":null/' runs.jsonl >training.jsonl
run show training.jsonl
show -q runs.jsonl --json r.json >r.txt && python3 -c '
import json
r = json.load(open("r.json")); print(sorted(r), r["kind"], len(r["runs"]), r["runs"][1]["fit"])'
show - <runs.jsonl | sed '1s/.*:/:/' >r.txt
show runs.jsonl | sed '1s/.*:/:/' | cmp - r.txt
echo '-- damaged'
printf '{"event":"start","settings":{},"rows":3}\n{"event":' >bad
run show bad
printf '{"fit":"a"}\n{"fot":"b"}\n' >bad
run show bad
printf '{}\n' >bad
run show bad
ingest -q train.csv -o train.st.zst --json summary.json
run show summary.json
printf '{"fit":"a\\u001b[31m\\u202e","options":7}\n' >odd
run show odd
printf '{"event":"start","settings":{"\\u001b]0;x":"\\u0007","lr":[1,2]},"architecture":"a\\u001bb"}\n{"event":"epoch","epoch":"x","scores":{"\\u009b":{"loss":"y"}}}\n' >odd
run show odd
