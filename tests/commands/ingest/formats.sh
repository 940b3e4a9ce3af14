# Files that are not what they seem: each is said to be what it is, or read for what it holds.
timeless() { sed 's/, [0-9.]* s$/, N s/'; }
# gives BYTES [OPTION...]
gives()
{
    printf "$1" >x.csv
    shift
    run ingest x.csv -o x.st.zst "$@" | timeless
    rm -f x.st.zst
}
# zip ARCHIVE MEMBER...: each with the rows of train.csv
zip() { /usr/bin/python3 -c 'import sys, zipfile
archive = zipfile.ZipFile(sys.argv[1], "w")
for name in sys.argv[2:]: archive.write("train.csv", name)
archive.close()' "$@"; }
csv train.csv 6 2

echo "# Zip archives"
zip one.zip 'the data/train.csv' readme.txt __MACOSX/._train.csv
zip train2.csv TRAIN.CSV
zip two.zip a.csv b.csv folder/c.csv
zip none.zip a.txt
zip book.xlsx '[Content_Types].xml' sheet.csv sheet2.csv
zip arrays.npz a.npy b.npy
zip weights.pth archive/data.pkl archive/data/0
for file in one.zip train2.csv two.zip two.zip:a.csv two.zip:train.csv none.zip book.xlsx arrays.npz weights.pth; do
    run ingest $file -o x.st.zst | timeless
done
run ingest - -o x.st.zst

echo "# Signatures"
gives 'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n'
gives 'MATLAB 5.0 MAT-file, Platform: GLNXA64'
gives '\211HDF\r\n\032\n'
gives '\377\330\377\340\0\020JFIF'
gives 'GIF89a\1\0'
gives '\200\4}q\0.'
gives '\10\10\022\7pytorch'
ingest -q train.csv -o train.st.zst
run ingest train.st.zst -o x.st.zst
gives '\n\n<!DOCTYPE html>\n<title>Sign in</title>\n'
tar --format=ustar -cf x.tar train.csv
run ingest x.tar -o x.st.zst
tar --format=ustar -czf x.tar.gz train.csv
run ingest x.tar.gz -o x.st.zst

echo "# Other tables"
gives '7 1:0.5 3:1\n8 2:1\n'
gives '"label","p0"\n"1",7,1\n"2",8,2\n'
printf '"label","p0"\n"1",7,1\n"2",8,2\n' | sed '1s/^/row,/' >rows.csv
run ingest rows.csv --drop 1 -o x.st.zst | timeless
gives 'label\n7\n8\n'
gives 'label|p0\n7|1\n'
gives '# written by hand\nlabel,p0\n7,1\n8,2\n'
gives 'filename,label\n0.png,7\n1.png,8\n'
gives 'id,label\n0,7\n1,8\n'
gives 'label,width,height\n7,1,2\n8,1,3\n'
gives '# label,p0\n7,1\n8,2\n'

echo "# Labels in a CSV of their own"
# apart IMAGES LABELS [OPTION...]
apart()
{
    printf "$1" >images.csv
    printf "$2" >labels.csv
    shift 2
    run ingest images.csv labels.csv -o x.st.zst "$@" | timeless
    [ ! -e x.st.zst ] ||
        /usr/bin/python3 -B "$CSVNET_TOP/tests/support/tensors.py" x.st.zst labels images | grep -v source
    rm -f x.st.zst
}
apart '1,2,3,4\n5,6,7,8\n' '3\n5\n'
apart 'p0,p1,p2,p3\n4,2,3,4\n5,6,7,8\n' 'what\n3\n5\n'
apart 'p0,p1,p2,p3\n4,2,3,4\n5,6,7,8\n' '3\n5\n\n'
apart '4,2,3,4\r\n5,6,7,8' 'what\r\n3\r\n5'
apart '4;2;3;4\n5;6;7;8\n' '0\n1\n'
apart '4,2,3,4\n5,6,7,8\n' '0,1\n1,0\n'
apart 'p0\n1\n2\n' '"id","class"\n9,"a\nb"\n8,c\n'
apart 'p0\n1\n2\n' 'id,class\n9,b\n8,c\n'
apart '4,2,3,4\n5,6,7,8\n' '3\n5\n7\n'
apart '4,2,3,4\n5,6,7,8\n9,9,9,9\n' '3\n5\n'
apart '4,2,3,4\n5,6,7,8\n' '3\n\n5\n'
apart '4,2,3,4\n5,6,7,8\n' ''
apart '4,2,3,4\n5,6,x,8\n' '3\n5\n'

echo "# Rows that both files name"
apart 'id,p0\nk0,1\nk1,2\n' 'image_id,label\nk1,3\nk0,5\n' --drop 1
apart 'id,p0\nk0,1\nk1,2\n' 'image_id,label\nk1,3\nk0,5\n'
apart 'id,p0\nk0,1\nk1,2\n' 'image_id,label\nk0,3\n"k1",5\n' --drop 1
apart 'p0,id\n1,"a,b"\n2,7.0\n' 'label,id\n3,"a,b"\n5,7\n' --drop @2
apart 'p0,id\n1,"a,b"\n2,7\n' 'label,id\n3,"a,b"\n5,8\n' --drop @2
apart 'p0;key\n1;a\n2;b\n' 'key;label\na;5\nc;3\n' --id @4 --drop @1
apart 'k0,1\nk1,2\n' 'k1,3\nk0,5\n' --header no --label @2 --id @1 --drop @3
apart 'k0,1\nk1,2\n' 'k0,3\nk1,5\n' --header no --label @2 --id @1 --drop @3
apart 'p0,label\n1,0\n2,0\n' 'label,class\n3,7\n5,8\n' --label @2 --drop @1,@4

echo "# A label taken for a name"
apart 'p0\n1\n2\n3\n' 'cat\ndog\ndog\ncat\n'
apart 'p0\n1\n2\n3\n' 'cat\ndog\ndog\n"cat"\n' --header yes
apart 'p0\n1\n2\n3\n' 'kind\ndog\ndog\ncat\n'

echo "# Names of classes as they are published"
printf '0 48\n1 49\n2 50\n' >digits.txt
printf '0 65 97\n1 66 98\n2 67 99\n' >letters.txt
printf 'index,codepoint,char\n0,U+3042,\343\201\202\n1,U+3044,\343\201\204\n2,U+3046,\343\201\206\n' >kana.csv
printf '0;zero\n1.0;one\n2;two\n' >words.csv
printf '0\n1\n' >short.csv
for names in digits.txt letters.txt kana.csv words.csv short.csv; do
    run ingest -q train.csv --names $names -o x.st.zst
    [ ! -e x.st.zst ] || zstd -dcq x.st.zst | grep -ao '"class_names":"[^]]*]'
    rm -f x.st.zst
done
