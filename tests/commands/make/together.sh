# Two makes at once in one folder: what one of them makes the other waits for, and takes.
competition
csv train.csv 2000
sed -i "s/^MODELS.*/MODELS = a/; s/^a.fit.*/a.fit = --arch mlp-20 --epochs 200/; /^b.fit/d" Makefile
make csvnet.out/part-train.st.zst csvnet.out/test.st.zst >.stdout 2>&1
: >first
make >>first 2>&1 &
until grep -q 'epoch 2/' first; do
    kill -0 $! 2>/dev/null || break
    sleep 0.01
done
make scores >second 2>&1
echo "second: $?"
wait $!
echo "first: $?"
cat first second | grep -c '^fit: .*: written'
sed -n 's/process [0-9]* on .*, since [-0-9]* [0-9:]*;/process N on HOST, since TIME;/p' second
wc -l <csvnet.out/runs.jsonl
stages | grep -v '(' # looks, for two runs wrote the notes
stages
