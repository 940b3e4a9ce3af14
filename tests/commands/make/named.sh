# Files that options name: prerequisites however they are spelt and whether or not they are there
# yet, by a rule of the Makefile or as another model.
competition
sed -i '/^include/i b.fit = --from csvnet.out/a.model.st.zst --epochs 1' Makefile
sed -i 's/^a.fit.*/a.fit = --recipe=".\/made.recipe"/; s/^MODELS.*/MODELS = b a/' Makefile
sed -i '/^include/i SUBMIT = --sample=../here/sample.csv' Makefile
mkdir here && mv Makefile train.csv test.csv here && cd here || exit
cat >>Makefile <<'END2'
made.recipe: a.recipe
	cp $< $@
../here/sample.csv:
	(echo ImageId,Label; for id in 12 11 10 9 8 7 6 5 4 3 2 1; do echo $$id,0; done) >$@
END2
printf '%s\n' 'flatten, linear' '--epochs 1' >a.recipe
stages
stages
head -n 2 submission.csv
echo '-- each is edited'
printf '%s\n' 'flatten, linear 3, relu, linear' '--epochs 1' >a.recipe
stages
sed -i 's/^12,0/13,0/; s/^11,0/12,0/; s/^13,0/11,0/' sample.csv
stages
head -n 2 submission.csv
stages
echo '-- a history is the rules'\'' to give'
cp Makefile as-before
sed -i '/^include/i b.fit += --history h' Makefile
stages
mv as-before Makefile
echo '-- several at once'
rm -r csvnet.out sample.csv made.recipe
make -j4 >.stdout 2>&1
echo "exit $?"
