# Contact sheets, and tensors for NumPy.
csv train.csv 30 8
ingest -q train.csv -o train.st.zst
# size FILE: what the PNG's header says, and whether its chunks have the checksums they state
size()
{
    /usr/bin/python3 - "$1" <<'END'
import struct, sys, zlib
data, at = open(sys.argv[1], "rb").read(), 8
assert data[:8] == b"\x89PNG\r\n\x1a\n"
pixels = b""
while at < len(data):
    length, name = struct.unpack(">I4s", data[at:at + 8])
    body, crc = data[at + 8:at + 8 + length], struct.unpack(">I", data[at + 8 + length:at + 12 + length])[0]
    assert crc == zlib.crc32(name + body), name
    if name == b"IHDR":
        w, h, depth, colour = struct.unpack(">IIBB", body[:10])
    pixels += body if name == b"IDAT" else b""
    at += 12 + length
print(w, h, depth, colour, len(zlib.decompress(pixels)) == h * (1 + 3 * w), name.decode())
END
}
echo '-- sheets'
show train.st.zst --png a.png >a.txt
size a.png
show train.st.zst --png b.png >b.txt
cmp a.png b.png && cmp a.txt b.txt
show train.st.zst --rows 7 --png a.png >a.txt
size a.png
fit -q train.st.zst --arch linear --epochs 1 -o m.st.zst
show train.st.zst --rows 7 --png b.png --model m.st.zst >b.txt
size b.png
cp train.st.zst before
run show train.st.zst --rows 7 --png train.st.zst
cmp train.st.zst before
run show train.st.zst --rows 7 --png nowhere/a.png | tail -n 2
run show train.st.zst --rows 7 --png /dev/full | tail -n 2
echo '-- NumPy'
for tensor in rows labels images; do
    show train.st.zst --npy $tensor >$tensor.npy
    show train.st.zst --npy $tensor -o again.npy && cmp $tensor.npy again.npy
done
show - --npy rows <train.st.zst | cmp - rows.npy
show m.st.zst --npy 0.bias -o bias.npy --json bias.json
/usr/bin/python3 -B - <<'END'
import csv, json, numpy
rows = numpy.loadtxt("train.csv", delimiter=",", skiprows=1)
images, labels = numpy.load("images.npy"), numpy.load("labels.npy")
print(images.shape, images.dtype, labels.shape, labels.dtype, numpy.load("rows.npy").dtype)
print((images.reshape(30, -1) == rows[:, 1:]).all(), (labels.argmax(1) == rows[:, 0]).all(),
      (numpy.load("rows.npy") == numpy.arange(1, 31)).all())
print(numpy.load("bias.npy").shape, numpy.load("bias.npy").dtype, sorted(json.load(open("bias.json"))))
print(open("rows.npy", "rb").read(8), len(open("rows.npy", "rb").read()) % 64 == 30 * 8 % 64)
END
run show train.st.zst --npy pixels
run show train.st.zst --npy rows --rows 1
run show train.st.zst -o x
run show train.st.zst --npy rows -o train.st.zst
cmp train.st.zst before
show train.st.zst --npy images >/dev/full
echo "exit $?"
