# Other kinds of files and of numbers.
relative zip
road digit-recognizer.zip:train.csv digit-recognizer.zip:test.csv \
    --sample digit-recognizer.zip:sample_submission.csv
relative gz
road train.csv.gz test.csv.gz
relative idx
road '--idx train-images-idx3-ubyte train-labels-idx1-ubyte' \
    '--idx t10k-images-idx3-ubyte t10k-labels-idx1-ubyte'
road '--idx train-images-idx3-ubyte.gz train-labels-idx1-ubyte.gz' '--idx t10k-images-idx3-ubyte.gz'
relative f32
run ingest -q train.csv -o train.st.zst
road 'train.csv --dtype f32' test.csv
relative semicolon
run ingest -q train.csv -o train.st.zst
tr ';' , <train.csv | ingest -q - -o train.st.zst && echo "read through tr"
