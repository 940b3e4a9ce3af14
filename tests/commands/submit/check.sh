# What a leaderboard would reject in a submission, with their lines.

echo '-- nothing to find'
printf 'ImageId,Label\n1,7\n2,0\n3,9\n' >good.csv
run submit --check good.csv
run submit --check good.csv --expect-rows 3
printf 'ImageId,Label\r\n3,7\r\n1,0\r\n2,9' >crlf.csv
run submit --check crlf.csv --sample good.csv
run submit --check good.csv --header ImageId,Label --quiet
printf 'id,0,1\n0,0.25,7.5e-1\n1,1,0\n' >probabilities.csv
run submit --check probabilities.csv --expect-rows 2 --id-start 0

echo '-- ids'
printf 'ImageId,Label\n1,7\n1,0\n4,9\n,1\n' >bad.csv
run submit --check bad.csv --expect-rows 3
run submit --check bad.csv --sample good.csv
run submit --check good.csv --expect-rows 20

echo '-- header and cells'
printf 'Id,Label\n1,7\n2,\n3,9\n' >bad.csv
run submit --check bad.csv --sample good.csv
run submit --check good.csv --header id,label
printf '1,7\n2,0\n3,9\n' >bad.csv
run submit --check bad.csv --expect-rows 3
printf 'ImageId;Label\n1;7\n' >bad.csv
run submit --check bad.csv
printf 'ImageId,Label\n1,caf\351\n2,\033[31m\n' >bad.csv
run submit --check bad.csv
printf 'id,0,1\n0,nan,0.5\n1,1,\n' >bad.csv
run submit --check bad.csv

printf '# ImageId,Label\n1,7\n' >bad.csv
run submit --check bad.csv

echo '-- broken CSV'
printf 'ImageId,Label\n1,7\n2\n3,9\n' >bad.csv
run submit --check bad.csv --expect-rows 3
printf 'ImageId,Label\n1,7\n2,"0\n3,9\n' >bad.csv
run submit --check bad.csv
: >bad.csv
run submit --check bad.csv
printf 'ImageId,Label\n' >bad.csv
run submit --check bad.csv
run submit --check bad.csv --expect-rows 1
run submit --check good.csv --sample bad.csv
run submit --check missing.csv
run submit --check good.csv --sample missing.csv

echo '-- against the truth'
printf 'id,label\n3,9\n1,7\n2,1\n' >truth.csv
run submit --check good.csv --truth truth.csv --json score.json
cat score.json
printf 'id,label\n1,7\n2,1\n' >short.csv
run submit --check good.csv --truth short.csv
run submit --check good.csv --sample good.csv --truth crlf.csv
csv train.csv 3
run submit --check good.csv --truth train.csv
echo '-- probabilities against the truth'
printf 'id,label\n3,dog\n1,cat\n2,cat\n' >truth.csv
printf 'id,label\n1,0.25\n2,0.5\n3,0.875\n' >one.csv
run submit --check one.csv --truth truth.csv
sed 's/label/dog/' one.csv >named.csv
run submit --check named.csv --truth truth.csv
sed 's/label/cat/' one.csv >named.csv
run submit --check named.csv --truth truth.csv
printf 'id,cat,dog\n1,0.75,0.25\n2,0.5,1.5\n3,0,1\n' >shares.csv
run submit --check shares.csv --truth truth.csv
sed 's/cat/Cat/' shares.csv >other.csv
run submit --check other.csv --truth truth.csv
