# Kaggle's competitions, whose test data is not labelled and whose sample says what is wanted.
relative digit-recognizer
road train.csv test.csv
relative kannada
road train.csv test.csv
relative text
road train.csv test.csv --sample sample_submission.csv
echo "# Display names: the submission keeps the CSV's own"
printf 'cat,Katze\ndog,Hund\nhorse,Pferd\npolar bear,Eisbär\n"bird, small",Vogel\n' >names.csv
run ingest -q train.csv --names names.csv -o train.st.zst
run fit -q train.st.zst --arch linear --lr 0.01 --batch 32 --epochs 10 -o linear.model.st.zst
run predict train.st.zst linear.model.st.zst -o train.pred.st.zst | sed "s, +- .*,,; s, ([0-9.]* to .*,," | head -n 9
run submit -q train.pred.st.zst -o submission.csv
head -n 4 submission.csv
