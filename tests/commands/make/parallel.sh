# With -j the models are fitted side by side, each on its share of the processors, with the same
# result.
competition
make -j2 >.log 2>/dev/null
echo "exit $?"
grep -c 'fit .* --threads [0-9]' .log
stages
mkdir before
cp submission.csv csvnet.out/*.model.st.zst before
stages csvnet-clean
make >.log 2>/dev/null
echo "exit $?"
grep -c -e '--threads' .log
for file in submission.csv csvnet.out/*.model.st.zst; do
    cmp "$file" "before/$(basename "$file")" && echo "same $file"
done
