# What zsh offers, by the completion that is installed.
terminals_here
command -v zsh >/dev/null || skip 'there is no zsh'
mkdir folder
touch train.csv part-train.st.zst part-val.st.zst lenet.net
offers()
{
    /usr/bin/python3 -B "$CSVNET_TOP/tests/support/complete.py" zsh \
        "$CSVNET_BIN/../share/zsh/site-functions/_csvnet" "$@"
}
offers 'csvnet fi' 'csvnet tr' 'csvnet help ma' 'csvnet init --budget f'
echo '-- options and what they take'
offers 'csvnet fit --opt' 'csvnet fit --optimizer ' 'csvnet fit --optimizer=ad' 'csvnet fit --arch lenet5' \
    'csvnet fit --epochs ' 'csvnet fit -q --resu' 'csvnet show --color '
echo '-- files'
offers 'csvnet fit p' 'csvnet fit --val part-v' 'csvnet fit --eval test=part-v' 'csvnet split x --part a=' 'csvnet ingest t'
