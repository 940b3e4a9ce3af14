# make report.html: the page of all that the rules know, made anew exactly when that changed.
competition
python=${PYTHON:-/usr/bin/python3}
# shows what the page is of
figures()
{
    $python -B "$CSVNET_TOP/tests/support/report_page.py" report.html | grep -v '\[\]$' | grep -v ': True$'
    $python - <<'END'
import re, xml.etree.ElementTree as tree
page = tree.parse("report.html").getroot()
text = lambda element: re.sub(r"\s+", " ", "".join(element.itertext()).strip())
for section in page.iter("section"):
    heads = [text(h) for h in section.findall("h3") if section.get("id") in ("samples", "settings")]
    print("  " + text(section.find("h2")) + (": " if heads else "") + ", ".join(heads))
    if section.get("id") in ("stages", "models"):
        print("    " + ", ".join(" ".join(text(cell) for cell in row[:2 if section.get("id") == "stages" else 1])
              for row in section.find(".//tbody")))
print("  seen in training:", "were trained on" in text(page))
END
}
echo '-- not requested'
stages
run make -s why | sed 's/, took [0-9]* s last time:/:/'
echo '-- all of it, then nothing'
stages report.html
figures
stages report.html
run make -q report.html
stages -n report.html
stages -n
echo '-- a changed option, of a model, of the page, of none of its bytes'
stages report.html a.fit="--arch 'flatten, linear' --epochs 2"
run make -s why | sed 's/, took [0-9]* s last time:/:/'
stages report.html
stages report.html REPORT='--heading "A title"'
grep -o '<title>.*</title>' report.html
stages report.html REPORT='--heading "A title" --quiet --threads 2'
stages report.html
echo '-- its inputs change, or go'
touch train.csv
stages report.html
echo '1,2,3' >>train.csv
stages report.html
sed -i '$d' train.csv
stages report.html
rm csvnet.out/test.pred.json
stages report.html
rm csvnet.out/part-train.json report.html
stages report.html
make -s explain FILE=report.html | cut -c 1-60
rm csvnet.out/a.history.jsonl
stages report.html
rm report.html
stages report.html
figures | grep -A 1 -e Learning -e Time
stages report.html
rm csvnet.out/a.model.st.zst
stages report.html
echo '-- interrupted'
rm report.html && mkdir report.html
make report.html 2>&1 >.log | sed 's/ \[.*\]//'
rmdir report.html
stages report.html
echo '-- folds and seeds'
stages report.html FOLDS=3 a.seeds=2 | tail -n 1
figures
echo '-- nothing held back'
stages report.html VAL=none | tail -n 1
figures
echo '-- a file that validates'
csv more.csv 20
stages report.html VAL=more.csv | tail -n 1
figures | grep -e Samples -e ingest
echo '-- no test data'
sed '/^TEST/d' Makefile >no-test.mk
stages -f no-test.mk report.html | tail -n 1
figures
echo '-- final models on all rows'
stages report.html FINAL=all | tail -n 1
figures
echo '-- summaries of stages that go elsewhere'
make -s csvnet-clean
stages report.html TRAIN.ingest='--json mine.json'
ls mine.json csvnet.out/train.json 2>&1
figures | grep -A 1 Time
make -s csvnet-clean
ls
