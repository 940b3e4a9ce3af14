# csvnet NAME..., from the build and from an installed tree that was moved.
programs_run_here
run csvnet
run csvnet --help
run csvnet nonsense
run csvnet ift
run csvnet sow
run csvnet ../bin/split
csvnet --version | sed 's/[0-9.]*$/N/'
csvnet split --version | sed 's/[0-9.]*$/N/'
run csvnet split --nonsense
for word in --version -V version; do csvnet $word | sed 's/[0-9.]*$/N/'; done
for word in --help -h; do csvnet $word | head -n 1; done
echo '-- a file is shown'
csv train.csv 6
ingest -q train.csv -o train.st.zst
csvnet train.st.zst | head -n 1
mkdir folder
run csvnet folder
run csvnet traim.csv
echo '-- its own words'
run csvnet init --help
run csvnet init train.csv
run csvnet --inc here
run csvnet --version fit
run csvnet --help fit
run csvnet help --help | head -n 2
(PATH=$CSVNET_BIN; csvnet help fit) 2>&1 | sed 's|show .*/man1/|show ...|' | head -n 2
(PATH=$CSVNET_BIN; csvnet help makefile) 2>&1 | sed -n 2,3p
(PATH=$CSVNET_BIN; csvnet help init) 2>&1 | sed -n 2p
run csvnet help fit predict
rm -r train.csv train.st.zst folder
ls
run csvnet init
grep -v '^#' Makefile | grep . # as README shows it
run csvnet init
run csvnet init --help | head -n 2
stages
echo '-- installed, moved'
cp -R "$CSVNET_BIN/../tests/root/usr" moved
find moved -type f ! -name fit-mpi | sort # which MPI=1 adds
(
    PATH=$PWD/moved/bin:$PATH
    [ "$(csvnet --inc)" = "$PWD/moved/share/csvnet/Makefile.inc" ] && echo 'its own Makefile.inc'
    competition
    make -n | grep -c "^$PWD/moved/libexec/csvnet/"
    ln -s moved/bin/csvnet csvnet
    [ "$(./csvnet --inc)" = "$PWD/moved/share/csvnet/Makefile.inc" ] && echo 'through a link'
) 2>/dev/null
echo '-- removed'
make -s -C "$CSVNET_TOP" uninstall DESTDIR="$PWD" PREFIX=/moved
find moved | sort
