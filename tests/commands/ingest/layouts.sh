# What a CSV's fields, columns and names may mean: layouts, and what they come to.
tensors() { /usr/bin/python3 -B "$CSVNET_TOP/tests/support/tensors.py" "$@" | grep -v source; }
timeless() { sed 's/, [0-9.]* s$/, N s/'; }
# gives BYTES [OPTION...]
gives()
{
    printf "$1" >x.csv
    shift
    run ingest x.csv -o x.st.zst "$@" | timeless
    [ ! -e x.st.zst ] || tensors x.st.zst labels images
    rm -f x.st.zst
}

echo "# Blanks, tabs, semicolons, decimal commas, an end without a column"
gives '7.0 1.0 2.0 3.0 4.0 \n5.0 5.0 6.0 7.0 8.0 \n' --label 1
gives 'label\tp0\tp1\tp2\tp3\t\n3\t1\t2\t3\t4\t\n5\t5\t6\t7\t8\t\n'
gives 'label;p0;p1;p2;p3\n3;0,5;2,5;3;4\n5;5;6;7,25;8\n' --dtype f32
gives 'label,p0,p1,p2,p3,\n3,1,2,3,4,\n5,5,6,7,8,\n'
gives 'label,p0,p1,p2,p3,\n3,1,2,3,4,\n5,5,6,7,8,\n' --drop 6
gives 'label|p0\n3|1\n5|5\n' --separator '|'
gives 'label\tp0;p1\n'
gives 'label,p0,p1,p2,p3\n3,1,2,3,4\n5,5,6,7,8\n' --separator 7

echo "# Other spellings of whole numbers"
gives '3.000e+00,2.550000000000000000e+02,0.0e+00,1.0e+01,7.0e+00\n5.0,1e0,2,3,4\n' --label 1

echo "# All pixels in one cell, and parts of a file"
gives 'label,pixels\n3,1 2 3 4\n5,5 6 7 8\n'
gives 'label,pixels\n3,1 2 3 4\n5,5 6 7\n5,5 6 7 8 9\n4,5 6 a 8\n'
faces='emotion,pixels,Usage\n3,1 2 3 4,Training\n5,5 6 7 8,Training\n3,9 9 9 9,PublicTest\n6,8 8 8 8,Other\n'
gives "$faces"
gives "$faces" --label emotion
gives "$faces" --label emotion --only Usage=Training
gives "$faces" --label emotion --only Usage=PublicTest --only Usage=Other
gives "$faces" --label emotion --only Usage=Training --only emotion=3 --only emotion=6 --shape 1x4
gives "$faces" --label emotion --only Usage=Test
gives "$faces" --label emotion --only Usage
gives "$faces" --label emotion --only part=Test
gives 'a,b\n1 2,3 4\n'
gives 'pixels\n1 2 3 4\n5 6 7 8\n' --separator ,
gives 'label,pixels\n3,"[1, 2, 3, 4]"\n5,"[[5 6]\n [7 8]]"\n'
gives 'label,pixels\n3,[1 2 ... 3 4]\n5,[5 6 ... 7 8]\n'

echo "# Channels after one another, and together"
colour='label,p0,p1,p2,p3,p4,p5,p6,p7,p8,p9,p10,p11\n0,1,2,3,4,5,6,7,8,9,10,11,12\n1,1,2,3,4,5,6,7,8,9,10,11,12\n'
gives "$colour"
gives "$colour" --shape 3x2x2
gives "$colour" --shape 2x2x3
gives "$colour" --channels last
gives "$colour" --channels first
gives "$colour" --shape 3x4x1 --channels last
gives "$colour" --shape 3x1x4
gives "$colour" --shape 1x4x3 --channels last
long=$(seq -s, 48)'\n'
gives "$long" --header no --shape 3x4x4 --channels last
gives "$long" --header no --shape 4x4x3 --channels first
gives "$long" --header no --shape 3x8x2 --channels last
gives "$long" --header no --shape 2x8x3 --channels first
gives "$long" --header no --shape 4x4x3
gives "$long" --header no --shape 3x4x4
gives "$long" --header no --shape 3x1x16 --channels last
gives "$long" --header no --shape 6x4x2 --channels last
gives "$long" --header no --shape 1x4x4 --channels last
gives "$(seq -s, 16)\n" --header no --shape 4x4x1

