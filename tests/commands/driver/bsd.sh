# Another make than GNU's says in the first line that it prints which one is needed.
command -v bmake >/dev/null || skip 'there is no bmake'
csv train.csv 30
csv test.csv 9
run csvnet init
bmake 2>&1 | head -n 1
make -n submission.csv 2>&1 | grep -c GNU
grep -n -A 1 GNU Makefile
