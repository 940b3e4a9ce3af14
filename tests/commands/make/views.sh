# One Makefile, two models of other views of the pictures: folds, scores and the submission of both.
competition
sed -i -e "s/^a.fit.*/a.fit  = --arch 'flatten, linear' --epochs 2 --normalize 'width 3'/" -e '1i FOLDS = 2' Makefile
make -s submission.csv >log 2>&1 || tail -n 5 log
wc -l <submission.csv
show csvnet.out/a.f1.model.st.zst | grep normalized
show csvnet.out/b.f1.model.st.zst | grep -c normalized
predict -q csvnet.out/test.st.zst csvnet.out/?.f?.model.st.zst -o again.pred
submit -q again.pred -o again.csv
cmp again.csv submission.csv && echo 'the mean of all four'
echo '-- another view trains that model again, no other'
sed -i "s/width 3/deskew, width 3/" Makefile
make -n submission.csv | grep -o -e 'fit .* -o [^ ]*' | grep -o '[^ ]*$'
