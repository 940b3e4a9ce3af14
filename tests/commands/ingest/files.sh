# Compressed and piped input, outputs, options.
tensors() { /usr/bin/python3 -B "$CSVNET_TOP/tests/support/tensors.py" "$@" | grep -v ^source; }
same() { tensors $1.st.zst | cmp - plain.txt && echo "the same tensors"; }

csv plain.csv 500 6
run ingest -q plain.csv -o plain.st.zst
tensors plain.st.zst >plain.txt

echo "# gzip, zstd, members and frames one after the other, a slow pipe"
gzip -c plain.csv >a.csv.gz
zstd -qc plain.csv >a.csv.zst
head -c 5000 plain.csv >head
tail -c +5001 plain.csv >tail
(gzip -c head; gzip -c tail) >two.gz
(zstd -qc head; zstd -qc tail) >two.zst
# pzstd's begin with a skippable frame of four bytes; any may be between frames
(printf '\120\052\115\030\004\000\000\000\001\002\003\004'; cat a.csv.zst
    printf '\137\052\115\030\001\000\000\000x') >skip.zst
(cat two.gz; head -c 200000 /dev/zero) >zeros.gz
for file in a.csv.gz a.csv.zst two.gz two.zst skip.zst zeros.gz; do
    run ingest -q $file -o b.st.zst
    same b
done
ingest -q - -o b.st.zst <plain.csv && same b
gzip -c plain.csv | ingest -q - -o b.st.zst && same b
(head -c 1 a.csv.zst; sleep 0.1; tail -c +2 a.csv.zst) | ingest -q - -o b.st.zst && same b

echo "# A file in a zip archive"
/usr/bin/python3 -c 'import zipfile
with zipfile.ZipFile("data.zip", "w", zipfile.ZIP_DEFLATED) as archive:
    archive.write("plain.csv", "plain.csv")
    archive.write("a.csv.gz", "folder/[a].csv.gz")'
run ingest -q data.zip:plain.csv -o b.st.zst
same b
run ingest -q 'data.zip:folder/[a].csv.gz' -o b.st.zst
same b
run ingest -q data.zip -o b.st.zst
run ingest -q data.zip:nix.csv -o b.st.zst
run ingest -q 'data.zip:*.csv' -o b.st.zst
run ingest -q nix.zip:plain.csv -o b.st.zst
run ingest -q data.zip:plain.csv -o data.zip
head -c 300 data.zip >cut.zip
run ingest -q cut.zip:plain.csv -o b.st.zst
cp plain.csv n1.csv
/usr/bin/python3 -W ignore - <<'END'
import zipfile

def write(name, members, how=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(name, "w", how) as archive:
        for member, text in members:
            archive.writestr(zipfile.ZipInfo(member), text, how)

def change(name, of, change):
    "copies an archive with its bytes changed"
    data = bytearray(open(of, "rb").read())
    change(data)
    open(name, "wb").write(data)

def in_both(data, signatures, at, value):
    "sets bits where a local header and the directory have them"
    for signature, offset in zip((b"PK\3\4", b"PK\1\2"), at):
        if signature in signatures:
            data[data.index(signature) + offset] ^= value

both = (b"PK\3\4", b"PK\1\2")
plain = open("plain.csv").read()
write("n[1].zip", [("plain.csv", plain)])
write("n1.zip", [("plain.csv", "label,a\n")])
write("twice.zip", [("plain.csv", "label,a\n"), ("plain.csv", plain)])
write("odd.zip", [("-x", plain), ("*", "no"), ("two\nlines.csv", plain)], zipfile.ZIP_STORED)
write("bzip2.zip", [("plain.csv", plain)], zipfile.ZIP_BZIP2)
change("locked.zip", "n[1].zip", lambda data: in_both(data, both, (6, 8), 1))
change("short.zip", "n[1].zip", lambda data: in_both(data, both, (23, 25), 1))
change("long.zip", "n[1].zip", lambda data: in_both(data, both, (25, 27), 1))
change("crc.zip", "n[1].zip", lambda data: in_both(data, both, (14, 16), 1))
END
run ingest -q 'n[1].zip:plain.csv' -o b.st.zst
same b
run ingest -q twice.zip -o b.st.zst
same b
run ingest -q odd.zip:-x -o b.st.zst
same b
run ingest -q odd.zip -o b.st.zst
same b
run ingest -q odd.zip:-p -o b.st.zst
for zip in bzip2 locked short long crc; do
    run ingest -q $zip.zip:plain.csv -o c.st.zst
done
ls c.st.zst 2>&1
rm n1.csv ./*.zip

echo "# Damage"
size=$(wc -c <a.csv.gz)
head -c $((size / 2)) a.csv.gz >cut.gz
head -c $((size - 1)) a.csv.gz >last.gz
(cat a.csv.gz; echo more) >more.gz
size=$(wc -c <a.csv.zst)
head -c $((size / 2)) a.csv.zst >cut.zst
head -c $((size - 1)) a.csv.zst >last.zst
(cat a.csv.zst; echo more) >more.zst
(cat zeros.gz; echo more) >zeros-more.gz
printf '\050\265\057\375\000\250\001\000\000' >window.zst # of 2 GiB
rm -f c.st.zst
for file in cut.gz last.gz more.gz zeros-more.gz cut.zst last.zst more.zst window.zst; do
    run ingest -q $file -o c.st.zst | sed 's/byte [0-9]*/byte N/; s/[0-9]* bytes/N bytes/'
done
for bit in 100 400 600; do
    cp a.csv.gz bad.gz
    printf '\252' | dd of=bad.gz bs=1 seek=$bit conv=notrunc status=none
    ingest -q bad.gz -o c.st.zst 2>/dev/null
    echo "damaged at $bit: exit $?"
done
ls c.st.zst 2>/dev/null

echo "# A refused file leaves the old output as it was"
cp plain.st.zst old
(cat plain.csv; echo x) >bad.csv
run ingest -q bad.csv -o plain.st.zst
cmp old plain.st.zst && echo "the old output stands"
run ingest -q nix.csv -o plain.st.zst
run ingest -q . -o plain.st.zst
cmp old plain.st.zst && ls

echo "# Outputs that cannot be"
run ingest -q plain.csv -o /dev/full
run ingest -q plain.csv -o nix/plain.st.zst
run ingest -q plain.csv -o plain.csv
run ingest -q plain.csv -o ./plain.csv
ln plain.csv hard.csv
run ingest -q plain.csv -o hard.csv

echo "# Usage"
run ingest plain.csv
run ingest -o a.st.zst
run ingest plain.csv more.csv -o a.st.zst
run ingest plain.csv -o a.st.zst --nix
run ingest plain.csv -o a.st.zst --header maybe
for shape in 28 0x4 2x 2x2x2x2 -1x2 5000x1 2x2y ' 2x2' 2x+2; do
    run ingest plain.csv -o a.st.zst --shape "$shape"
done
