# IDX pairs as MNIST is published, and display names.
tensors() { /usr/bin/python3 -B "$CSVNET_TOP/tests/support/tensors.py" "$@"; }
timeless() { sed 's/, [0-9.]* s$/, N s/'; }

printf '\0\0\10\3\0\0\0\3\0\0\0\2\0\0\0\3ABCDEFGHIJKLabcdef' >images
printf '\0\0\10\1\0\0\0\3\12\7\12' >labels
gzip -k images
run ingest --idx images labels -o a.st.zst | timeless
tensors a.st.zst
run ingest --idx images.gz -o test.st.zst --like a.st.zst | timeless
tensors test.st.zst
run ingest -q --idx images labels --transpose --dtype f32 -o b.st.zst
tensors b.st.zst images
run ingest --idx images --like b.st.zst -o test.st.zst | timeless
tensors test.st.zst images

echo "# Display names"
printf '7,"seven, or so"\n10,ten\n11,eleven\n' >names.csv
run ingest -q --idx images labels --names names.csv -o b.st.zst
zstd -dc b.st.zst | grep -ao '"class_names":"[^]]*\]'
printf '7,seven\n' >few.csv
run ingest -q --idx images labels --names few.csv -o c.st.zst
printf '7,seven\n7,sept\n' >twice.csv
run ingest -q --idx images labels --names twice.csv -o c.st.zst
printf '7,seven,sept\n' >wide.csv
run ingest -q --idx images labels --names wide.csv -o c.st.zst
printf '7,\n' >empty.csv
run ingest -q --idx images labels --names empty.csv -o c.st.zst
run ingest -q --idx images labels --names nix.csv -o c.st.zst

echo "# Refused"
run ingest -q --idx labels images -o c.st.zst
run ingest -q --idx names.csv labels -o c.st.zst
head -c 30 images >cut
run ingest -q --idx cut labels -o c.st.zst
(cat images; printf x) >more
run ingest -q --idx more labels -o c.st.zst
printf '\0\0\10\1\0\0\0\2\12\7' >two
run ingest -q --idx images two -o c.st.zst
printf '\0\0\10\1\0\0\0\3\12\7\1' >other
run ingest -q --idx images other --like a.st.zst -o c.st.zst
run ingest -q --idx images labels --transpose --like a.st.zst -o c.st.zst
printf '\0\0\10\3\0\0\0\1\377\377\377\377\377\377\377\377' >huge
run ingest -q --idx huge -o c.st.zst
run ingest -q --idx images labels --label 1 -o c.st.zst
run ingest -q images labels -o c.st.zst
run ingest -q --idx images labels -o labels
ls
