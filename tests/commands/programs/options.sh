# What every program's command line has in common: help, letters, suggestions, results and messages.
csv train.csv 30
csv test.csv 5
programs='ingest split fit predict submit audit compare show report explain'
for program in $programs; do
    $program --help >long && $program -h | cmp - long && awk -v p="$program" 'length($0) > 79 { print p ": " $0 }' long
    $program -V
done
csvnet --help | awk 'length($0) > 79'
csvnet init --help | awk 'length($0) > 79'
echo '-- all threads, and letters'
run ingest -q train.csv -o train.st.zst -T 0
run split -q train.st.zst -p a.st.zst=20 -p b.st.zst=rest -s 3 --threads 0
run fit -q a.st.zst --val b.st.zst -a linear -e 2 -s 4 -o m.st.zst -T1
explain m.st.zst | grep -e '^  epochs' -e '^  seed'
echo '-- meant was'
run fit --learning-rate 0.1 a.st.zst
run fit --epcohs=3 a.st.zst
run fit --optimizer adamm a.st.zst -o x
run split --limit-rows 3 a.st.zst
run show --color=allways a.st.zst
run show -x a.st.zst
echo '-- one file, or column, to read, where a second would be missed; outputs and settings override'
cp b.st.zst c.st.zst
run fit -q a.st.zst --val b.st.zst --val c.st.zst -o x
run fit -q a.st.zst --val b.st.zst --val=b.st.zst -a linear -e 2 -e 1 -o y -o x
run ingest -q train.csv --label label --label pixel1 -o x
run ingest -q --pictures a --pictures b -o x
ls y 2>&1
echo '-- results are printed, messages are not with -q; what an output has is its alone'
predict a.st.zst m.st.zst -o p.st.zst 2>said | head -n 1
sed 's/, [0-9.]* s$//' said
predict -q a.st.zst m.st.zst -o p.st.zst
predict a.st.zst m.st.zst -o - 2>said | cmp - p.st.zst
grep -c accuracy said
predict -q a.st.zst m.st.zst -o - 2>said | cmp - p.st.zst
cat said
submit p.st.zst -o s.csv -q
submit -q --check s.csv p.st.zst
compare -q p.st.zst p.st.zst | tail -n 1
for words in 'show p.st.zst' 'show m.st.zst' 'compare p.st.zst p.st.zst' 'explain m.st.zst' 'explain m.st.zst m.st.zst' \
    'explain m.st.zst --command' 'submit --check s.csv p.st.zst' 'fit a.st.zst --plan -o m.st.zst --history h --checkpoint c' \
    'predict a.st.zst m.st.zst -o p.st.zst' 'split train.st.zst -p c.st.zst=rest'; do
    $words --json - 2>said | /usr/bin/python3 -c 'import json, sys; print(len(json.load(sys.stdin)) > 1)'
    grep -c 'accuracy\|^  made by\|^group' said
done
ls h c 2>&1
echo '-- a reader that goes away, and a full disk'
(
    trap '' PIPE
    show train.st.zst 2>&1 >&3 | cat
) 3>&1 | head -n 1 | cut -c 1-12
predict -q a.st.zst m.st.zst -o p.st.zst >/dev/full && echo 'nothing to print'
predict a.st.zst m.st.zst -o p.st.zst 2>said >/dev/full || echo "exit $?"
tail -n 1 said
echo '-- colours'
for color in always never auto; do
    LC_ALL=C.UTF-8 show train.st.zst --rows 1 --color=$color | grep -c '38;5;'
done
NO_COLOR=1 LC_ALL=C.UTF-8 show train.st.zst --rows 1 --color=always | grep -c '38;5;'
FORCE_COLOR=1 LC_ALL=C.UTF-8 show train.st.zst --rows 1 | grep -c '38;5;'
NO_COLOR=1 FORCE_COLOR=1 LC_ALL=C.UTF-8 show train.st.zst --rows 1 | grep -c '38;5;'
echo '-- standard output by another name, standard input given more than once or empty'
show p.st.zst --json /dev/stdout | /usr/bin/python3 -c 'import json, sys; print(json.load(sys.stdin)["kind"])'
predict a.st.zst m.st.zst -o /dev/stdout 2>/dev/null | cmp - p.st.zst
predict a.st.zst m.st.zst -o /dev/stdout 2>/dev/null >file.st.zst && cmp file.st.zst p.st.zst
run predict - - -o x.st.zst
run submit --check - -
run show -
echo '-- help on a full disk'
fit -h >/dev/full || echo "exit $?"
