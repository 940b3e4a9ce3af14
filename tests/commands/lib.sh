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

# timeless: what `run fit` shows, without what differs by machine and time
timeless()
{
    sed -e '/^! fit: device cpu, /d; /^! fit: memory [0-9]* MiB /d' \
        -e 's|, [0-9]* images/s$||; s|, [0-9.]* s in all$||'
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

# stages MAKE'S ARGUMENTS...: runs make and shows which stages ran, each by its program and output,
# and make's own words; what the programs say is left out
stages()
{
    echo "\$ make${*:+ $*}"
    make "$@" >.stdout 2>.stderr </dev/null
    status=$?
    awk '$1 ~ "^/.*/(ingest|split|fit|predict|submit)$" {
        sub(".*/", "", $1)
        for (i = 2; i < NF; i++) if ($i == "-o") to = $(i + 1)
        print "  " $1, $1 == "split" ? $2 : to
    }' .stdout
    grep -h '^[^ ]*: \*\*\* ' .stderr | sed 's|\[.*Makefile.inc:[0-9]*: |[|; s|^.*Makefile.inc:[0-9]*: ||'
    [ $status -eq 0 ] || echo "exit $status"
    rm -f .stdout .stderr
}

# competition: train.csv, an unlabelled test.csv, and a Makefile for two small models
competition()
{
    csv train.csv 60
    csv test.csv 12
    cut -d , -f 2- test.csv >unlabelled.csv && mv unlabelled.csv test.csv
    cat >Makefile <<'END'
all: submission.csv
TRAIN  = train.csv
TEST   = test.csv
MODELS = a b
a.fit  = --arch 'flatten, linear' --epochs 1
b.fit  = --arch 'flatten, linear 5, relu, linear' --epochs 2
include $(shell csvnet --inc)
END
}
