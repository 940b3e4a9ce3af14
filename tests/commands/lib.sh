# Sourced by every command test. A test runs programs by `run`, which shows the command, what it
# printed (standard output, then standard error) and its exit status; all of that together has to be
# what the .expected file next to the test says.

set -u
LC_ALL=C
export LC_ALL
unset CDPATH BASH_ENV ENV POSIXLY_CORRECT MAKEFLAGS MAKELEVEL MFLAGS TERM COLUMNS COLORTERM NO_COLOR

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

# skip REASON: ends a test that cannot be tried here; the closing line counts it
skip()
{
    echo "$*" >"$SKIPPED"
    exit
}

# terminals_here: skips a test that opens a terminal, where there is none to be had
terminals_here()
{
    /usr/bin/python3 -c 'import os; os.openpty()' 2>/dev/null || skip 'no terminal can be opened (/dev/pts)'
}

# programs_run_here: skips a test that makes programs, where the folder of temporary files runs none
programs_run_here()
{
    printf '#!/bin/sh\n' >.program
    chmod +x .program
    ./.program 2>/dev/null || skip "no program can be run in ${TMPDIR:-/tmp} (noexec); set TMPDIR"
    rm .program
}

# one_file: makes all of csvnet one file (make static) and copies it to one/csvnet
one_file()
{
    build=${CSVNET_BIN#"$CSVNET_TOP"/}
    [ "$build" != "$CSVNET_BIN" ] || skip 'these programs are not of a build here'
    make -s -C "$CSVNET_TOP" static BUILD="${build%/bin}" >.log 2>&1 || {
        ! grep -q 'cannot find -l' .log || skip 'a static library is not installed'
        cat .log
    }
    mkdir one
    cp "$CSVNET_TOP/${build%/bin}/static/csvnet" one
}

# shown: what the one file says, without what differs by build and folder
shown()
{
    sed "s/csvnet-[0-9.]*-[0-9a-f]\{16\}/csvnet-VERSION-DIGEST/g; s|$PWD|HERE|g"
}

# timeless: what `run fit` shows, without what differs by machine and time
timeless()
{
    sed -e '/^! fit: device cpu, /d; /^! fit: memory [0-9]* MiB /d' \
        -e 's|, [0-9]*/s$||; s|, [0-9.]* s in all$||'
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
# those with nothing to do as "(fit FILE)", and make's own words; what the programs say is left out
stages()
{
    echo "\$ make${*:+ $*}"
    make "$@" >.both 2>&1 </dev/null
    status=$?
    awk '/: nothing changed$/ {
        to = $(NF - 2)
        sub(":$", "", to)
        sub(":$", "", $1)
        if (!(to in at)) text[at[to] = ++count] = $1 " " to
        idle[at[to]] = 1
        next
    }
    /^csvnet [^:]*: / && !/^csvnet [^:]* -/ { next } # an error or a warning, no command
    sub("^.* -- /[^ ]*/", "") + sub("^csvnet ", "") && $1 ~ "^(ingest|split|fit|predict|submit|audit|report|compare)$" {
        count++
        for (i = NF; i > 1; i--) if ($(i - 1) == "-o" || $(i - 1) == "--weigh" || $1 == "split" && $(i - 1) == "--part") {
            to = $i
            sub("=.*", "", to)
            at[to] = count
        }
        text[count] = $1 " " to
    }
    END { for (i = 1; i <= count; i++) print "  " (idle[i] ? "(" text[i] ")" : text[i]) }' .both
    grep -h '^[^ ]*: \*\*\* ' .both | sed 's|\[.*Makefile.inc:[0-9]*: |[|; s|^.*Makefile.inc:[0-9]*: ||'
    [ $status -eq 0 ] || echo "exit $status"
    rm -f .both
}

# begun PATTERN COMMAND...: starts it, and returns once it has said a line like PATTERN, in .begun. However
# slow the machine or this test is, it does not end before `ended` reads on, if it has more to say than a
# pipe holds (64 KiB, say a thousand lines of fit --log-every 1).
begun()
{
    pattern=$1
    shift
    rm -f .pipe
    mkfifo .pipe
    "$@" >.pipe 2>&1 </dev/null &
    begun=$!
    exec 8<.pipe
    while read -r line <&8; do
        printf '%s\n' "$line"
        case $line in $pattern) break ;; esac
    done >.begun
}

# ended: waits for it; all that it has said is in .begun
ended()
{
    cat <&8 >>.begun
    exec 8<&-
    wait $begun
}

# refused MAKE'S ARGUMENTS...: make's sentence for it
refused()
{
    echo "\$ make $*"
    make -n "$@" 2>&1 | sed -n 's/^.*\*\*\* //p'
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

# grey_png FILE: writes a grey picture of 8x8 pixels
grey_png()
{
    "${PYTHON:-/usr/bin/python3}" - "$1" <<'END'
import struct, sys, zlib
def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
rows = b"".join(b"\0" + bytes((x * 31 + y * 17) % 256 for x in range(8)) for y in range(8))
open(sys.argv[1], "wb").write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 8, 8, 8, 0, 0, 0, 0)) +
                              chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))
END
}

# ---- The relatives of the digits ----

# relative NAME [ROWS...]: empties the folder, writes that relative's files and shows their beginnings
relative()
{
    echo "# $1"
    rm -rf -- *
    /usr/bin/python3 -B "$CSVNET_TOP/fixtures/relatives.py" "$@" .
    for file in *.csv; do
        [ ! -e "$file" ] || printf '%s: %.50s\n' "$file" "$(head -n 1 "$file" | cut -c -50)"
    done
}

# brief: leaves out times, losses, tables and the counts of many classes
brief()
{
    sed 's/, [0-9.]* s$//; s/ +- [^,]*\(, loss [0-9.]*\)*//; s/ ([0-9.]* to [0-9.]* %)\(, loss [0-9.]*\)*//
        s/ (\([^,]*, [^,]*, \)[^,]*,.*, \(.*: [0-9]*\))$/ (\1..., \2)/
        /^class  */,/^! /{/^! /!d}'
}

# road TRAIN TEST [SUBMIT'S OPTIONS]: from CSVs (words, options among them) to a submission
road()
{
    run ingest $1 -o train.st.zst | brief
    run ingest $2 --like train.st.zst -o test.st.zst | brief
    shift 2
    rest "$@"
}

# rest [SUBMIT'S OPTIONS]: from train.st.zst and test.st.zst to a submission
rest()
{
    /usr/bin/python3 -B "$CSVNET_TOP/tests/support/stems.py" test.st.zst
    run split -q train.st.zst --part part.st.zst=rest --part val.st.zst=20%
    run fit -q part.st.zst --val val.st.zst --arch linear --lr 0.01 --batch 32 --epochs 10 \
        -o linear.model.st.zst
    run predict test.st.zst linear.model.st.zst -o test.pred.st.zst | brief
    run submit test.pred.st.zst -o submission.csv "$@" | brief
    head -n 4 submission.csv
    if [ -e sample_submission.csv ]; then
        run submit --check submission.csv --sample sample_submission.csv
    else
        run submit --check submission.csv test.pred.st.zst
    fi
    [ ! -e truth.csv ] || run submit --check submission.csv --truth truth.csv | brief
}
