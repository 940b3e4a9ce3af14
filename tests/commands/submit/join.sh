# Submissions joined by id: a vote, whose first one decides ties and lends header, order and spelling;
# the mean of probabilities.
printf 'ImageId,Label\n1,3\n2,7\n3,1\n4,"a,b"\n5,9\n' >a.csv
printf 'ImageId,Label\n5,8\n4,x\n3,1.0\n2,1\n1,3\n' >b.csv
printf 'ImageId,Label\n1,5\n2,1\n3,2\n4,x\n5,7\n' >c.csv
echo '-- good'
run submit --vote a.csv b.csv c.csv -o vote.csv --json vote.json
cat vote.csv
tr -d ' \n' <vote.json
echo
run submit --vote c.csv b.csv a.csv -o - -q
gzip -k c.csv
run submit --vote a.csv b.csv c.csv.gz -o again.csv -q
cmp vote.csv again.csv
run submit --check vote.csv --expect-rows 5
echo '-- refused, what was there stays'
cp vote.csv before.csv
cp a.csv copy.csv
printf 'ImageId,Label\n1,5\n2,1\n3,2\n4,x\n' >short.csv
printf 'ImageId,Label\n1,5\n2,1\n3,2\n4,x\n5,7\n6,7\n' >long.csv
printf 'ImageId,Label\n1,5\n2,1\n3,2\n4,x\n4,7\n' >twice.csv
printf 'ImageId,Label\n1,5\n2,1\n3,2\n4,\n5,7\n' >empty.csv
printf 'id,Label\n1,5\n' >header.csv
printf 'id,a,b\n1,0.5,0.5\n' >wide.csv
printf 'ImageId,Label\n1,0.25\n2,1\n3,0\n4,1\n5,0\n' >shares.csv
printf 'ImageId,Label\n' >none.csv
for other in copy short long twice empty header wide shares none missing; do
    run submit --vote a.csv $other.csv -o vote.csv
done
run submit --vote none.csv a.csv -o vote.csv
run submit --vote a.csv -o vote.csv
run submit --vote a.csv b.csv
run submit --vote a.csv b.csv -o a.csv
run submit --vote a.csv b.csv -o vote.csv --sample c.csv
run submit a.csv b.csv -o vote.csv
cmp vote.csv before.csv
echo '-- the mean'
printf 'id,cat,dog\n7,0.5,0.25\n"a,b",1,0\n' >p.csv
printf 'id,cat,dog\n"a,b",0,1e-1\n7, 0.25 ,0.75\n' >q.csv
printf 'id,cat,dog\n7,1,0\n"a,b",0.1,0.3\n' >r.csv
run submit --mean p.csv q.csv r.csv -o mean.csv --json mean.json
cat mean.csv
tr -d ' \n' <mean.json
echo
printf 'id,target\n1,0.5\n2,0\n' >one.csv
printf 'id,target\n2,1\n1,0.75\n' >other.csv
run submit --mean one.csv other.csv -o - -q
printf 'id,dog,cat\n7,1,0\n"a,b",1,0\n' >order.csv
run submit --mean p.csv order.csv -o - -q
echo '-- refused'
cp mean.csv before.csv
printf 'id,cat,dog\n7,0.5,1.5\n"a,b",1,0\n' >over.csv
printf 'id,cat,dog\n7,0.5,\n"a,b",1,0\n' >gap.csv
printf 'id,dog,cow\n7,1,0\n"a,b",1,0\n' >others.csv
for other in p over gap others one; do
    run submit --mean p.csv $other.csv -o mean.csv
done
run submit --mean a.csv b.csv -o mean.csv
printf 'id\n7\n' >ids.csv
run submit --mean ids.csv q.csv -o mean.csv
run submit --mean p.csv ids.csv -o mean.csv
run submit --mean --vote p.csv q.csv -o mean.csv
run submit --mean p.csv -o mean.csv
cmp mean.csv before.csv
