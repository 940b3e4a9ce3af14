# The one file writes its rules to a home that runs no programs, and here where that is read-only or full.
programs_run_here
unshare --mount true 2>/dev/null || skip 'only root can mount file systems'
one_file
mkdir home
for options in noexec ro size=16k; do
    echo "-- $options"
    # shellcheck disable=SC2016 # for the shells that are started
    unshare --mount sh -c 'mount -t tmpfs -o "mode=755,$1" none home && shift && exec "$@"' sh "$options" \
        env -u XDG_CACHE_HOME HOME="$PWD/home" sh -c '
            one/csvnet --inc
            "$(dirname "$(one/csvnet --inc)")/../../libexec/csvnet/fit" --help' 2>&1 | head -n 3 | shown | sed 's|share/csvnet/[^:]*: cannot|share/csvnet/FILE: cannot|'
    rm -rf csvnet-[0-9]*
done
