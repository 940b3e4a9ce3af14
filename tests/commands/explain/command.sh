# The line that makes a model again does: the same bytes, whatever options made the first.
csv train.csv 90
ingest -q train.csv -o train.st.zst
split -q train.st.zst --part 'a b.st.zst=50%' --part c.st.zst=30 --part "it's.st.zst=rest"
# again ARGUMENTS...: fits, then by the line that explain prints, and compares
again()
{
    fit -q "$@" -o m.st.zst || return
    csvnet explain m.st.zst train.st.zst 'a b.st.zst' c.st.zst "it's.st.zst" from.st.zst --command >line || return
    cat line
    cp m.st.zst first.st.zst
    sed 's/^csvnet fit/& -q/' line >line.sh
    sh line.sh
    cmp m.st.zst first.st.zst
}
fit -q train.st.zst --arch 'flatten, linear 7, relu, linear' --epochs 1 -o from.st.zst
again train.st.zst --epochs 1 --arch mlp-20 --divisor 20
again train.st.zst --arch linear --epochs 2 --lr 0.012345678901234567 --seed 3 --batch 7 --shuffle no
again 'a b.st.zst' "it's.st.zst" --val c.st.zst --eval "two words=it's.st.zst" --eval x=c.st.zst --arch 'flatten, linear 5, relu, linear' \
    --epochs 3 --keep best --patience 2
again train.st.zst --fold 2/3 --fold-seed 5 --arch linear --epochs 2 --keep best-macro-f1
again train.st.zst --recipe mlp-20 --epochs 1
again train.st.zst --arch linear --epochs 2 --optimizer sgd --momentum 0.9 --nesterov --weight-decay 1e-4 --schedule step \
    --step-epochs 1 --gamma 0.3
again train.st.zst --arch linear --epochs 2 --optimizer adamw --schedule one-cycle --label-smoothing 0.1 --ema 0.99 --trial
again train.st.zst --arch 'linear 6, dropout 0.25, linear' --epochs 2 --mean auto --std auto --class-weights balanced --limit-rows 50
again train.st.zst --arch linear --epochs 3 --augment 'shift 1, rotate 10' --plain-epochs 1 --init normal:0.05
again train.st.zst --from from.st.zst --epochs 1 --divisor 255
again train.st.zst --from from.st.zst --epochs 1 --arch 'flatten, linear 7, relu, linear' --class-weights 1,2,0.5

echo '-- files that are not named'
run csvnet explain m.st.zst train.st.zst --command | sed 's/[0-9a-f]\{32\}/DIGEST/g'
echo '-- refused'
run csvnet explain train.st.zst --command
run csvnet explain m.st.zst missing.st.zst --command
