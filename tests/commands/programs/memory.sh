# Hostile files take no more memory than good ones: each program within the address space that it needs
# for an ordinary run and what README states, whatever a file of a few kilobytes claims to hold.
python=${PYTHON:-/usr/bin/python3}
nm -D "$CSVNET_BIN/show" 2>/dev/null | grep -q __asan && skip 'the sanitizer takes all address space'
csv train.csv 20 4
ingest -q train.csv -o train.st.zst
fit -q train.st.zst --arch linear --epochs 1 -o m.st.zst
cat >hostile.py <<'END'
import json, math, struct, subprocess, sys, zipfile

def pack(name, pieces):
    "writes the pieces through zstd"
    size = sum(map(len, pieces))
    with open(name, "wb") as out:
        zstd = subprocess.Popen(["zstd", "-qc1", "--stream-size=%d" % size], stdin=subprocess.PIPE, stdout=out)
        for piece in pieces:
            zstd.stdin.write(piece)
        zstd.stdin.close()
        zstd.wait()

def head(text):
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text

def tensor(dtype, shape, size):
    return {"dtype": dtype, "shape": shape, "data_offsets": [0, size]}

for name, one in ("objects", b"{},"), ("lists", b"[],"), ("texts", b'"",'), ("keys", None):
    many = b",".join(b'"%d":0' % i for i in range(1 << 20)) if one is None else None
    body = b'{"a":{%s}}' % many if many else b'{"a":[%s0]}' % (one * ((15 << 20) // len(one)))
    pack(name + ".st.zst", [head(body)])
    open(name + ".json", "wb").write(body)
model = subprocess.run(["zstd", "-qdc", "m.st.zst"], stdout=subprocess.PIPE).stdout
size = 8 + struct.unpack("<Q", model[:8])[0]
text = json.loads(model[8:size])
text["__metadata__"]["architecture"] = "relu," * 3000000 + "linear"
pack("layers.st.zst", [head(json.dumps(text).encode()), model[size:]])
pack("row.st.zst", [head(json.dumps({"t": tensor("U8", [1, 1 << 29], 1 << 29)}).encode())]
     + [bytes(1 << 20)] * 512)
data = subprocess.run(["zstd", "-qdc", "train.st.zst"], stdout=subprocess.PIPE).stdout
text = json.loads(data[8:8 + struct.unpack("<Q", data[:8])[0]])
side = 20000
text = {"__metadata__": text["__metadata__"], "images": tensor("U8", [1, 1, side, side], side * side)}
pack("sides.st.zst", [head(json.dumps(text).encode()), bytes(side * side)])

def listed(name, file, whole, pieces=(), **own):
    "a list of one shard, and the shard: tensors whose rows the header of all describes otherwise"
    digest = "0123456789abcdef" * 2
    meta = {"kind": "dataset/1", "classes": '["0","1"]', "content_digest": digest}
    texts = []
    for tensors in own, {**own, **whole}:
        at, text = 0, {"__metadata__": meta}
        for key, (dtype, shape) in tensors.items():
            size = math.prod(shape) * {"U8": 1, "I64": 8}[dtype]
            text[key] = {"dtype": dtype, "shape": shape, "data_offsets": [at, at + size]}
            at += size
        texts.append(json.dumps(text).encode())
        if tensors == own:
            pack(file, [head(texts[0]), *(pieces or [bytes(at)])])
    with open(name, "wb") as out:
        out.write(b"csvnet shards 1\n3 3 %s %s\n%s\n" % (digest.encode(), file.encode(), texts[1]))

listed("wide.shards", "ids.st.zst", {"ids": ("U8", [3, 1 << 31])}, ids=("I64", [3]))
listed("over.shards", "over.st.zst", {"labels": ("U8", [3, 2, 1])}, labels=("U8", [3, 2, 400000]))
listed("row.shards", "rows.st.zst", {}, [bytes(3 << 20)] * 128, images=("U8", [3, 1 << 27]))

def pictures(name, rows, side):
    "a data set of large pictures, whose bytes are all alike"
    meta = {"kind": "dataset/1", "classes": '["0","1"]', "class_names": '["0","1"]', "source": name,
            "source_bytes": "1", "source_digest": "0123456789abcdef" * 2}
    text, at = {"__metadata__": meta}, 0
    for key, dtype, shape in (("rows", "I64", [rows]), ("labels", "U8", [rows, 2]), ("images", "U8", [rows, 1, side, side])):
        size = math.prod(shape) * (8 if dtype == "I64" else 1)
        text[key] = {"dtype": dtype, "shape": shape, "data_offsets": [at, at + size]}
        at += size
    numbers = struct.pack("<%dq" % rows, *range(1, rows + 1))
    pack(name, [head(json.dumps(text).encode()), numbers, bytes([0, 1, 1, 0]) * (rows // 2),
                *[bytes([row]) * (side * side) for row in range(rows)]])

pictures("large.st.zst", 12, 2048)
pictures("other.st.zst", 4, 2048)
with open("empty.safetensors", "wb") as out:
    out.write(head(json.dumps({"t": tensor("U8", [(1 << 63) - 1, 0], 0)}).encode()))
open("columns.csv", "w").write("label," + ",".join("p%d" % i for i in range(600000)) + "\n")
with zipfile.ZipFile("bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
    archive.writestr("zeros.csv", bytes(200 << 20))
    archive.writestr("line.csv", b"1" * (200 << 20))
END
$python hostile.py

# within MIB COMMAND...: runs it in so much address space
within()
{
    mib=$1
    shift
    (ulimit -v $((mib * 1024)) && run "$@")
}
for file in objects lists texts keys; do
    within 160 show $file.st.zst
    within 160 explain $file.st.zst
done
within 160 report -o r.html --data t=train.st.zst --stage objects.json
within 160 show objects.json
within 200 show layers.st.zst
within 200 predict train.st.zst layers.st.zst -o p.st.zst --threads 1
within 100 show row.st.zst
within 100 explain row.st.zst | sed 's/ [0-9a-f]\{32\}$/ DIGEST/'
within 100 explain wide.shards
within 100 explain over.shards
within 100 explain row.shards
within 100 show sides.st.zst
within 100 split sides.st.zst --part a.st.zst=rest --threads 1
within 100 fit sides.st.zst --arch linear -o m2.st.zst --threads 1
within 100 show empty.safetensors
within 100 show /dev/zero
# fit says at its start what it takes; with 32 MiB more it does.
fits()
{
    said=$(fit large.st.zst -v --epochs 0 -o said.st.zst "$@" 2>&1 | sed -n 's/.*memory \([0-9]*\) MiB.* besides \([0-9]*\) MiB.*/\1 + \2/p')
    echo "$said MiB are said"
    (ulimit -v $((($said + 32) * 1024)) && fit large.st.zst -q --epochs 1 -o m3.st.zst "$@" 2>&1) && echo 'and enough'
}
small='conv 4 5x5 stride 8, relu, globalpool, flatten, linear'
fits --arch "$small" --batch 2 --threads 1
fits --arch "$small" --batch 4 --threads 1 --val other.st.zst --eval more=other.st.zst
fits --arch "$small" --batch 4 --threads 1 --fold 1/3 --keep best
# Several by one command may come to use each other's threads, but not where addresses are limited.
csv seeds.csv 40 28
ingest -q seeds.csv -o seeds.st.zst
wide='conv 64 3x3 pad 1, relu, conv 64 3x3 pad 1, relu, globalpool, flatten, linear'
within 200 fit -q seeds.st.zst --seed 1-4 --threads 32 --arch "$wide" --batch 16 --epochs 1 -o 'seed%.st.zst'
# Labels of many classes are more than small pictures.
$python -c '
print("label,p0,p1")
for i in range(20000):
    print("%d,%d,%d" % (i % 10000, i % 256, i // 256))' >classes.csv
within 160 ingest classes.csv --shape 1x1x2 -o classes.st.zst --threads 1 -q
within 160 show classes.st.zst | head -2
within 160 split classes.st.zst --part a.st.zst=4500 --part b.st.zst=rest --threads 1 -q
fit -q classes.st.zst --arch linear --epochs 0 -o classes.model.st.zst
head -4501 classes.csv | cut -d, -f2- >unlabelled.csv
ingest -q unlabelled.csv --like classes.st.zst -o unlabelled.st.zst
within 160 predict unlabelled.st.zst classes.model.st.zst -o p.st.zst --threads 1 -q
within 160 ingest columns.csv -o t.st.zst --threads 1
within 160 ingest bomb.zip:zeros.csv -o t.st.zst --threads 1
within 160 ingest bomb.zip:line.csv -o t.st.zst --threads 1
