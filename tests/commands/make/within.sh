# WITHIN: a time for all of it, shared out among the fits that are due.
competition
sed -i "s/ --epochs 1\$//" Makefile
# What the fits have left, whether it is some; on a slow machine of a longer time, where little of this is left.
for seconds in 3 9 27 81 243; do
    make WITHIN=${seconds}s submission.csv >.said 2>&1
    status=$?
    sed -n 's/.*--within \([^ ]*\)s .*--time-left \([0-9.]*\) .* -o \([^ ]*\).*/\3 \1 \2/p' .said |
        awk '{ print $1, ($3 > 0.1 && $3 < $2 ? "a share of it" : $3 " of " $2) }' >.shares
    [ "$(grep -c 'a share' .shares)" -lt 2 ] || break
done
echo "status $status"
cat .shares
show csvnet.out/a.model.st.zst | sed -n "s/^ *within  *$seconds\$/recorded/p"
stages WITHIN=${seconds}s submission.csv | sed "s/=$seconds/=TIME/"
echo '-- another time, and fits side by side'
make why WITHIN=2s | sed -n 's/^    now: .*\(--within [0-9]*s\).*/\1/p'
for seconds in 5 15 45 135 405; do
    make -j2 WITHIN=${seconds}s submission.csv >.said 2>&1
    status=$?
    sed -n 's/.*--time-left \([0-9.]*\) .*/\1/p' .said |
        awk -v all=$seconds '{ print ($1 > all / 2 && $1 < all ? "most of it" : $1) }' >.shares
    [ "$(grep -c 'most' .shares)" -lt 2 ] || break
done
echo "status $status"
cat .shares
echo '-- a trial is as it was'
make try WITHIN=2s 2>&1 | grep -c -- --within
refused WITHIN=soon
refused WITHIN=90x
