#!/bin/sh
# What Makefile.inc tells of the fits; make runs it, users need not:
#
#   scores run RUNS HISTORY NAME FIT OPTIONS  keeps a finished fit as a line of JSON in RUNS
#   scores oof JSON                           the score of out-of-fold predictions
#   scores table JSON [NAME FITS OPTIONS]...  a line for each model and one for their mean
#
# HISTORY is fit's, JSON predict's; FITS are the models' files without .model.st.zst, their
# histories beside them. Those of a trial begin with its own --trial --epochs N.
set -u
LC_ALL=C
export LC_ALL

# told OPTIONS: without the epochs that a trial's replaced
told()
{
    printf '%s\n' "$1" | sed '/^--trial --epochs /{
        :again
        s/\(.* .*\) --epochs[ =][^ ]*/\1/
        t again
    }'
}

# ---- A finished fit ----

# run RUNS HISTORY NAME FIT OPTIONS: with --keep best the figures are those of the epoch kept. A fit
# that is there already is not added again.
run()
{
    figures=$(
        awk '
            # the number behind "key":, or null
            function number(text, key) {
                if (!match(text, "\"" key "\":[-+.0-9e]+")) return "null"
                return substr(text, RSTART + length(key) + 3, RLENGTH - length(key) - 3)
            }
            function figures(of, val) {
                return "\"loss\":" number(of, "loss") ",\"accuracy\":" number(of, "accuracy") \
                    ",\"val_loss\":" number(val, "loss") ",\"val_accuracy\":" number(val, "accuracy")
            }
            /^\{"event":"start"/ {
                best = /"keep_best":true/
                seed = number($0, "seed")
                fold = number($0, "fold") "/" number($0, "folds")
                rows = number($0, "rows")
                trial = /"trial":true/ ? ",\"trial\":true" : ""
            }
            /^\{"event":"epoch"/ {
                epochs++
                val = ""
                if (match($0, /"val":\{[^}]*\}/)) val = substr($0, RSTART, RLENGTH)
                if (best && kept && number(val, "loss") + 0 >= lowest) next
                lowest = number(val, "loss") + 0
                kept = figures($0, val)
            }
            /^\{"event":"end"/ {
                seconds = number($0, "seconds")
                match($0, /"model":"[0-9a-f]*"/)
                digest = substr($0, RSTART + 8, RLENGTH - 8)
            }
            END {
                printf "\"seed\":%s,\"fold\":%s,\"rows\":%s,\"epochs\":%d,", seed,
                    (fold == "0/0" ? "null" : "\"" fold "\""), rows, epochs
                printf "%s,\"seconds\":%s,\"digest\":%s%s", (kept ? kept : figures("", "")), seconds,
                    digest, trial
            }' "$2"
    ) || exit
    options=$(told "$5" | sed 's/[\\"]/\\&/g')
    line=$(printf '"name":"%s","fit":"%s","options":"%s",%s}' "$3" "$4" "$options" "$figures")
    # One write of one line, so that fits side by side do not mix theirs.
    grep -qF "$line" "$1" 2>/dev/null ||
        printf '{"time":"%s",%s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$line" >>"$1"
}

# ---- Scores ----

# flat JSON: a line "FILE ROWS CORRECT LOSS" for each model, FILE - for their mean
flat()
{
    awk -F '[:,]' '
        { gsub(/[ "]/, "") }
        $1 == "model" { file = $2 }
        $1 == "score" { inside = 1 }
        inside { of[$1] = $2 }
        inside && $1 == "classes" {
            print (file == "" ? "-" : file), of["rows"], of["correct"], of["loss"]
            inside = 0
            file = ""
        }' "$1"
}

# mean FITS: of $scores those that are theirs, as one: ROWS CORRECT LOSS; rows that several of them
# scored, as with several seeds, count once
mean()
{
    printf '%s\n' "$scores" | awk -v fits=" $1 " '
        $1 == "-" { data = $2 }
        { sub(/\.model\.st\.zst$/, "", $1) }
        index(fits, " " $1 " ") {
            rows += $2
            correct += $3
            loss += $2 * $4
            unknown += $4 == "null"
        }
        END { print data, correct * data / rows, (unknown ? "null" : loss / rows) }'
}

# effort FITS: EPOCHS (their mean) SECONDS, by the histories
effort()
{
    for fit in $1; do
        [ ! -e "$fit.history.jsonl" ] || cat "$fit.history.jsonl"
    done | awk '
        /^\{"event":"start"/ { fits++ }
        /^\{"event":"epoch"/ { epochs++ }
        /^\{"event":"end"/ && match($0, /"seconds":/) { seconds += substr($0, RSTART + 10) }
        END {
            if (!fits) print "- -"
            else printf (epochs % fits ? "%.1f %.1f\n" : "%d %.1f\n"), epochs / fits, seconds
        }'
}

# row NAME ROWS CORRECT LOSS EPOCHS SECONDS WHAT: a line of the table, WHAT cut at column 100
row()
{
    figures=$(printf '%s\n' "$2 $3 $4" | awk '{
        right = $2 / $1
        accuracy = sprintf("%6.2f %% +- %.2f %%", 100 * right, 100 * sqrt(right * (1 - right) / $1))
        printf "%-18s  %6s  %12s", accuracy, ($3 == "null" ? "-" : sprintf("%.4f", $3)),
            sprintf("%.0f/%d", $1 - $2, $1)
    }')
    line=$(printf "%-${width}s %s  %6s  %7s  %s" "$1" "$figures" "$5" "$6" "$7")
    [ ${#line} -le 100 ] || line=$(printf '%.97s...' "$line")
    printf '%s\n' "$line"
}

# table JSON [NAME FITS OPTIONS]...
table()
{
    scores=$(flat "$1") || exit
    case $1 in
    *.oof.json) how='out of fold' ;;
    *) how='on the rows held back' ;;
    esac
    shift
    width=8
    place=0
    for word in "$@"; do
        [ $((place % 3)) -ne 0 ] || [ ${#word} -le "$width" ] || width=${#word}
        place=$((place + 1))
    done
    printf "%-${width}s  %-17s  %6s  %12s  %6s  %7s  %s\n" \
        model accuracy loss wrong/rows epochs seconds options
    all=
    while [ $# -gt 0 ]; do
        # shellcheck disable=SC2046 # its words
        row "$1" $(mean "$2") $(effort "$2") "$(
            told "$3" | sed 's/^--trial --epochs [^ ]*/trial:/'
        )"
        all="$all $2"
        shift 3
    done
    count=$(printf '%s\n' "$scores" | grep -vc '^- ')
    # shellcheck disable=SC2046,SC2086
    row mean $(mean -) - "$(effort "$all" | cut -d ' ' -f 2)" "of $count, $how"
}

# oof JSON
oof()
{
    flat "$1" | awk '$1 == "-" {
        right = $3 / $2
        printf "out of fold: accuracy %.2f %% +- %.2f %%, loss %s, %d of %d wrong\n", 100 * right,
            100 * sqrt(right * (1 - right) / $2), ($4 == "null" ? "-" : sprintf("%.4f", $4)),
            $2 - $3, $2
    }'
}

what=$1
shift
case $what in
run) run "$@" ;;
oof) oof "$@" ;;
table)
    lines=$(table "$@") || exit
    printf '%s\n' "$lines" # at once, for other programs may be printing
    ;;
*) exit 64 ;;
esac
