# Scores of labelled data, the same bytes for any number of threads, means of models.
csv train.csv 300
sed '1s/label/kind/; s/^0,/cat,/; s/^1,/dog,/; s/^2,/fish,/' train.csv >named.csv
ingest -q named.csv --label kind -o train.st.zst
fit -q train.st.zst --arch linear --epochs 40 --lr 0.01 -o a.st.zst
fit -q train.st.zst --arch linear --epochs 20 --lr 0.01 --seed 2 -o b.st.zst
# the first 30 rows say fish, whatever they show
sed '2,31s/^[a-z]*/fish/' named.csv >eval.csv
ingest -q eval.csv --like train.st.zst -o eval.st.zst

echo '-- one model'
run predict eval.st.zst a.st.zst -o p.st.zst
echo '-- two models'
run predict eval.st.zst a.st.zst b.st.zst -o p.st.zst --json p.json
python3 - <<'EOF'
import json
run = json.load(open("p.json"))
print(sorted(run), run["rows"], [m["model"] for m in run["models"]])
score = run["score"]
print(sorted(score), [c["class"] for c in score["classes"]], score["confusion"])
print(score["correct"], round(score["accuracy"], 6))
EOF
echo '-- classes without a row'
sed -n '1p; /^cat/p' named.csv >cats.csv
ingest -q cats.csv --like train.st.zst -o cats.st.zst
run predict cats.st.zst a.st.zst -o p.st.zst
echo '-- too many classes for a matrix'
csv many.csv 200 8 20
ingest -q many.csv -o many.st.zst
fit -q many.st.zst --arch linear --epochs 40 --lr 0.01 -o many.model.st.zst
sed '2,31s/^[0-9]*/19/' many.csv >eval.csv
ingest -q eval.csv --like many.st.zst -o eval.st.zst
run predict eval.st.zst many.model.st.zst -o p.st.zst
echo '-- no labels'
cut -d , -f 2- named.csv >test.csv
ingest -q test.csv --like train.st.zst -o test.st.zst
run predict test.st.zst a.st.zst -o p.st.zst
run predict test.st.zst a.st.zst -o p.st.zst --quiet
echo '-- the same bytes'
for threads in 1 2 3 5; do
    predict -q test.st.zst a.st.zst b.st.zst -o p$threads.st.zst --threads $threads
    cmp p1.st.zst p$threads.st.zst && echo same
done
zstd -qt p1.st.zst && echo whole
