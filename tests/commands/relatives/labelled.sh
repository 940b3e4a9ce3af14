# Data sets whose test data is labelled: the score, and nothing to upload.
relative fashion
road 'fashion-mnist_train.csv --names names.csv' fashion-mnist_test.csv
relative sign
road sign_mnist_train.csv sign_mnist_test.csv
relative mnist-csv
road mnist_train.csv mnist_test.csv
echo "# Letters lie transposed, and have no header"
relative emnist-letters
road 'emnist-letters-train.csv --transpose' emnist-letters-test.csv
relative emnist-balanced
road 'emnist-balanced-train.csv --transpose' emnist-balanced-test.csv
echo "# Three channels"
relative colour
run ingest -q train.csv -o train.st.zst
road 'train.csv --shape 3x32x32' test.csv
