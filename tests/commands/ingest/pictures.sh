# A folder of PNG files: named by a CSV, or all of them, their classes the folders that they lie in.
tensors() { /usr/bin/python3 -B "$CSVNET_TOP/tests/support/tensors.py" "$@"; }
timeless() { sed 's/, [0-9.]* s$/, N s/'; }
pictures() { /usr/bin/python3 -B "$CSVNET_TOP/tests/support/make_pictures.py" "$@"; }
# read ARGUMENTS...: ingest, its line and what came of it
read_pictures()
{
    run ingest "$@" -o out.st.zst | timeless
}

echo "# Folders are classes"
pictures train 7 classes
read_pictures --pictures train
tensors out.st.zst
run ingest -q train/ --threads 1 -o one.st.zst
run ingest -q train --threads 8 -o eight.st.zst
cmp one.st.zst eight.st.zst && cmp one.st.zst out.st.zst && echo "the same bytes"
echo "# Test data: with folders, then without"
pictures test 3 classes from=8
read_pictures test --like one.st.zst
pictures flat 5 from=8
read_pictures flat --like one.st.zst

echo "# A CSV names them: with and without ending, in another order, with other columns, without a header"
pictures all 6
printf 'id,label\n3,b\n1,r\n2,g\n6,b\n' >labels.csv
read_pictures labels.csv --pictures all
tensors out.st.zst rows labels images
printf 'age,image,sex,kind\n7,3.png,f,b\n8,1.png,m,r\n' >more.csv
read_pictures more.csv --pictures all --label kind
read_pictures more.csv --pictures all
printf '3.png,b\n1,r\n' >bare.csv
read_pictures bare.csv --pictures all
printf 'what,which\nb,3\nr,1\n' >two.csv
read_pictures two.csv --pictures all
printf 'which\n4\n5\n' >test.csv
run ingest test.csv --pictures all --like one.st.zst -o test.st.zst | timeless
tensors test.st.zst rows labels
mkdir deep && mv all deep/some
read_pictures labels.csv --pictures deep

printf 'file,label\n./some/3.png,b\nsome/1,r\n' >paths.csv
read_pictures paths.csv --pictures deep
read_pictures paths.csv --pictures deep/some
mv deep/some all

echo "# Another size, gray, alpha"
pictures odd 1 from=9 9x7 && mv odd/9.png all
printf 'id,label\n9,r\n1,r\n2,g\n' >sizes.csv
read_pictures sizes.csv --pictures all
read_pictures sizes.csv --pictures all --size 4x3 --gray
tensors out.st.zst images
read_pictures sizes.csv --pictures all --size 16x16
pictures all 1 from=10 gray
pictures all 1 from=11 alpha
printf 'id,label\n1,a\n10,b\n11,c\n' >kinds.csv
read_pictures kinds.csv --pictures all
read_pictures kinds.csv --pictures all --rgb --background black
read_pictures kinds.csv --pictures all --gray --background white

echo "# Bad ones are named, ten of them and a count; the old output stays"
cp out.st.zst before
head -c 90 all/1.png >all/cut.png
sed 's/IDAT/IDAX/' all/1.png >all/changed.png
: >all/empty.png
echo GIF89a >all/moving.gif
cp all/2.png all/2.jpg
{ echo id,label; echo 1,a; echo cut,b; echo changed,b; echo empty,b; echo moving,b; echo none,b; echo 2,b; echo 1.png,b; echo 3,; } >bad.csv
read_pictures bad.csv --pictures all
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13; do echo "x$i,a"; done >>bad.csv
ingest bad.csv --pictures all -o out.st.zst --json faults.json 2>&1 | tail -n 1
/usr/bin/python3 -c "import json; print(json.load(open('faults.json'))['more'])"
cmp before out.st.zst && echo "unchanged"

echo "# Samples of 16 bits: kept by f32, never flattened"
pictures deep16 3 classes wide
read_pictures deep16
read_pictures deep16 --dtype f32
tensors out.st.zst images | tail -n 3 | cut -c -100
run ingest -q deep16 --dtype f32 -o sixteen.st.zst
pictures shallow 1 from=9
read_pictures shallow --like sixteen.st.zst
cp -r deep16 mixed && cp shallow/9.png mixed/cat
read_pictures mixed --dtype f32

echo "# The orientation of EXIF, and JPEG by any name"
mkdir photos
tail -c +2 "$CSVNET_TOP/fixtures/fuzz/pictures/jpeg" >photos/2.png
{ head -c 2 photos/2.png
  printf '\377\341\000\042Exif\000\000MM\000*\000\000\000\010\000\001\001\022\000\003\000\000\000\001\000\006\000\000\000\000\000\000'
  tail -c +3 photos/2.png; } >photos/1.JPG
read_pictures photos

echo "# A number without its zeros"
mkdir padded && cp all/1.png padded/0001.png && cp all/2.png padded/0002.png
printf 'id,label\n1,a\n2,b\n' >zeros.csv
read_pictures zeros.csv --pictures padded --id id
printf 'id,label\n0001.jpg,a\n2.0,b\n' >endings.csv
read_pictures endings.csv --pictures padded --id id

