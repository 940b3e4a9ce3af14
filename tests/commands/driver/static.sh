# All programs in one file: it runs in an empty root, by links and by any name, gives the same bytes,
# and writes the rules where make finds them.
programs_run_here
one_file
csv train.csv 60 20
csv all.csv 12 20
cut -d , -f 2- all.csv >test.csv

echo '-- in an empty root'
mkdir root ours
cp one/csvnet train.csv test.csv root
if chroot root /csvnet --version >/dev/null 2>&1; then
    alone() { chroot root /csvnet "$@"; }
else
    alone() { (cd root && ./csvnet "$@"); }
    echo 'driver/static: NOT tried in an empty root, for which one has to be root' >&3
fi
ours() { (cd ours && "$@"); }
cp train.csv test.csv ours
# steps COMMAND: from CSVs to a page, by COMMAND PROGRAM ARGUMENT...
steps()
{
    $1 ingest -q train.csv -o train.st.zst
    $1 ingest -q test.csv --like train.st.zst -o test.st.zst
    $1 split -q train.st.zst --part a.st.zst=45 --part b.st.zst=rest
    $1 fit -q a.st.zst --val b.st.zst --arch lenet5 --epochs 2 -o a.model.st.zst
    $1 predict -q test.st.zst a.model.st.zst -o test.pred.st.zst
    $1 submit -q test.pred.st.zst -o submission.csv
    $1 compare -q test.pred.st.zst test.pred.st.zst >compared
    $1 show b.st.zst --model a.model.st.zst --png sheet.png >shown
    $1 explain a.model.st.zst >explained
}
steps alone
steps ours
for file in train.st.zst a.st.zst a.model.st.zst test.pred.st.zst submission.csv sheet.png; do
    cmp root/$file ours/$file && echo "$file: the same"
done
run alone fit --nonsense
run alone train.csvv
alone help makefile 2>&1 | sed -n 2p
alone help tensor-file 2>&1 | sed -n '3p; /SEE ALSO/,$p'
alone help tensor-file 2>&1 | grep '.\{80\}'

echo '-- by other names'
ln -s "$PWD/one/csvnet" fit
cp one/csvnet csvnet-of-today
ln -s csvnet-of-today linked
run ./fit --nonsense
for name in -csvnet /x/-fit fit csvnet ''; do
    # shellcheck disable=SC2016 # for the shell that is started
    bash -c 'exec -a "$1" one/csvnet --help' bash "$name" | head -n 1
done
./linked predict --help | head -n 1

echo '-- make'
mkdir home
(
    PATH=$PWD/one:/usr/bin:/bin HOME=$PWD/home
    export PATH HOME
    unset XDG_CACHE_HOME
    csvnet --inc | shown
    competition
    mv root/*.csv .
    make >log 2>&1 || cat log
    cp submission.csv first.csv
    find home -type f -name '*.[mi][kn]*' | LC_ALL=C sort | shown
    echo '-- what other versions left goes where no make asked for it in a month'
    for name in csvnet-0.0.1-0123456789abcdef csvnet-0.0.2-0123456789abcdef csvnet-old csvnet-0.0.1-0123456789abcdef0; do
        mkdir -p home/.cache/$name/share/csvnet
        ln -s nowhere home/.cache/$name/share/fit
        touch -d '31 days ago' home/.cache/$name
    done
    touch -d '29 days ago' home/.cache/csvnet-0.0.2-*
    csvnet --inc >/dev/null
    ls home/.cache | grep -c 0123
    rm home/.cache/csvnet-*/share/csvnet/budgets/hour.mk
    csvnet --inc >/dev/null
    ls home/.cache | grep -v "$(csvnet --inc | sed 's|/share.*||; s|.*/||')"
    rm -r home/.cache/csvnet-0.* home/.cache/csvnet-old 2>/dev/null
    echo '-- the file moved: nothing is made anew'
    mkdir moved
    mv one/csvnet moved
    PATH=$PWD/moved:/usr/bin:/bin
    stages
    readlink home/.cache/csvnet-*/libexec/csvnet/fit | shown
    echo '-- what was damaged or lost is mended'
    inc=$(csvnet --inc)
    cp "$inc" good
    echo 'all: ; false' >"$inc"
    rm home/.cache/csvnet-*/libexec/csvnet/fit home/.cache/csvnet-*/share/csvnet/budgets/hour.mk
    csvnet --inc | cmp - /dev/fd/3 3<<END
$inc
END
    cmp "$inc" good
    [ -x home/.cache/csvnet-*/libexec/csvnet/fit ] && [ -s home/.cache/csvnet-*/share/csvnet/budgets/hour.mk ] && echo mended
    make try BUDGET=instant >log 2>&1 || cat log
    sed -n '$p; s/.*\(--arch [^ ]*\).*/\1/p' log | shown
    make csvnet-clean
)
rm -rf csvnet.out submission.csv try.csv
(make >log 2>&1 || cat log) # by the programs of the build
cmp submission.csv first.csv && echo 'the same submission'
rm -r csvnet.out submission.csv Makefile

echo '-- by its path, where the PATH has none'
mkdir 'a b'
cp moved/csvnet 'a b'
(
    PATH=/usr/bin:/bin HOME=$PWD/home
    export PATH HOME
    run 'a b/csvnet' init | shown
    sed -n '$p' Makefile | shown
    make a.fit='--arch linear --epochs 1' >log 2>&1 || cat log
    head -n 1 submission.csv
    rm Makefile
    PATH=$PWD/moved:$PATH
    run 'a b/csvnet' init 2>&1 | shown
    rm Makefile
    run csvnet init
)
rm -rf csvnet.out submission.csv Makefile

echo '-- where no folder for caches can be had'
one=$PWD/moved/csvnet
places()
{
    echo "$ $*" | shown
    for _ in 1 2; do env -u HOME -u XDG_CACHE_HOME "$@" "$one" --inc 2>&1 | shown; done
    rm -rf csvnet-[0-9]*
}
places
places HOME=relative XDG_CACHE_HOME=relative
places HOME=/dev/null
mkdir 'with blanks'
places HOME="$PWD/with blanks"
mkdir -m 1777 shared
places XDG_CACHE_HOME="$PWD/shared"
places XDG_CACHE_HOME="$PWD/shared/mine"
places XDG_CACHE_HOME="$PWD/home/other/deep"
(cd 'with blanks' && run env -u HOME -u XDG_CACHE_HOME "$one" --inc) | shown
