# --like: test data that has to match the training data.
tensors() { /usr/bin/python3 -B "$CSVNET_TOP/tests/support/tensors.py" "$@"; }
timeless() { sed 's/, [0-9.]* s$/, N s/'; }
# like TRAIN BYTES [OPTION...]
like()
{
    data=$1
    printf "$2" >test.csv
    shift 2
    run ingest test.csv --like $data.st.zst -o test.st.zst "$@" | timeless
    [ ! -e test.st.zst ] || tensors test.st.zst ids labels images | grep -v source
    rm -f test.st.zst
}

printf 'label,pixel0,pixel1,pixel2,pixel3\nb,1,2,3,4\na,5,6,7,8\n' >numbered.csv
printf 'class,north,east,south,west\n1,1,2,3,4\n5,5,6,7,8\n' >named.csv
printf '7,1,2,3,4\n9,5,6,7,4\n' >first.csv
printf '1,2,3,4,7\n5,6,7,8,9\n' >last.csv
ingest -q numbered.csv -o numbered.st.zst
ingest -q named.csv -o named.st.zst
ingest -q first.csv -o first.st.zst
ingest -q last.csv --label 5 -o last.st.zst

echo "# Numbered names compare by position"
like numbered 'pixel0,pixel1,pixel2,pixel3\n9,8,7,6\n'
like numbered 'pixel1,pixel2,pixel3,pixel4\n9,8,7,6\n'
like numbered '1x1,1x2,2x1,2x2\n9,8,7,6\n'
like numbered 'pixel3,pixel2,pixel1,pixel0\n9,8,7,6\n'
like numbered 'ImageId,pixel0,pixel1,pixel2,pixel3\n12,9,8,7,6\n'
like numbered 'pixel0,pixel1,pixel2,pixel3,label\n9,8,7,6,b\n'
like numbered '9,8,7,6\n'
like numbered 'a,9,8,7,6\n' --header no
like numbered 'pixel0,pixel1,pixel2,pixel3,label\n9,8,7,6,c\n'
like numbered 'pixel0,pixel1,pixel2,pixel3,extra\n9,8,7,6,5\n'
like numbered 'pixel0,pixel1,pixel2,pixel3,extra\n9,8,7,6,5\n' --drop extra
like numbered 'pixel0,pixel1,pixel2\n9,8,7\n'
like numbered 'pixel0,pixel1,pixel3,pixel4\n9,8,7,6\n'
like numbered 'a,b,c,d\n9,8,7,6\n'
like numbered 'pixel0,pixel1,pixel2,pixel3\n9,8,7,6\n' --shape 1x4

echo "# Fractions are taken where the training data may have them"
like numbered 'pixel0,pixel1,pixel2,pixel3\n0.9,0,0.5,1\n'
like numbered 'pixel0,pixel1,pixel2,pixel3\n0.9,0,0.5,1\n' --dtype f32

echo "# Other names compare by name"
like named 'west,north,east,south\n9,8,7,6\n'
like named 'id,west,class,north,east,south\n3,9,5,8,7,6\n'
like named 'west,north,east,up\n9,8,7,6\n'
like named 'west,north,east\n9,8,7\n'
like named 'pixel0,pixel1,pixel2,pixel3\n9,8,7,6\n'

echo "# Files without names compare by count; the label stands where it stood"
like first '9,8,7,6\n'
like first '7,9,8,7,6\n'
like last '9,8,7,6,7\n'
like first 'pixel1,pixel0,pixel2,pixel3\n9,8,7,6\n'
like first '9,8,7\n'
like first '9,8,7,6,5,4\n'

echo "# The pixels of test data are transposed as those of the training data; names tell by themselves"
ingest -q first.csv --transpose -o first.st.zst
split -q first.st.zst --part part.st.zst=1 --part rest.st.zst=rest --no-stratify 2>/dev/null
ingest -q numbered.csv --transpose -o turned.st.zst
like first '9,8,7,6\n'
like part '9,8,7,6\n' --transpose
like first 'pixel0,pixel1,pixel2,pixel3\n9,8,7,6\n'
like turned 'pixel0,pixel1,pixel2,pixel3\n9,8,7,6\n'
like turned '9,8,7,6\n'

echo "# Names that say rows have to make pictures of the same shape"
printf 'label,r0c0,r0c1,r1c0,r1c1\n0,1,2,3,4\n1,5,6,7,8\n' >grid.csv
ingest -q grid.csv -o grid.st.zst
for data in grid numbered first turned; do
    like $data '1x1,1x2,1x3,1x4\n9,8,7,6\n'
done
like grid 'r0c0,r1c0,r0c1,r1c1\n9,8,7,6\n'
ingest -q grid.csv --label label --transpose -o across.st.zst
like across 'r0c0,r1c0,r0c1,r1c1\n9,8,7,6\n'

echo "# Where names put the pixels in another order, a file without them has no order"
printf 'label,x0y0,x0y1,x1y0,x1y1\n0,1,2,3,4\n1,5,6,7,8\n' >lines.csv
printf 'label,pixel1,pixel0,pixel2,pixel3\n0,1,2,3,4\n1,5,6,7,8\n' >mixed.csv
ingest -q lines.csv -o lines.st.zst
ingest -q mixed.csv -o mixed.st.zst
split -q lines.st.zst --part part.st.zst=1 --part rest.st.zst=rest --no-stratify 2>/dev/null
for data in lines part mixed; do
    like $data '9,8,7,6\n'
done
like lines 'pixels\n9 8 7 6\n' --separator ,
like lines 'x0y0,x0y1,x1y0,x1y1\n9,8,7,6\n'
like lines 'pixel0,pixel1,pixel2,pixel3\n9,8,7,6\n'
like mixed 'pixel0,pixel1,pixel2,pixel3\n9,8,7,6\n'
like last 'x0y0,x0y1,x1y0,x1y1\n9,8,7,6\n'
like last 'r0c0,r0c1,r1c0,r1c1\n9,8,7,6\n'
like first 'r0c0,r0c1,r1c0,r1c1\n9,8,7,6\n'
printf 'west,north,east,south\n9,8,7,6\n' >moved.csv
ingest -q moved.csv --like named.st.zst -o moved.st.zst
like moved '9,8,7,6\n'

echo "# Other files"
run ingest numbered.csv --like nix.st.zst -o test.st.zst
run ingest numbered.csv --like numbered.csv -o test.st.zst
run ingest numbered.csv --like numbered.st.zst -o numbered.st.zst

echo "# Pictures of one pixel"
printf 'label,pixel0\nb,1\na,5\n' >single.csv
ingest -q single.csv -o single.st.zst
like single 'pixel0\n9\n7\n'
like single '9\n7\n'
like numbered 'pixel0\n9\n'
