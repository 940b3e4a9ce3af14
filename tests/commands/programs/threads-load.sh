# Every preset gives the same bytes for any number of threads, also while another process takes a
# processor's time away, so that threads stop anywhere. Nothing is timed.
csv train.csv 20 28 10
ingest -q train.csv -o train.st.zst
for preset in "$CSVNET_TOP"/pipeline/model/presets/*.net; do
    name=$(basename "$preset" .net)
    fit -q train.st.zst --arch "$name" --epochs 1 --batch 12 --threads 1 -o "$name.1.st.zst"
    predict -q train.st.zst "$name.1.st.zst" --threads 1 -o "$name.p1.st.zst"
done
sh -c 'while kill -0 "$1" 2>/dev/null; do :; done' sh $$ & # as long as this test lasts
burning=$!
trap 'kill $burning' EXIT
for preset in "$CSVNET_TOP"/pipeline/model/presets/*.net; do
    name=$(basename "$preset" .net)
    for threads in 2 4 8; do
        fit -q train.st.zst --arch "$name" --epochs 1 --batch 12 --threads $threads -o m.st.zst
        cmp "$name.1.st.zst" m.st.zst || echo "$name: a model of $threads threads differs"
        predict -q train.st.zst m.st.zst --threads $threads -o p.st.zst
        cmp "$name.p1.st.zst" p.st.zst || echo "$name: predictions of $threads threads differ"
    done
    echo "$name: compared"
done
