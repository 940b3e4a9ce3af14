# What make tune tried, and weights that were found, in a report; and what is refused.
csv train.csv 30 6
ingest -q train.csv -o train.st.zst
cat >a.json <<'END'
{"tuned": "a", "metric": "accuracy", "failed": 2, "seconds": 9.5, "tried": [
 {"options": "--lr 0.1 --augment '<shift 1>'", "as_it_is": false, "score": 0.95, "spread": 0.01, "loss": 0.2, "epochs": 3, "folds": 3, "seconds": 1.5,
  "rungs": [{"epochs": 1, "score": 0.5}, {"epochs": 3, "score": 0.95}]},
 {"options": "", "as_it_is": true, "score": 0.9, "spread": 0.02, "loss": 0.3, "epochs": 3, "folds": 3, "seconds": 1.25,
  "rungs": [{"epochs": 1, "score": 0.6}, {"epochs": 3, "score": 0.9}]},
 {"options": "--lr 9", "as_it_is": false, "score": 0.1, "spread": null, "loss": 9.5, "epochs": 1, "folds": 1, "seconds": 0.5, "rungs": [{"epochs": 1, "score": 0.1}]}]}
END
sed 's/"accuracy"/"macro F1"/; s/"a"/"b"/' a.json >b.json
section() { sed -n "/<section id=\"$1\">/,/<\/section>/p" r.html; }
report -q -o r.html --data training=train.st.zst --tuned a.json --tuned b.json
section tuned | sed '/<svg/,/<\/svg>/d'
section tuned | grep -c '<polyline'
section tuned | grep -o '>the best<\|>as it is</text' | sort | uniq -c
grep -c 'href="#tuned"' r.html
echo '-- weights'
for epochs in 3 9; do
    for fold in 1 2; do
        fit -q train.st.zst --arch linear --epochs $epochs --lr 0.01 --fold $fold/2 -o e$epochs.$fold.st.zst
    done
    predict -q train.st.zst e$epochs.?.st.zst --oof -o e$epochs.oof.st.zst >/dev/null
done
compare -q e3.oof.st.zst e9.oof.st.zst --weigh weights.json >/dev/null
report -q -o r.html --data training=train.st.zst --weights weights.json
section weights
grep -c 'href="#weights"' r.html
echo '-- refused'
echo '{' >torn.json
cp r.html before.html
for file in weights.json torn.json nothing.json; do
    run report -q -o r.html --data training=train.st.zst --tuned $file
done
run report -q -o r.html --data training=train.st.zst --weights a.json
cmp r.html before.html
