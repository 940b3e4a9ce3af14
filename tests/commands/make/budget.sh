# BUDGET: a name for models and their options.
competition
csv train.csv 60 28
csv labelled.csv 20 28
cut -d, -f2- labelled.csv >test.csv
echo '-- one that there is not'
refused BUDGET=second
echo '-- each that there is, through all stages'
for file in "$(dirname "$(csvnet --inc)")"/budgets/*.mk; do
    budget=$(basename "$file" .mk)
    make try BUDGET="$budget" >.log 2>&1 || cat .log
    echo "$budget: $(tail -n +2 try.csv | wc -l) rows"
done
echo '-- in folders of their own, whose models are not those of the Makefile'
stages submission.csv BUDGET=instant
stages submission.csv
echo '-- the submission is that of the budget requested last, whichever is newer'
cp submission.csv plain.csv
stages submission.csv BUDGET=instant
make -q submission.csv BUDGET=instant && echo 'nothing is due'
make -q submission.csv || echo 'due'
stages submission.csv
cmp submission.csv plain.csv && echo 'the same'
echo '-- a budget goes with folds'
stages oof BUDGET=instant FOLDS=2
echo '-- cleaning leaves what another made'
make -s csvnet-clean BUDGET=instant FOLDS=2
find csvnet.out -name '*.model.st.zst' | grep -v /try/ | sort
