# What files, names and arguments say reaches terminals and logs without a character that would steer
# them: it is shown as an escape.
python=${PYTHON:-/usr/bin/python3}
csv train.csv 20 4
ingest -q train.csv -o train.st.zst
fit -q train.st.zst --arch linear --epochs 1 -o m.st.zst
predict -q train.st.zst m.st.zst -o p.st.zst
escape=$(printf '\033]0;title\007')
cat >forge.py <<'END'
"forge.py FROM TO KEY: a copy with control characters in a metadata text"
import json, struct, subprocess, sys
data = subprocess.run(["zstd", "-qdc", sys.argv[1]], stdout=subprocess.PIPE).stdout
size = 8 + struct.unpack("<Q", data[:8])[0]
header = json.loads(data[8:size])
header["__metadata__"][sys.argv[3]] = '["\x1b]0;title\x07", "\x9b2J\u202e", {"\x1b[2J": "\x1b[31m"}]' \
    if sys.argv[4:] else "\x1b]0;title\x07\x9b2J\u202e"
text = json.dumps(header).encode()
text += b" " * (-len(text) % 8)
open(sys.argv[2], "wb").write(struct.pack("<Q", len(text)) + text + data[size:])
END

# clean: whether what comes in has no such character
clean()
{
    $python -c '
import sys, unicodedata
text = sys.stdin.buffer.read().decode("utf-8", "backslashreplace")
bad = sorted({hex(ord(c)) for c in text if c != "\n" and unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp")})
print("clean" if text and not bad else "%d bytes, with %s" % (len(text), bad))'
}
for key in kind csvnet options inputs classes class_names columns architecture data_digest settings; do
    echo "-- $key"
    for json in '' json; do
        for file in train m p; do
            $python forge.py $file.st.zst $file-bad.st.zst $key $json
        done
        for words in 'explain train-bad' 'explain m-bad' 'explain p-bad' 'show train-bad' 'show m-bad' 'show p-bad' \
            'fit train-bad' 'predict train m-bad' 'predict train-bad m' 'submit p-bad' 'compare p p-bad'; do
            set -- $words
            program=$1
            shift
            set -- $(printf '%s.st.zst ' "$@")
            case $program in
            fit) set -- "$@" --arch linear --epochs 1 -o out ;;
            predict | submit) set -- "$@" -o out ;;
            esac
            LC_ALL=C.UTF-8 "$program" "$@" 2>&1 | clean
        done
    done | sort | uniq -c | sed 's/^ *//'
done
echo '-- explain of one'
$python forge.py m.st.zst m-bad.st.zst csvnet
explain m-bad.st.zst 2>&1 | sed -n 1p
$python forge.py train.st.zst kind.st.zst kind
run predict kind.st.zst m.st.zst -o out
echo '-- names and arguments'
cp train.csv "$escape.csv"
for words in "ingest $escape.csv -o t.st.zst" "ingest $escape.nix -o t.st.zst" "fit $escape" "show --$escape" \
    "fit train.st.zst --arch $escape -o out" "fit train.st.zst --arch linear --epochs 1 --title $escape -o out" \
    "explain train.st.zst $escape.csv" "compare $escape p.st.zst"; do
    $words 2>&1 | clean
done
show "$escape" 2>&1
echo '-- labels'
printf 'label,a,b,c,d\n\302\2332J,1,2,3,4\n\342\200\256x,1,2,3,5\n%s,1,2,3,6\n' y y >odd.csv
ingest odd.csv -o odd.st.zst 2>&1 | clean
LC_ALL=C.UTF-8 show odd.st.zst 2>&1 | clean
