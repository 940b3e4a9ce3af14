# fixtures/csvnet.ipynb, cell by cell, with the file that make dist packs, as Jupyter runs it without a browser.
programs_run_here
command -v jupyter-nbconvert >/dev/null || skip 'jupyter-nbconvert is missing: make deps FOR=ci'
one_file
mkdir home work
mv one csvnet-0-linux-here
chmod 644 csvnet-0-linux-here/csvnet # as on Kaggle
tar -czf work/csvnet-0-linux-here.tar.gz csvnet-0-linux-here
csv work/train.csv 60 20
csv all.csv 12 20
cut -d , -f 2- all.csv >work/test.csv
cp "$CSVNET_TOP/fixtures/csvnet.ipynb" work

# notebook: executes it. PATH has no csvnet but the notebook's own.
notebook()
{
    (
        cd work && PATH=/usr/bin:/bin HOME=$PWD/../home jupyter-nbconvert --execute --ExecutePreprocessor.startup_timeout=900 --to notebook \
            --output done.ipynb csvnet.ipynb
    ) >log 2>&1
}

notebook || cat log
/usr/bin/python3 - <<'END'
import json
cells = {cell["id"]: cell.get("outputs") for cell in json.load(open("work/done.ipynb"))["cells"]}
page = cells["report"][0]["data"]["text/html"]
print("page", "".join(page)[:26], "</iframe></div>" in "".join(page))
print("said", any("submission.csv" in "".join(o.get("text", "")) for o in cells["make"]))
first, *rows = open("work/submission.csv").read().split()
numbers = "".join(cells["read"][0]["text"]).replace("'", "").split()
print(numbers)
print("as submitted", [row.split(",")[1] for row in rows[:10]] == [n.strip("[]") for n in numbers[2:]])
END
echo '-- once more: nothing is made anew'
ls --full-time work/csvnet.out/*.st.zst >before
notebook || cat log
ls --full-time work/csvnet.out/*.st.zst | cmp - before
echo '-- what fails stops it'
echo 'label,pixel0' >work/train.csv
notebook && echo 'went on'
grep -o 'CalledProcessError' log | head -n 1
