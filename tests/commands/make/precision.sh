# PRECISION: what all fits multiply, unless a model says otherwise; recorded, so that another makes them anew.
competition
stages
echo '-- all but the model that has its own'
stages PRECISION=bf16 b.fit="--arch 'flatten, linear 5, relu, linear' --epochs 2 --precision float32"
for model in a b; do
    show csvnet.out/$model.model.st.zst | grep -c 'precision *bf16'
done
echo '-- back: the first ones were kept'
stages PRECISION=float32
echo '-- a budget'
make -n PRECISION=bf16 BUDGET=seconds 2>/dev/null | grep -o -m 1 -e '--precision bf16'
echo '-- refused'
refused PRECISION=half