echo "# Several columns as the label, some rows"
printf 'image,MEL,NV,part\n1,1,0,a\n3.png,0,1,a\n5,1.0,0.0,b\n' >hot.csv
run ingest hot.csv --pictures all --label MEL-NV --only part=a -o hot.st.zst | timeless
tensors hot.st.zst labels | grep -v source
run ingest hot.csv --pictures all --like hot.st.zst --drop part -o out.st.zst | timeless
run ingest hot.csv --pictures all --label MEL-NV --only part=c -o out.st.zst | timeless

rm all/2.jpg
printf 'image,class_0,class_1\n1,0,1\n2,1,0\n3,0,1\n5,1,0\n' >two_hot.csv
run ingest -q two_hot.csv --pictures all --label class_0-class_1 -o hot.st.zst
tensors hot.st.zst labels | grep -v source
run ingest two_hot.csv --pictures all --like hot.st.zst -o out.st.zst | timeless
tensors out.st.zst labels | grep -v source

echo "# Separated by something else, names with blanks, endings of another case"
mkdir blanks
cp all/1.png 'blanks/a b.PNG'
cp all/2.png 'blanks/c;d.png'
printf 'file\tkind\na b\tx\nc;d\ty\n' >tabs.csv
read_pictures tabs.csv --pictures blanks
printf 'file;kind\na b;x\n"c;d";y\n' >semicolons.csv
read_pictures semicolons.csv --pictures blanks
printf 'a b.png\nc;d.PNG\n' >alone.csv
read_pictures alone.csv --pictures blanks --separator ,
tensors out.st.zst ids
printf 'file\na b.png\n' >alone.csv
read_pictures alone.csv --pictures blanks
printf 'which kind\n1 x\n2 y\n' >spaces.csv
read_pictures spaces.csv --pictures all
read_pictures spaces.csv --pictures all --separator space
read_pictures --pictures all --separator tab

echo "# More than one column names pictures"
printf 'left,right,label\n1,2,x\n3,5,y\n' >pair.csv
read_pictures pair.csv --pictures all
read_pictures pair.csv --pictures all --id right
printf '1,2\n3,5\n' >pair.csv
read_pictures pair.csv --pictures all --label none

echo "# Options of the data set to match"
pictures thin 3 from=20 alpha
pictures wide 3 from=30 9x7
run ingest -q thin --background black -o black.st.zst
run ingest -q thin --background black --like black.st.zst -o out.st.zst
run ingest -q thin --background white --like black.st.zst -o out.st.zst
split -q black.st.zst --part part.st.zst=2 --part other.st.zst=rest
run ingest -q thin --background white --like part.st.zst -o out.st.zst
run ingest -q flat -o flat.st.zst
read_pictures thin --background white --like flat.st.zst
read_pictures wide --like flat.st.zst
read_pictures wide --size 8x8 --like flat.st.zst
read_pictures flat --size 8x8 --like flat.st.zst

echo "# Up to date by names and contents"
run ingest labels.csv --pictures all -o out.st.zst | timeless
run ingest labels.csv --pictures all -o out.st.zst --if-changed | timeless
touch all/3.png
run ingest labels.csv --pictures all -o out.st.zst --if-changed | timeless
cp all/5.png all/3.png
run ingest labels.csv --pictures all -o out.st.zst --if-changed | timeless
run ingest labels.csv --pictures all -o out.st.zst --if-changed --gray | timeless

echo "# What is no folder of classes"
mkdir -p spaced/'cat ' spaced/dog && cp all/1.png spaced/'cat ' && cp all/2.png spaced/dog
read_pictures spaced
cp all/1.png train
read_pictures train
rm train/1.png && mkdir train/cat/more && cp all/1.png train/cat/more
read_pictures train
rm -r train/cat/more && echo notes >train/notes.txt
read_pictures train
read_pictures all --like one.st.zst
mkdir unknown && cp -r flat unknown
read_pictures unknown --like one.st.zst
read_pictures labels.csv --pictures labels.csv
mkdir empty
read_pictures empty
read_pictures test --like flat
echo "# Mistakes"
run ingest -o out.st.zst
run ingest train --shape 3x8x8 -o out.st.zst
run ingest train --label none -o out.st.zst
run ingest train --size 8 -o out.st.zst
run ingest train --gray --rgb -o out.st.zst
run ingest labels.csv --gray -o out.st.zst
run ingest train -o train/bird/1.png
run ingest more.csv -o out.st.zst
run ingest paths.csv -o out.st.zst
run ingest bare.csv -o out.st.zst
printf 'name,label,p0\n1.png,a,3\n2.png,b,4\n' >drop.csv
run ingest drop.csv --drop name -o out.st.zst | sed 's/, [0-9.]* s$/, N s/'
run ingest labels.csv -o out.st.zst

echo "# Of another shape than those to match: what would make them alike"
read_pictures train --like one.st.zst --gray
read_pictures train --like one.st.zst --size 4x4
read_pictures train --gray
mv out.st.zst gray.st.zst
read_pictures train --like gray.st.zst --rgb --size 6x7
