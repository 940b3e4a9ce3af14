# Maps below the surest mistakes: by the models that predicted the row, of folds its own.
python=${PYTHON:-/usr/bin/python3}
csv train.csv 300 8
awk -F, -v OFS=, 'NR > 1 && NR % 5 == 0 { $1 = (NR / 5) % 3 } { print }' train.csv >noisy.csv
ingest -q noisy.csv -o all.st.zst
split -q all.st.zst --part train.st.zst=rest --part val.st.zst=40%
gap='conv 6 3x3, relu, globalpool, flatten, linear'
fit -q train.st.zst --arch "$gap" --epochs 3 --lr 0.01 -o g.model.st.zst
fit -q train.st.zst --arch linear --epochs 3 --lr 0.01 -o l.model.st.zst
predict -q val.st.zst g.model.st.zst -o g.pred.st.zst
predict -q val.st.zst g.model.st.zst l.model.st.zst -o both.pred.st.zst
cat >tiles.py <<'END'
import base64, re, struct, sys
page = open(sys.argv[1]).read()
part = page[page.index("<h3>The surest mistakes"):page.index("<h3>The least sure")]
sizes = [struct.unpack(">II", base64.b64decode(png)[16:24]) for png in re.findall(r'base64,([^"]*)"', part)]
print(len(sizes), sorted(set(sizes)), re.sub(r"<[^>]*>", "", re.search(r'<p class="says">Predicted.*?</p>', part).group()))
END
tiles() # PRED MODEL...
{
    pred=$1
    shift
    report -q -o r.html --data validation=val.st.zst --pred validation="$pred" "$@" --why
    $python -B tiles.py r.html
    $python -B "$CSVNET_TOP/tests/support/report_page.py" r.html >page.txt
}
echo '-- occlusion and the own map; of several occlusion alone; not of models that are not given'
tiles g.pred.st.zst --model g.model.st.zst
cat page.txt
report -q -o again.html --data validation=val.st.zst --pred validation=g.pred.st.zst --model g.model.st.zst --why --threads 1
cmp r.html again.html
tiles both.pred.st.zst --model g.model.st.zst --model l.model.st.zst
tiles both.pred.st.zst --model g.model.st.zst
tiles g.pred.st.zst
echo '-- of folds, beside models that were trained on all'
for fold in 1 2 3; do fit -q all.st.zst --arch linear --fold $fold/3 --epochs 3 --lr 0.01 -o a.f$fold.model.st.zst; done
fit -q all.st.zst --arch linear --epochs 1 -o a.all.model.st.zst
predict -q all.st.zst a.f?.model.st.zst --oof -o oof.st.zst
report -q -o r.html --data training=all.st.zst --pred training=oof.st.zst --why --model a.all.model.st.zst \
    --model a.f1.model.st.zst --model a.f2.model.st.zst --model a.f3.model.st.zst
$python -B tiles.py r.html
