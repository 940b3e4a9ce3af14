# What each recipe trains, and how: the lines that fit begins with.
csv train.csv 10 28 10
run ingest -q train.csv -o train.st.zst
for file in "$CSVNET_TOP"/pipeline/model/recipes/*.recipe; do
    recipe=$(basename "$file" .recipe)
    echo "# $recipe"
    fit train.st.zst --recipe "$recipe" --val train.st.zst --limit-rows 2 -v -o x.model.st.zst 2>&1 |
        sed -n 's#^fit: \(network\|layers\|initial\|pixels\|optimizer\|batch\|epoch [0-9/]*,\)#\1#p' |
        sed 's/: val .*/: scored/'
done
