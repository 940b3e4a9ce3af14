# The progress line on a real terminal that is made narrower or wider meanwhile, among lines that are
# said: none is torn, and nothing of it stays.
terminals_here
csv rows.csv 20000
ingest -q rows.csv -o rows.st.zst
for columns in '80 30' '24 100'; do
    echo "-- on a terminal of ${columns% *} columns, then ${columns#* }"
    # shellcheck disable=SC2086 # two words
    /usr/bin/python3 -B "$CSVNET_TOP/tests/support/resized.py" $columns fit rows.st.zst --log-every 0.7s --epochs 1000 \
        --arch 'flatten, linear 1000, relu, linear 1000, relu, linear' --batch 1 -o model.st.zst
done
ls
