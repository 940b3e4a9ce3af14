# WITHIN: a time for all of it, shared out among the fits that are due.
competition
sed -i "s/ --epochs 1\$//" Makefile
# lefts MAKE'S ARGUMENTS...: whether each fit's share is some; one that ends early leaves the next more
lefts()
{
    make "$@" >.said 2>&1
    echo "status $?"
    sed -n 's/.*--within \([^ ]*\) .*--time-left \([0-9.]*\) .* -o \([^ ]*\).*/\3 \1 \2/p' .said |
        awk '{ print $1, $2, ($3 > 0 && $3 < 3 ? "a share of it" : $3) }'
}
lefts WITHIN=3s submission.csv
show csvnet.out/a.model.st.zst | sed -n 's/^ *\(within  *3\)$/\1/p'
stages WITHIN=3s submission.csv
echo '-- another time, and fits side by side'
make why WITHIN=2s | sed -n 's/^    now: .*\(--within [0-9]*s\).*/\1/p'
make -j2 WITHIN=5s submission.csv >.said 2>&1
echo "status $?"
sed -n 's/.*--time-left \([0-9.]*\) .*/\1/p' .said | awk '{ print ($1 > 1 && $1 < 5 ? "most of it" : $1) }'
echo '-- a trial is as it was'
make try WITHIN=2s 2>&1 | grep -c -- --within
refused WITHIN=soon
refused WITHIN=90x