echo "# Test data is read as its training data"
printf "$colour" | sed 1d >last.csv
run ingest last.csv --header no --label 1 --shape 2x2x3 -o like.st.zst | timeless
cut -d, -f2- last.csv | head -n 1 >test.csv
run ingest test.csv --header no --like like.st.zst -o test.st.zst | timeless
tensors test.st.zst images
printf 'p11,p10,p9,p8,p7,p6,p5,p4,p3,p2,p1,p0\n12,11,10,9,8,7,6,5,4,3,2,1\n' >names.csv
printf "$colour" >named.csv
run ingest named.csv --shape 2x2x3 -o like.st.zst | timeless
run ingest names.csv --like like.st.zst -o test.st.zst | timeless
tensors test.st.zst images

echo "# Names that say row and column"
gives 'label,r0c1,r0c0,r1c0,r1c1\n0,2,1,3,4\n1,6,5,7,8\n'
gives 'label,r0c0,r0c1,r0c2,r1c0,r1c1,r1c2\n0,1,2,3,4,5,6\n1,1,2,3,4,5,6\n'
gives 'label,x0y0,x0y1,x0y2,x1y0,x1y1,x1y2\n0,1,2,3,4,5,6\n1,1,2,3,4,5,6\n'
gives 'label,w0_h0,w0_h1,w0_h2,w1_h0,w1_h1,w1_h2\n0,1,2,3,4,5,6\n1,1,2,3,4,5,6\n'
gives 'u0v0,u0v1,u1v0,u1v1\n1,2,3,4\n'
gives 'p_0_0_0,p_0_10_0,p_0_1_0,p_1_0_0,p_1_10_0,p_1_1_0\n1,2,3,4,5,6\n' --shape 2x3
grid='r0c0,r0c1,r0c2,r1c0,r1c1,r1c2\n1,2,3,4,5,6\n'
gives "$grid" --shape 2x3
gives "$grid" --shape 3x2
gives "$grid" --shape 1x6
gives "$grid" --transpose
gives "$grid" --shape 3x2 --transpose
gives "$grid" --shape 2x3 --transpose
gives "$grid" --shape 1x2x3 --channels last
gives "$grid" --shape 3x1x2
grid='p0_0,p0_1,p0_2,p1_0,p1_1,p1_2,p2_0,p2_1,p2_2,p3_0,p3_1,p3_2\n1,2,3,4,5,6,7,8,9,10,11,12\n'
gives "$grid" --shape 2x2x3
gives "$grid" --shape 3x2x2
grid='p0_0,p0_1,p0_2,p0_3,p1_0,p1_1,p1_2,p1_3,p2_0,p2_1,p2_2,p2_3\n1,2,3,4,5,6,7,8,9,10,11,12\n'
gives "$grid" --shape 3x2x2
gives "$grid" --shape 2x2x3

echo "# Without a header the label is first or last, if only one can be it"
gives '9,8,7,6,1\n5,4,3,2,0\n7,1,2,3,1\n'
gives '9,8,7,6,1\n5,4,3,2,0\n7,1,2,3,1\n' --label 5
gives '0,8,7,6,1\n0,4,3,2,0\n'
gives '1,8,7,6,0\n2,4,3,2,0\n'
gives 'a,8,7,6,0\nb,4,3,2,7\n' --header no
# sorted by label: the first 256 KiB have one class
sorted() { awk -v order="$1" 'BEGIN {
    for (i = 0; i < 60000; i++) {
        label = int(i / 30000); noise = i % 3
        print order == "first" ? label ",1,2,3,0" : order == "last" ? "0,1,2,3," label : noise ",1,2,3," label
    }
}' >x.csv; }
for order in first last noisy; do
    sorted $order
    run ingest x.csv -o x.st.zst | timeless
    rm -f x.st.zst
