# A folder that a group shares: files of another owner, and a folder that can only be read.
as() { setpriv --reuid=65534 --regid=65534 --clear-groups "$@"; }
chmod 755 . .. 2>/dev/null
[ "$(id -u)" -eq 0 ] || skip 'only root can act as another user'
as test -x "$CSVNET_BIN/fit" -a -r "$CSVNET_TOP/Makefile.inc" 2>/dev/null || skip 'another user cannot run the programs here'
competition
sed -i 's/^MODELS.*/MODELS = a/; /^b.fit/d' Makefile
# asked MAKE'S ARGUMENTS...: by another user; what ran, and what could not be noted
asked()
{
    echo "\$ make${*:+ $*}"
    as make "$@" >.both 2>&1 </dev/null || echo "exit $?"
    sed -n 's/^csvnet \(ingest\|split\|fit\|predict\|submit\) .*/  \1/p; s/^[a-z]*: \(.*\): nothing changed$/  (\1)/p
        s/^csvnet [a-z]*: warning: \(.*\): cannot write.*each time$/  \1 stays/p' .both
}
make >.stdout 2>&1
: >.both
chmod 666 .both
echo '-- it can only be read'
asked
as make scores 2>/dev/null | grep -c '^mean'
touch train.csv
asked csvnet.out/a.model.st.zst
as make csvnet.out/a.model.st.zst a.fit='--arch linear' 2>&1 | sed -n 's/params[.][^:]*:/params...:/; s/^\(csvnet: .*denied\)/\1/p'
echo '-- it can be written, its files are of another'
chmod -R a+rwX .
asked
asked
touch train.csv
asked
asked
asked a.fit="--arch 'flatten, linear' --epochs 2"
asked a.fit="--arch 'flatten, linear' --epochs 2"
asked csvnet_ask=1
asked
