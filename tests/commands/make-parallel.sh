# With -j the models are fitted side by side, each on its share of the processors, with the same
# result.
competition
make -j2 >.log 2>/dev/null
echo "exit $?"
grep -c 'fit .* --threads [0-9]' .log
stages
cp submission.csv csvnet.out/a.model.st.zst csvnet.out/b.model.st.zst .
stages csvnet-clean
make >.log 2>/dev/null
echo "exit $?"
grep -c -e '--threads' .log
cmp csvnet.out/a.model.st.zst a.model.st.zst && cmp csvnet.out/b.model.st.zst b.model.st.zst && echo same