done

echo "# A picture in place of the header"
gives '5,0,0.1,18,0.2\n0,1,2,3,4\n4,5,6,7,8\n'
gives '5,0,0.1,18,0.2\n0,1,2,3,4\n4,5,6,7,8\n' --header no --dtype f32
gives '5,0,0.1,18,0.2\n0,1,2,3,4\n4,5,6,7,8\n' --header yes --label 1
gives '5,0,0.1,18,0.2\n0,1,2,3,4\n4,5,6,7,8\n' --header yes --drop 2

echo "# Columns by name, number and range"
many='font,kind,p0,p1,p2,p3,x-y,note\na,7,1,2,3,4,5,6\nb,8,1,2,3,4,5,6\n'
gives "$many"
gives "$many" --label kind
gives "$many" --label kind --drop 1-2,7-8
gives "$many" --label kind --drop font,x-y-note
gives "$many" --label kind --drop x-y,note --drop 1
gives "$many" --label kind --drop 8-7
gives '0,1,2,3,4\n7,1,2,3,4\n8,1,2,3,4\n' --header yes --label 1
gives '0,1,2,3,4\n7,1,2,3,4\n8,1,2,3,4\n' --header yes --label @1
gives '0,1,2,3,4\n7,1,2,3,4\n8,1,2,3,4\n' --header yes --label 0

echo "# One-hot labels"
hot='p0,p1,p2,p3,c_0,c_1,c_2\n1,2,3,4,0,1,0\n5,6,7,8,1.0,0,0\n5,6,7,8,0,0,1e0\n'
gives "$hot"
gives "$hot" --label c_0-c_2
gives 'p0,cat,dog\n1,0,1\n2,1,0\n' --label cat,dog
gives '1,2,3,4,0,1,0\n5,6,7,8,1,0,0\n'
gives '1,2,3,4,0,1,0\n5,6,7,8,1,0,0\n' --label 5-7
gives 'p0,cat,dog\n1,0,1\n2,0,0\n3,1,1\n4,2,0\n5,1,0\n' --label 2-3
printf "$hot" >hot.csv
ingest -q hot.csv --label c_0-c_2 -o hot.st.zst
gives "$hot" --like hot.st.zst
gives 'p0,p1,p2,p3\n1,2,3,4\n' --like hot.st.zst
gives 'p0,c_1,c_01,c_2\n1,1,0,0\n2,0,1,0\n3,0,0,1\n' --label 2-4
gives 'p0,c_1,c_01x,c_2\n1,1,0,0\n2,0,1,0\n3,0,0,1\n' --label 2-4

echo "# A name over the only column, of whole pictures"
gives 'pixels\n1 2 3 4\n5 6 7 8\n'
gives 'label\n1 2 3 x\n5 6 7 8\n'
gives 'label,pixels\n7,1 2 3 4\n8,5 6 7 8\n'
gives '1\n1 2 3 4\n'
printf 'label,pixels\n7,1 2 3 4\n8,5 6 7 8\n' >fer.csv
ingest -q fer.csv -o fer.st.zst
gives 'pixels\n1 2 3 4\n5 6 7 8\n' --like fer.st.zst

