# What bash offers, by the completion that is installed next to the programs.
terminals_here
mkdir folder
touch train.csv 'a b.st.zst' part-train.st.zst part-val.st.zst lenet.net
offers()
{
    /usr/bin/python3 -B "$CSVNET_TOP/tests/support/complete.py" bash \
        "$CSVNET_BIN/../share/bash-completion/completions/csvnet" "$@"
}
offers 'csvnet fi' 'csvnet tr' 'csvnet help ma' 'csvnet nonsense ' 'csvnet init --b' 'csvnet init --budget f'
echo '-- options and what they take'
offers 'csvnet fit --opt' 'csvnet fit --optimizer ' 'csvnet fit --optimizer=ad' 'csvnet fit --keep=' \
    'csvnet fit --arch le' 'csvnet fit --recipe linear-s' 'csvnet fit --epochs ' 'csvnet fit -q --resu'
echo '-- files'
offers 'csvnet fit ' 'csvnet fit --resume p' 'csvnet fit --val part-v' 'csvnet fit --eval test=part-v' \
    'csvnet split x --part a=' 'csvnet split x --part par' 'csvnet ingest t' 'csvnet predict t'
echo '-- every option of every program'
for program in ingest split fit predict submit show report explain; do
    $program --help=words | cut -d ' ' -f 1 | grep -e -- | sort >table
    offers "csvnet $program --" | cut -d : -f 2 | tr ' ' '\n' | grep . | sort >listed
    cmp table listed && echo "$program"
done
