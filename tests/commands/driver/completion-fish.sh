# What fish offers, by the completion that is installed.
command -v fish >/dev/null || skip 'there is no fish'
mkdir folder
touch train.csv part-train.st.zst part-val.st.zst lenet.net
export HOME="$PWD"
offers()
{
    for line in "$@"; do
        echo "$line<tab>: $(fish -c "source '$CSVNET_BIN/../share/fish/vendor_completions.d/csvnet.fish'; complete -C '$line'" |
            cut -f 1 | sort | tr '\n' ' ')"
    done
}
offers 'csvnet fi' 'csvnet help ma' 'csvnet init --budget f'
echo '-- options and what they take'
offers 'csvnet fit --opt' 'csvnet fit --optimizer ' 'csvnet fit --optimizer=ad' 'csvnet fit --arch lenet5' \
    'csvnet fit --epochs ' 'csvnet fit -q --resu' 'csvnet show --color '
echo '-- files'
offers 'csvnet fit p' 'csvnet fit --val part-v' 'csvnet ingest t'
