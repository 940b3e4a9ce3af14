# What split refuses.
csv train.csv 100 2
ingest -q train.csv -o train.st.zst
echo old >old
for part in b.st.zst=20% b.st.zst=50% b.st.zst=5 b.st.zst=0 b.st.zst b.st.zst= =5 b.st.zst=half b.st.zst=1.5 \
    b.st.zst=-5 b.st.zst=5%% a.st.zst=rest; do
    run split -q train.st.zst --part a.st.zst=70% --part "$part"
done
run split -q train.st.zst --part a.st.zst=60 --part b.st.zst=50
run split -q train.st.zst --part a.st.zst=60 --part b.st.zst=30
run split -q train.st.zst --part a.st.zst=60% --part b.st.zst=60 --part c.st.zst=rest
run split -q train.st.zst --part a.st.zst=rest --part b.st.zst=rest
run split -q train.st.zst --part a.st.zst=99.9% --part b.st.zst=rest
run split -q train.st.zst
run split -q
run split -q train.st.zst --part a.st.zst=100% --seed x
run split -q train.st.zst --part a.st.zst=100% --nix
run split -q nix.st.zst --part a.st.zst=100%
run split -q train.csv --part a.st.zst=100%
run split -q train.st.zst --part a.st.zst=50% --part train.st.zst=50%
run split -q train.st.zst --part a.st.zst=50% --part ./train.st.zst=50%
run split -q train.st.zst --part a.st.zst=50% --part ./a.st.zst=50%
run split -q train.st.zst --part a.st.zst=50% --part nix/b.st.zst=50%
run split -q train.st.zst --part a.st.zst=50% --part /dev/full=50%
head -c 300 train.st.zst >cut.st.zst
run split -q cut.st.zst --part old=50% --part b.st.zst=50%
cat old
ls
