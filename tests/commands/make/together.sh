# Two makes at once in one folder: what one of them makes the other waits for, and takes.
competition
csv train.csv 2000
sed -i "s/^MODELS.*/MODELS = a/; s/^a.fit.*/a.fit = --arch mlp-20 --batch 4 --epochs 20 --log-every 1/; /^b.fit/d" Makefile
make csvnet.out/part-train.st.zst csvnet.out/test.st.zst >.stdout 2>&1
begun '*epoch 1/*' make
: >second
make scores >>second 2>&1 &
second=$!
until grep -qs 'waiting for that' second || ! kill -0 $second 2>/dev/null; do sleep 0.01; done
ended
echo "first: $?"
wait $second
echo "second: $?"
cat .begun second | grep -c '^fit: .*: written'
sed -n 's/process [0-9]* on .*, since [-0-9]* [0-9:]*;/process N on HOST, since TIME;/p' second
wc -l <csvnet.out/runs.jsonl
stages | grep -v '(' # looks, for two runs wrote the notes
stages
