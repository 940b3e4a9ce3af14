# The order of classes: numbers by value, also within words, or as the file of names has them.
for prefix in '' class; do
    awk -v prefix=$prefix 'BEGIN { print "label,p0,p1,p2,p3"; for (i = 1; i <= 24; i++) print prefix 1 + i * 5 % 12 "," i ",2,3,4" }' >$prefix.csv
    ingest $prefix.csv --shape 1x2x2 -o $prefix.st.zst 2>&1 | sed -n 's/.*(\(.*: 2\)).*/\1/p'
done
order() { zstd -dcq "$1" | grep -ao '"classes":"[^]]*]' | tr -d '\\'; }
for class in 12 3 1 2 4 5 6 7 8 9 10 11; do echo "class$class,name $class"; done >names.csv
echo '-- as --names has them'
ingest -q class.csv --shape 1x2x2 --names names.csv -o named.st.zst && order named.st.zst
echo '-- numbers stay by value'
sed 's/^class//' names.csv >numbers.csv
ingest -q .csv --shape 1x2x2 --names numbers.csv -o numbers.st.zst && order numbers.st.zst
