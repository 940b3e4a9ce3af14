# What ingest accepts, and what it makes of it.
tensors() { /usr/bin/python3 -B "$CSVNET_TOP/tests/support/tensors.py" "$@"; }
timeless() { sed 's/, [0-9.]* s$/, N s/'; }

csv train.csv 6 2
cat train.csv
run ingest train.csv -o train.st.zst | timeless
tensors train.st.zst
zstd -qt train.st.zst && echo "zstd accepts it"

echo "# The same rows in other dress: mark, CRLF, quotes, spaces, no last newline, blank end"
printf '\357\273\277' >mark.csv
sed 's/$/\r/' train.csv >>mark.csv
sed 's/,/","/g; s/^/"/; s/$/"/' train.csv >quoted.csv
sed '2,$s/,/ ,\t/g' train.csv >spaced.csv
printf '%s' "$(cat train.csv)" >cut.csv
(cat train.csv; printf '\n\r\n\n') >blank.csv
sed '2,$s/,\([0-9]*\)/,\1.00/g' train.csv >points.csv
for name in mark quoted spaced cut blank points; do
    run ingest -q $name.csv -o $name.st.zst
    tensors $name.st.zst >$name.txt
    tensors train.st.zst | sed "s/train/$name/" | cmp - $name.txt && echo "the same tensors"
done

echo "# Text labels, ids, another column's name, a dropped column, no header"
printf 'id,kind,p1,p0,p2,p3,note\n7,cat,1,2,3,4,x\n-9,dog,5,6,7,8,y\n8,cat,0,0,0,9,z\n' >pets.csv
run ingest pets.csv --label kind --drop note -o pets.st.zst | timeless
tensors pets.st.zst
printf '3,1,2,3,4\n10,5,6,7,4\n9,1,1,1,4\n' >bare.csv
run ingest bare.csv -o bare.st.zst | timeless
tensors bare.st.zst
run ingest bare.csv --label none --shape 1x5 -o bare.st.zst | timeless
tensors bare.st.zst

echo "# Pixels in columns, names of rows and columns, three channels, any numbers"
run ingest bare.csv --transpose -o bare.st.zst | timeless
tensors bare.st.zst images
printf 'label,1x1,1x2,1x3,2x1,2x2,2x3\na,1,2,3,4,5,6\nb,6,5,4,3,2,1\n' >grid.csv
run ingest grid.csv -o grid.st.zst | timeless
printf 'r0,g0,b0,class\n1,2,3,a\n4,5,6,b\n' >rgb.csv
run ingest rgb.csv --shape 3x1x1 -o rgb.st.zst | timeless
tensors rgb.st.zst images
printf 'y,x0,x1,x2,x3\na,-1.5,1e2,+3,0.25\nb,0,0,0,0\n' >real.csv
run ingest real.csv --dtype f32 -o real.st.zst | timeless
tensors real.st.zst images

echo "# A summary for machines"
run ingest -q pets.csv --label kind --drop note -o pets.st.zst --json pets.json
sed 's/seconds": [0-9.e-]*/seconds": N/' pets.json
