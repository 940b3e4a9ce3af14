# Data sets of one file: a part of it is the test.
part()
{
    run split -q all.st.zst --part train.st.zst=rest --part test.st.zst=20%
    rest
}
relative a-z
run ingest 'A_Z Handwritten Data.csv' -o all.st.zst | brief
part
relative openml
run ingest mnist_784.csv -o all.st.zst | brief
part