echo "# Columns whose names are numbers: what is proposed is taken"
gives ',label,0,1,2,3\n0,7,1,2,3,4\n1,8,5,6,7,8\n'
gives ',label,0,1,2,3\n0,7,1,2,3,4\n1,8,5,6,7,8\n' --drop @1
gives 'label,width,0,1,2,3\n7,1,1,2,3,4\n8,1,5,6,7,8\n'
gives 'label,width,0,1,2,3\n7,1,1,2,3,4\n8,1,5,6,7,8\n' --drop @2
gives 'class,label,1,2,3,4\n7,1,1,2,3,4\n8,1,5,6,7,8\n'
gives 'class,label,1,2,3,4\n7,1,1,2,3,4\n8,1,5,6,7,8\n' --label @1 --drop @2
gives '0,1,1,p0\n7,1,1,2\n8,1,5,6\n' --header yes --label @1
numbers='0,1,2,p0,p1,p2,p3\n1,0,0,1,2,3,4\n0,0,1,5,6,7,8\n0,1,0,5,6,7,8\n'
gives "$numbers"
gives "$numbers" --label @1-3
printf "$numbers" >numbers.csv
ingest -q numbers.csv --label @1-@3 -o numbers.st.zst
gives "p0,p1,p2,p3,0,1,2\n1,2,3,4,0,1,0\n" --like numbers.st.zst
gives "id,id,p0\n1,2,3\n"
gives "$numbers" --label 1-3
gives "$numbers" --label 0-2
printf 'label,p0,p1\n7,1,2\n8,3,4\n' >names.csv
ingest -q names.csv --shape 1x2 -o names.st.zst
gives 'label,1,p0,p1,2\n7,0,1,2,9\n8,0,3,4,9\n' --like names.st.zst
gives 'label,1,p0,p1,2\n7,0,1,2,9\n8,0,3,4,9\n' --like names.st.zst --drop @2,@5

echo "# A separator at the end is no column, and dropping it leaves the others in force"
ended='label,note,p0,\n7,1,2,\n8,3,4,\n'
gives "$ended" --drop 4,2
gives "$ended" --drop 4 --drop 2
gives "$ended" --drop 4abc
gives "$ended" --drop 4-6

echo "# Names that say how colours lie"
names='r0,g0,b0,r1,g1,b1,r2,g2,b2,r3,g3,b3'
pixels='1,2,3,4,5,6,7,8,9,10,11,12'
gives "label,$names\n3,$pixels\n5,$pixels\n"
gives "label,$names\n3,$pixels\n5,$pixels\n" --shape 3x2x2
gives "label,$names\n3,$pixels\n5,$pixels\n" --shape 2x2x3
gives "label,r0,r1,r2,r3,g0,g1,g2,g3,b0,b1,b2,b3\n3,$pixels\n5,$pixels\n" --shape 2x2x3

echo "# Labels that end in what is not seen"
gives 'label,p0\n3,1\n\357\273\2775,2\n'

echo "# Three numbers in a name, the column before the row"
gives 'label,c0x0y0,c0x0y1,c1x0y0,c1x0y1\n3,1,2,3,4\n5,5,6,7,8\n'

echo "# Numbers among words keep their spelling, and names that are nearly one are hinted at"
gives 'label,p0\n1.0,1\n2.0,2\nbeta,3\n2.0,4\n'
gives 'label,p0\n1,1\n1.0,2\nbeta,3\n'
gives 'label,p0\nCat,1\ncat,2\ncat,3\n'

echo "# Codes that could be numbers"
gives 'label,p0\nA3F,1\n100,2\n1E2,3\n0F,4\n1E2,5\n'
gives 'label,p0\n7.000000000000000000e+00,1\n1.200000000000000000e+01,2\n7,3\n'
gives 'label,p0\n100,1\n1E2,2\n'

echo "# Labels of test data that mean nothing"
printf 'label,p0\n7,1\n8,2\n' >train.csv
ingest -q train.csv -o train.st.zst
for value in '' NaN '?' -1 0.5 7; do
    gives "label,p0\n$value,1\n$value,2\n$value,3\n" --like train.st.zst
done
gives 'label,p0\nNaN,1\nNaN,2\n' --like train.st.zst --label none
gives '7,1\n7,2\n' --like train.st.zst --label none --drop 1
