# Pictures too small for a budget: refused by its name before anything is trained, with one that fits.
# The least of instant, whose network takes smaller ones, is that of its views.
competition
csv train.csv 60 8
csv labelled.csv 20 8
cut -d, -f2- labelled.csv >test.csv
for budget in instant seconds hour fashion-minutes; do
    make submission.csv BUDGET=$budget 2>&1 >.out | grep BUDGET
    find csvnet.out -name '*.model.st.zst'
done
stages submission.csv BUDGET=auto WITHIN=2s
stages submission.csv BUDGET=fashion-instant FINAL=all | grep -e all -e exit

echo '-- one of several models'
make submission.csv MODELS='small large' small.fit='--arch smallcnn --epochs 1' large.fit='--epochs 1 --arch lenet5' 2>&1 >.out | grep needs
make submission.csv MODELS='small large' small.fit='--arch smallcnn --epochs 1' large.fit='-e1 --arch=lenet5' 2>&1 >.out | grep needs
make submission.csv MODELS='small large' small.fit='--arch smallcnn --epochs 1' large.fit='-e1 -alenet5' 2>&1 >.out | grep needs
make submission.csv MODELS='small large' small.fit="--arch 'flatten, linear' --epochs 1" large.fit='--recipe deotte' 2>&1 >.out | grep needs
find csvnet.out -name '*.model.st.zst' | grep -v -e instant -e auto

echo '-- what the budgets say they need is what their networks need'
budgets=$(dirname "$(csvnet --inc)")/budgets
for side in 2 3 9 10 15 16 19 20 24 25; do
    csv $side.csv 9 $side
    ingest -q $side.csv -o $side.st.zst
done
for file in "$budgets"/*.mk; do
    needs=$(sed -n 's/^csvnet_needs *= *//p' "$file")
    for net in $(grep -o -e '[a-z0-9-]*\.net' -e '--arch [a-z][^ ]*' "$file" | sed 's/^--arch //'); do
        case $net in
        *.net) arch=$budgets/$net ;;
        *) arch=$net ;;
        esac
        fit "$needs.st.zst" --arch "$arch" --plan >/dev/null || echo "$file: $net needs more"
        fit $((needs - 1)).st.zst --arch "$arch" --plan >/dev/null 2>&1 || echo "$net"
    done | sort -u | sed "s|^|$(basename "$file") needs $needs for |"
done

echo '-- networks by themselves'
run fit 16.st.zst --arch deotte --plan
cp "$budgets/pooled-16.net" .
run fit 2.st.zst --arch pooled-16.net --plan
printf '%s\n' '--epochs 3' 'conv 4 9x9' relu flatten linear >own.recipe
run fit 3.st.zst --recipe own.recipe --plan
run fit 15.st.zst --recipe lenet5 --plan
run fit 15.st.zst --recipe lenet5 --arch deotte --plan
run fit 15.st.zst --arch linear --augment 'shift 2, erase 15' --plan
