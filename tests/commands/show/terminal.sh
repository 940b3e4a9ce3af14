# show on terminals: colours as the terminal has them, its width, class names of any script.
terminals_here
csv train.csv 12 8
ingest -q train.csv -o train.st.zst
# without the table of tensors, whose sizes depend on zstd's version
seen()
{
    run "$@" | sed '/^[a-z]* *[IFU][0-9]* /d'
}
terminal()
{
    echo "\$ $*"
    /usr/bin/python3 -B "$CSVNET_TOP/tests/support/terminal.py" "$@"
}
LC_ALL=C.UTF-8
echo '-- colours'
terminal 80 xterm-256color show train.st.zst
COLORTERM=truecolor terminal 80 xterm-256color show train.st.zst
COLORTERM=24bit terminal 120 screen-256color show train.st.zst --rows 1-4
terminal 80 xterm-direct show train.st.zst --rows 1
COLORTERM=truecolor terminal 80 xterm-kitty show train.st.zst --rows 1
echo '-- none'
COLORTERM=truecolor terminal 80 dumb show train.st.zst --rows 1
terminal 80 dumb show train.st.zst --rows 1
terminal 80 xterm show train.st.zst --rows 1
NO_COLOR=1 COLORTERM=truecolor terminal 80 xterm-256color show train.st.zst --rows 1
LC_ALL=C COLORTERM=truecolor terminal 80 xterm-256color show train.st.zst --rows 1
TERM=xterm-256color COLORTERM=truecolor show train.st.zst | grep -c "$(printf '\033')"
echo '-- widths'
for width in 20 40 79 81 133; do
    COLORTERM=truecolor terminal $width xterm-256color show train.st.zst | tail -n 1
done
COLUMNS=60 terminal 133 xterm-256color show train.st.zst | tail -n 1
echo '-- a picture is two pixels a cell, one above the other'
csv small.csv 3 2 2
sed -i '2s/.*/0,0,255,255,0/' small.csv
ingest -q small.csv -o small.st.zst
SHOWN=1 COLORTERM=truecolor terminal 80 xterm-256color show small.st.zst --rows 1 | sed -n '/^^\[/p' | head -n 3 |
    sed 's/\xe2\x96\x80/#/g'
echo '-- names'
{
    echo '0,ゼロ'
    echo '1,один'
    printf '2,two\342\200\256evil\n'
} >names.csv
ingest -q train.csv --names names.csv -o named.st.zst
seen show named.st.zst --rows 1-3
echo '-- names in a table keep its columns: accents, vowel signs, joiners; and one longer than is shown'
{
    printf '0,e\314\201te\314\201\n'
    printf '1,\340\262\225\340\262\250\340\263\215\340\262\250\340\262\241\n'
    printf '2,\331\205\333\214\342\200\214\330\256%s\n' "$(printf 'e\314\201%.0s' $(seq 150))"
} >names.csv
ingest -q train.csv --names names.csv -o marked.st.zst
seen show marked.st.zst --rows 1-3
show marked.st.zst --rows 1-3 --png marked.png >/dev/null
echo '-- names that ingest would not let in'

/usr/bin/python3 -B - <<'END'
import json, os, subprocess, sys
sys.path.insert(0, os.environ["CSVNET_TOP"] + "/fixtures")
import plain_safetensors as plain
tensors, meta = plain.unpack(subprocess.run(["zstd", "-dc", "train.st.zst"], capture_output=True, check=True).stdout)
meta = {key: value for key, value in meta.items() if key not in ("content_digest", "inputs", "options", "csvnet")}
meta["class_names"] = json.dumps(["a\x1b[31m", "b\x9b31m\x07", "c\r\nd\u2028"])
plain.write("evil", tensors, meta | {"filler": ""})
size = int.from_bytes(open("evil", "rb").read(8), "little")
plain.write("evil", tensors, meta | {"filler": " " * (-size % 8)})
END
seen show evil --rows 1-3
LC_ALL=C
run show named.st.zst --rows 1-3 | tail -n 3
run show named.st.zst --rows 1-3 | sed -n '9,11p'
sed 's/^0,/café,/; s/^1,/naïve,/; s/^2,/plain,/' train.csv >spelt.csv
ingest -q spelt.csv -o spelt.st.zst
run show spelt.st.zst --rows 1-3 | sed -n '9,11p'
show spelt.st.zst --rows 1-3 --json - -q | python3 -c '
import json, sys
print([c["class"] for c in json.load(sys.stdin)["classes"]])'
