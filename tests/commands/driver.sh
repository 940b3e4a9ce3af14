# csvnet NAME..., from the build and from an installed tree that was moved.
run csvnet
run csvnet --help
run csvnet nonsense
run csvnet ../bin/split
csvnet --version | sed 's/[0-9.]*$/N/'
csvnet split --version | sed 's/[0-9.]*$/N/'
run csvnet split --nonsense
run csvnet init
run csvnet init
stages
echo '-- installed, moved'
cp -R "$CSVNET_BIN/../tests/root/usr" moved
find moved -type f | sort
(
    PATH=$PWD/moved/bin:$PATH
    [ "$(csvnet --inc)" = "$PWD/moved/share/csvnet/Makefile.inc" ] && echo 'its own Makefile.inc'
    competition
    make | grep -c "^$PWD/moved/libexec/csvnet/"
    ln -s moved/bin/csvnet csvnet
    [ "$(./csvnet --inc)" = "$PWD/moved/share/csvnet/Makefile.inc" ] && echo 'through a link'
) 2>/dev/null
echo '-- removed'
make -s -C "$CSVNET_TOP" uninstall DESTDIR="$PWD" PREFIX=/moved
find moved | sort
