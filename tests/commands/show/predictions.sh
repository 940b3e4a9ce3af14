# show of predictions, and of data beside them.
seen()
{
    run "$@" | sed 's/^\([a-z0-9._]*  *[IFU][0-9]* .*[0-9]\)  *[0-9]*$/\1 .../; s/data [0-9a-f]\{32\}$/data .../'
}
csv train.csv 300 8
sed '1s/label/kind/; s/^0,/cat,/; s/^1,/dog,/; s/^2,/fish,/' train.csv >named.csv
ingest -q named.csv --label kind -o train.st.zst
fit -q train.st.zst --arch linear --epochs 40 --lr 0.01 -o a.st.zst
fit -q train.st.zst --arch linear --epochs 1 --seed 2 -o b.st.zst
# rows 2 to 7 say fish, whatever they show
sed '3,8s/^[a-z]*/fish/' named.csv | head -n 61 >eval.csv
ingest -q eval.csv --like train.st.zst -o eval.st.zst
predict -q eval.st.zst a.st.zst b.st.zst -o p.st.zst
echo '-- with labels'
seen show p.st.zst
seen show p.st.zst --rows 2,60 | tail -n 12
show p.st.zst --rows 60-62 | grep 'requested rows'
seen show p.st.zst --mistakes 1 | tail -n 6
seen show p.st.zst --unsure 2 | grep '^x\|^row'
show -q p.st.zst --rows 2,60 --json p.json >p.txt
python3 - <<'END'
import json
p = json.load(open("p.json"))
print(sorted(p), p["kind"], p["rows"], p["scores"]["correct"], p["predicted"])
for row in p["picked"]:
    print(row["row"], row["class"], row["predicted"], len(row["probabilities"]), abs(sum(row["probabilities"]) - 1) < 1e-5)
confidence = [m["probability"] for m in p["surest_mistakes"]]
print(len(confidence), confidence == sorted(confidence, reverse=True),
      sorted(m["row"] for m in p["surest_mistakes"]))
confidence = [m["probability"] for m in p["least_sure"]]
print(len(confidence), confidence == sorted(confidence))
END
echo '-- the data beside them: the same from the file and from the models'
seen show eval.st.zst --rows 1-3 --pred p.st.zst | tail -n 12
show eval.st.zst --rows 1-3 --pred p.st.zst >file
show eval.st.zst --rows 1-3 --model a.st.zst --model b.st.zst >models
cmp file models
for choice in '--mistakes 4' '--unsure 4'; do
    show eval.st.zst $choice --pred p.st.zst --json file.json >file
    show eval.st.zst $choice --model a.st.zst --model b.st.zst --threads 3 --json models.json >models
    cmp file models && cmp file.json models.json
    grep -A 1 'the .* surest\|the .* least' file
    python3 -c '
import json
for row in json.load(open("file.json"))["picked"]: print(row["row"], row["class"], row["predicted"], row["mistake"])'
done
echo '-- more mistakes than a page lists'
predict -q train.st.zst b.st.zst -o many.st.zst
show -q many.st.zst --mistakes 500 --json many.json >many.txt
show -q train.st.zst --pred many.st.zst --mistakes 500 --json data.json >data.txt
python3 - <<'END'
import json
many, data = (json.load(open(name)) for name in ("many.json", "data.json"))
wrong = many["scores"]["rows"] - many["scores"]["correct"]
print(wrong > 20, [len(figures["picked"]) == wrong for figures in (many, data)])
END
echo '-- no mistakes, and no labels'
run show train.st.zst --model a.st.zst --mistakes 3 | tail -n 1
cut -d , -f 2- eval.csv >test.csv
ingest -q test.csv --like train.st.zst -o test.st.zst
predict -q test.st.zst a.st.zst -o q.st.zst
seen show q.st.zst | head -n 20
seen show test.st.zst --pred q.st.zst --rows 1 | tail -n 3
run show test.st.zst --pred q.st.zst --mistakes 1
run show q.st.zst --mistakes 1
echo '-- what does not belong together'
run show train.st.zst --pred p.st.zst
run show p.st.zst --pred p.st.zst
run show eval.st.zst --pred a.st.zst
run show eval.st.zst --model p.st.zst
run show eval.st.zst --pred p.st.zst --model a.st.zst
run show eval.st.zst --mistakes 3
run show eval.st.zst --pred p.st.zst --mistakes 3 --rows 1
run show eval.st.zst --pred p.st.zst --mistakes 501
csv other.csv 30 4
ingest -q other.csv -o other.st.zst
run show other.st.zst --model a.st.zst
echo '-- long names: whole into a pipe, else cut in the middle'
sed 's/^0,/grayscale picture of a cat,/; s/^1,/grayscale picture of a dog,/; s/^2,/grayscale picture of an ox,/' train.csv >long.csv
ingest -q long.csv -o long.st.zst
fit -q long.st.zst --arch linear --epochs 1 -o long.model.st.zst
predict -q long.st.zst long.model.st.zst -o long.pred
show long.pred | sed -n '/^predicted classes/,/^$/p; /^the surest/,/^$/p' | cut -c -78 | head -n 8
COLUMNS=70 show long.pred | sed -n '/^the surest/,/^$/p' | cut -c -56 | head -n 3
