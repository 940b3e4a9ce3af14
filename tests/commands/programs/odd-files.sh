# Files that csvnet would not write but has to read, or to refuse; and pictures larger than a frame.
csv train.csv 20 4
ingest -q train.csv -o train.st.zst
echo '-- packed as one frame by the tool, and not at all'
zstd -qdc train.st.zst >train.safetensors
zstd -q --check train.safetensors -o one.st.zst
for file in train.st.zst one.st.zst train.safetensors; do
    show "$file" --json figures.json --rows 1 >/dev/null
    split -q "$file" --part part.st.zst=rest --part few.st.zst=5
    zstd -qdc part.st.zst | cksum
done
run show one.st.zst --rows 1 | head -n 12
echo '-- headers'
head_is() {
    /usr/bin/python3 - "$1" <<'END'
import struct, sys
header = sys.argv[1].replace("LONG", "n" * 257).replace("TAB", "\\t").encode()
header += b" " * (-len(header) % 8)
open("odd.safetensors", "wb").write(struct.pack("<Q", len(header)) + header + bytes(4))
END
    run show odd.safetensors
}
head_is '{"LONG":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}'
head_is '{"aTABb":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}'
head_is '{"a":{"dtype":"UTAB8","shape":[4],"data_offsets":[0,4]}}'
head_is '{"a":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}'
head_is '{"__metadata__":{"kind":"dataset/1"},"images":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}'
echo '-- large pictures'
/usr/bin/python3 - <<'END'
import struct
side, count = 2100, 3
row = bytes(i * i % 251 for i in range(side))
with open("images", "wb") as file:
    file.write(struct.pack(">IIII", 0x803, count, side, side))
    for y in range(count * side):
        file.write(row[y % 97:] + row[:y % 97])
with open("labels", "wb") as file:
    file.write(struct.pack(">II", 0x801, count) + bytes((0, 1, 0)))
END
run ingest -q --idx images labels -o big.st.zst
tail -c +17 images | cksum
zstd -qdc big.st.zst | tail -c 13230000 | cksum
run split -q big.st.zst --part two.st.zst=2 --part one.st.zst=1
run fit -q two.st.zst --arch 'avgpool 16, avgpool 16, flatten, linear' --epochs 1 -o big.model.st.zst
run predict -q one.st.zst big.model.st.zst -o big.pred.st.zst
run show big.st.zst --png big.png --rows 1-3 | tail -n 1
