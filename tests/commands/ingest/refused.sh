# What ingest refuses, and how it says so. refuse BYTES [OPTION...]
refuse()
{
    printf "$1" >x.csv
    shift
    run ingest -q x.csv -o x.st.zst "$@"
    [ ! -e x.st.zst ] || { echo "there is an output"; rm x.st.zst; }
}
h='label,p0,p1,p2,p3\n'

echo "# Rows"
refuse ''
refuse '\n\n'
refuse "$h"
refuse "${h}1,2,3,4\n"
refuse "${h}1,2,3,4,5\n0,1,1,1,1,1\n"
refuse "${h}1,2,3,4,5\n\n0,1,1,1,1\n"
refuse "${h}1,2,3,4,5\r0,1,1,1,1\r"
refuse "${h}1,2,\"3,4,5\n0,1,1,1,1\n"
refuse "${h}1,2,\"3\"4,4,5\n"
refuse "${h}1,2,3\",4,5\n"
refuse "${h}1,2,\0003,4,5\n"
refuse "${h}1,2,3,4,5\n0,1,1,1,1\n5,0,0\n"
refuse "${h}1,2,3,4,5\nlabel,p0,p1,p2,p3\n"
refuse 'label;p0\tp1\n1;2\t3\n'
refuse '\377\376l\000a\000'
refuse 'PK\003\004 and so on'
awk 'BEGIN { printf "label,p0\n1,"; for (i = 0; i < 70000; i++) printf "0" }' >long.csv
run ingest -q long.csv -o x.st.zst

echo "# Pixels"
for cell in 256 -1 1e3 0x10 1.5 nan '' ' ' +1.5 1000 '"" ""' '" 7"' '1 1' 'a\033[31mb\377' \
    012345678901234567890123456789012345678901234567890; do
    refuse "${h}1,2,3,4,5\n0,1,$cell,1,1\n"
done
refuse "${h}1,2,3,4,5\n0,1,inf,1,1\n" --dtype f32
refuse "${h}1,2,3,4,5\n0,1,1e39,1,1\n" --dtype f32

echo "# Labels and ids"
refuse "${h}1,2,3,4,5\n1,2,3,4,5\n"
refuse "${h}1,2,3,4,5\n,2,3,4,5\n"
refuse "${h}1,2,3,4,5\nnan,2,3,4,5\n"
refuse "${h}1,2,3,4,5\n01,2,3,4,5\n"
refuse "${h}cat,2,3,4,5\n cat,2,3,4,5\n"
refuse "${h}\" 1\",2,3,4,5\n"
refuse "${h}\"a\nb\",2,3,4,5\n"
refuse "${h}a\377b,2,3,4,5\n"
refuse 'id,p0\n 01x,1\n'
refuse 'id,p0\na7,1\n7,1\na7,2\n'
refuse "ImageId,p0\n$(printf 'x%.0s' $(seq 1025)),1\n"
(printf "label,p0\n"; awk 'BEGIN { for (i = 0; i <= 10000; i++) print "a" i ",1" }') >many.csv
run ingest -q many.csv -o x.st.zst

echo "# Columns"
refuse '1,2,3,4,5\n1,1,1,1,1\n'
refuse 'cat,0,0,9,9\ndog,1,1,1,1\n'
refuse ',label,p0,p1,p2,p3\n0,1,2,3,4,5\n'
refuse 'Unnamed: 0,label,p0,p1,p2,p3\n0,1,2,3,4,5\n'
refuse 'label,p0,p1,p1,p3\n1,2,3,4,5\n'
refuse 'label,p0,p1,p2,p4\n1,2,3,4,5\n'
refuse 'label,p2,p3,p4,p5\n1,2,3,4,5\n'
refuse 'label,v28_0,v28_1,v28_3\n1,2,3,4\n'
refuse 'label,p00,p01,p03\n1,2,3,4\n'
refuse 'label,1x1,1x2,2x1,3x1\n1,2,3,4,5\n'
refuse 'digit,p0,p1,p2,p3\n1,2,3,4,5\n'
refuse 'label,class,p0,p1,p2,p3\n1,1,2,3,4,5\n'
refuse 'label,a,b\n1,2,3\n'
refuse 'label,p0,p1,p2,p3,p4,p5,p6,p7,p8,p9,p10,p11\n'
refuse 'label\n1\n'
refuse 'label,p\0010\n1,1\n'
refuse "$h" --label nix
refuse "$h" --label 6
refuse "$h" --label 0
refuse "$h" --id label --label 1
refuse "$h" --drop nix
refuse "$h" --shape 2x3
refuse '1,2,3\n3,2,1\n' --label p0

echo "# Other files taken for a CSV"
refuse '\0\0\010\003\0\0\0\001\0\0\0\001\0\0\0\001A'
refuse '<!DOCTYPE html>\n<html>'
refuse '@RELATION mnist_784\n'
refuse '\223NUMPY\001\0'
refuse '\211PNG\r\n\032\n'
/usr/bin/python3 -c 'print(",".join(["1"] * 13))' >flat.csv
run ingest flat.csv -o x.st.zst
echo '-- a tensor file'
csv good.csv 6
ingest -q good.csv -o good.st.zst
run ingest good.st.zst -o other.st.zst
echo '-- columns of zeros that were left out, and what puts them back'
printf 'label,pixel1,pixel2,pixel7\n1,2,3,4\n' >x.csv
run ingest x.csv -o x.st.zst
printf 'id,label,pixel0,pixel2,pixel7\n1,2,3,4,5\n' >x.csv
run ingest x.csv --id id -o x.st.zst
printf 'label,pixel2,pixel9\n1,2,3\n' >x.csv
run ingest x.csv -o x.st.zst
