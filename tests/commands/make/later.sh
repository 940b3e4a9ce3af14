# What happens later to a finished chain, as people report of pipelines: inputs edited while a stage
# reads them, stages that fail after they worked, files that were recorded and are gone.
competition
trained() { grep -c '^fit.*model.st.zst: written' .log; }
# made WORD...: what came of it, in a line
made()
{
    make "$@" >.log 2>&1 </dev/null
    echo "make${*:+ $*}: status $?, trained $(trained)"
}
# during COMMAND...: runs it while the model is trained
during()
{
    begun '*epoch 1/*' make
    "$@"
    ended
    echo "exit $?"
}

echo '-- a recipe, then the CSV, edited while they are in use: what was made is of the former ones'
csv train.csv 2000
printf '%s\n' 'linear 20, relu, linear' '--epochs 80' >mine.recipe
sed -i 's/^MODELS.*/MODELS = a/; /^b.fit/d; s/^a.fit.*/a.fit = --recipe mine.recipe --log-every 1/' Makefile
during sed -i 's/80/1/' mine.recipe
made
made
sed -i 's/-- *epochs 1/--epochs 90/' mine.recipe
csv other.csv 2001
during mv other.csv train.csv
made
made

echo '-- what a recipe named is renamed, then the recipe is gone and no more named'
competition
sed -i 's/^a.fit.*/a.fit = --recipe mine.recipe/' Makefile
printf '%s\n' '--arch net' '--epochs 1' >mine.recipe
printf 'flatten, linear\n' >net
made
mv net renamed
sed -i 's/net/renamed/' mine.recipe
made
rm mine.recipe renamed
sed -i 's/^a.fit.*/a.fit = --arch linear --epochs 1/' Makefile
made
made

echo '-- a stage fails that worked before: nothing goes on with what it made then, not with -k either'
cp csvnet.out/test.pred.st.zst kept
made -k a.fit=--nonsense b.fit='--arch linear --epochs 2'
cmp csvnet.out/test.pred.st.zst kept
made a.fit=--nonsense
made
cmp csvnet.out/test.pred.st.zst kept

echo '-- files between are deleted'
for file in train test part-train part-val val.pred test.pred; do
    rm csvnet.out/$file.st.zst
    made
    [ -e csvnet.out/$file.st.zst ] || echo "no $file.st.zst"
done
made

echo '-- the folder is renamed'
mv csvnet.out another
made OUT=another
made OUT=another
make -q OUT=another
echo "exit $?"

echo '-- files and folders called as the targets are'
mkdir scores
touch why try explain all oof
rm submission.csv
made OUT=another
ls submission.csv
make scores OUT=another 2>&1 | grep -c '^mean'
make why OUT=another
