# Sourced by every command test. A test runs programs by `run`, which shows the command, what it
# printed (standard output, then standard error) and its exit status; all of that together has to be
# what the .expected file beside the test says.

set -u
LC_ALL=C
export LC_ALL
unset MAKEFLAGS MAKELEVEL MFLAGS TERM

# run COMMAND...: shows and runs it
run()
{
    echo "\$ $*"
    "$@" >.stdout 2>.stderr </dev/null
    status=$?
    cat .stdout
    sed 's/^/! /' .stderr
    [ $status -eq 0 ] || echo "exit $status"
    rm -f .stdout .stderr
}

# csv FILE ROWS [WIDTH [LABELS]]: a small labelled CSV; pixels and labels follow from their place
csv()
{
    awk -v rows="$2" -v width="${3:-4}" -v labels="${4:-3}" 'BEGIN {
        printf "label"
        for (i = 0; i < width * width; i++) printf ",pixel%d", i
        print ""
        for (r = 0; r < rows; r++) {
            printf "%d", r % labels
            for (i = 0; i < width * width; i++)
                printf ",%d", (r % labels == i % labels ? 200 : 0) + (r * 7 + i * 3) % 50
            print ""
        }
    }' >"$1"
}
