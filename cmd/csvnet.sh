#!/bin/sh
# The one command on the PATH: runs the programs, which live in a folder of their own because
# `split` would shadow another program. Everything is found from this file's own place, so that an
# installed tree can be moved.
set -u
unset CDPATH

self=$(readlink -f "$0" 2>/dev/null) || self=$0
here=$(dirname "$self")
programs=$here/../libexec/csvnet
[ -d "$programs" ] || programs=$here # not installed: build/bin

usage()
{
    cat <<'END' || exit 74
usage: csvnet PROGRAM ARGUMENTS...
       csvnet help [NAME]
       csvnet init | --inc | --version | --help

Programs (each explains itself with --help):
  ingest    a CSV into a tensor file
  split     a tensor file into parts: training and validation
  fit       trains a network
  predict   probabilities from one model or several
  submit    predictions into a submission file; checks and scores one
  compare   whether one of two predictions is better, or only luckier
  show      data, models, predictions, histories: figures, pictures, curves
  report    one page about a run: samples, curves, scores, mistakes
  explain   what made a tensor file, and whether that is still on disk

  help NAME show a program's manual page, or makefile's or tensor-file's
  init      write a commented Makefile here that chains them for your CSVs
  --inc     print where the rules are that such a Makefile includes
END
}

# alone WORD [ARGUMENT...]: WORD takes no more arguments.
alone()
{
    [ $# -eq 1 ] || {
        echo "csvnet: $1 takes no argument '$2'; csvnet --help lists what there is" >&2
        exit 64
    }
}

# nearest WORD: the program that it is spelt most like: the same but for a letter left out of each
nearest()
{
    printf '%s\n' ingest split fit predict submit compare show report explain help init |
        word=$1 awk '
            function without(text, i) { return substr(text, 1, i - 1) substr(text, i + 1) }
            {
                for (i = 1; i <= length($0) + 1; i++)
                    for (j = 1; j <= length(ENVIRON["word"]) + 1; j++)
                        if (without($0, i) == without(ENVIRON["word"], j)) {
                            print "; there is " $0
                            exit
                        }
            }'
}

about_init()
{
    cat <<'END' || exit 74
usage: csvnet init

Writes a Makefile into this folder, unless there is one: a few lines for you to
change, with comments, by which make goes from train.csv and test.csv to
submission.csv. It is written for what is here: these two, also packed (.gz,
.zst, in a .zip), and sample_submission.csv, whose form the submission then has;
or the folders train and test of pictures, and what names these.
csvnet help makefile explains all that it may say.
END
}

# unnameable FILE: make cannot take the name of this archive
unnameable()
{
    case $1 in
    *[[:space:]\#\$:\;\|]*) ;;
    *) return 1 ;;
    esac
}

# find_csv NAME...: what make calls the first of these files that is here, plain or packed
find_csv()
{
    for name; do
        for file in "$name" "$name.gz" "$name.zst"; do
            [ ! -f "$file" ] || {
                echo "$file"
                return
            }
        done
        for file in *.zip; do
            [ -f "$file" ] || continue
            ! unnameable "$file" || continue
            member=$(unzip -Z1 "$file" 2>/dev/null | grep -E "^([^[:space:]#\$]*/)?$name\$" | head -n 1)
            [ -z "$member" ] || {
                echo "$file:$member"
                return
            }
        done
    done
}

# head_of FILE: the first two lines of a CSV as find_csv calls it
head_of()
{
    case $1 in
    *.gz) gzip -dc "$1" ;;
    *.zst) zstd -dc "$1" ;;
    *.zip:*) unzip -P '' -p "${1%%:*}" "${1#*:}" ;;
    *) cat "$1" ;;
    esac 2>/dev/null | head -n 2
}

# has_numbers: all cells after the id are numbers in the second line of standard input
has_numbers()
{
    awk -F , '
        NR == 1 { columns = NF }
        NR == 2 {
            gsub(/[" \r]/, "")
            for (i = NF; i > NF - columns + 1; i--) if ($i !~ /^[-+.0-9eE]+$/) exit
            all = 1
        }
        END { exit !all }'
}

# has_pictures FOLDER
has_pictures()
{
    for file in "$1"/*.png "$1"/*.jpg "$1"/*.jpeg "$1"/*.PNG "$1"/*.JPG "$1"/*.JPEG; do
        [ ! -f "$file" ] || return 0
    done
    return 1
}

# folder_of FILE FOLDER...: the first of these folders with the picture that a CSV's first row names
folder_of()
{
    picture=$(head_of "$1" | awk -F , 'NR == 2 && NF < 100 { gsub(/["\r]/, ""); print $1 }')
    shift
    [ -n "$picture" ] || return 0
    for folder; do
        for ending in '' .png .jpg .jpeg .PNG .JPG .JPEG; do
            [ ! -f "$folder/$picture$ending" ] || {
                echo "$folder"
                return
            }
        done
    done
}

# find_pictures: makes $train and $test what names the pictures that are here, or their folders
find_pictures()
{
    for name in train.csv train_labels.csv trainLabels.csv labels.csv; do
        file=$(find_csv $name)
        folder=$(folder_of "$file" train train_images images)
        [ -z "$folder" ] || {
            train=$file train_ingest="--pictures $folder"
            break
        }
    done
    for folder in train/*; do
        [ "$train" ] || [ ! -d "$folder" ] || ! has_pictures "$folder" || train='train'
    done
    [ "$train_ingest" ] || [ "$train" = train ] || return 0
    folder=$(folder_of "$test" test test_images images)
    [ -z "$folder" ] || test_ingest="--pictures $folder"
    [ -z "$test" ] || return 0
    folder=$(folder_of "$sample" test test_images images)
    if [ "$folder" ]; then
        test=$sample test_ingest="--pictures $folder --label none"
    elif has_pictures test; then
        test='test'
    fi
}

init()
{
    [ "${1-}" != --help ] || {
        about_init
        exit
    }
    alone init "$@"
    for name in GNUmakefile makefile Makefile; do
        [ ! -e "$name" ] || {
            echo "csvnet: init: $name is already here; it stays as it is" >&2
            exit 73
        }
    done
    [ -w . ] || {
        echo 'csvnet: init: no file can be written in this folder' >&2
        exit 73
    }
    train=$(find_csv train.csv) test=$(find_csv test.csv)
    sample=$(find_csv sample_submission.csv sampleSubmission.csv) train_ingest='' test_ingest=''
    find_pictures
    case ${sample:+$(head_of "$sample" | head -n 1)} in
    '') submit= ;;
    *,*,*) submit=$(head_of "$sample" | has_numbers && echo "--sample $sample --probabilities") ;;
    *) submit="--sample $sample" ;;
    esac
    cat >Makefile <<END || exit 73
# make               submission.csv from the CSVs
# make try           a trial of all of it in seconds, on 2,000 rows, through to try.csv
# make why           what would run, and because of what; only what is out of date does
# make scores        what each model scored
# make report.html   a page: samples, learning curves, scores, mistakes
# make csvnet-clean  removes what was made

# Other makes than GNU's are told so.
gnu != case '\$(MAKE_VERSION)' in *.*) ;; *) echo 'csvnet: this Makefile needs GNU make: gmake' >&2 ;; esac

all: submission.csv

TRAIN  = ${train:-train.csv}
TEST   = ${test:-test.csv}
${train_ingest:+TRAIN.ingest = $train_ingest
}${test_ingest:+TEST.ingest  = $test_ingest
}${submit:+# Columns, order of the rows and spelling of the labels are those of the sample.
SUBMIT = $submit
}
# A tenth of the rows is held back from training for the validation score; or say another share, a
# count, a labelled CSV, or none:
# VAL = 20%
# Or train each model five times, each time without another fifth, which validates it. What came of
# it: make oof scores
# FOLDS = 5

# The submission is the mean of these models; csvnet fit --help has the options.
MODELS = a
a.fit  = --arch smallcnn --epochs 5
# MODELS += b
# b.fit  = --arch lenet5 --epochs 8 --seed 2

include \$(shell csvnet --inc)
END
    if [ "$train" ] && [ "$test" ]; then
        echo "csvnet: wrote Makefile for $train and $test${submit:+, in the form of $sample}; next: make try; make"
    else
        echo 'csvnet: wrote Makefile; set TRAIN and TEST in it, then: make try; make'
        for file in *.zip; do
            ! unnameable "$file" || echo "csvnet: $file was passed over: make takes no name with blanks or # \$ : ; |"
        done
    fi
    [ -z "$sample" ] || [ "$submit" ] ||
        echo "csvnet: $sample was passed over: it has neither ids and labels nor numbers in all columns after the ids"
    command -v csvnet >/dev/null || echo "csvnet: make has to find it on the PATH: PATH=$here:\$PATH"
}

# help [NAME]: its manual page, or as plain text where there is no man, or the short help. The words
# that are no programs are in csvnet's own page.
help()
{
    [ $# -lt 2 ] || alone "help $1" "$2"
    pages=$here/../share/man
    case ${1-} in
    --help)
        usage
        exit
        ;;
    init | help) page=csvnet ;;
    *) page=csvnet${1:+-$1} ;;
    esac
    page=$(ls "$pages"/man[15]/"$page".[15] 2>/dev/null) || {
        echo "csvnet: help: there is no page for '$1'; csvnet --help lists the programs" >&2
        exit 64
    }
    for reader in man mandoc; do
        ! command -v $reader >/dev/null || exec $reader "$page"
    done
    echo "csvnet: help: without man or mandoc, which show $page, here is the short help" >&2
    case ${1-} in
    init) about_init ;;
    '' | help | makefile | tensor-file) usage ;;
    *) exec "$programs/$1" --help ;;
    esac
}

case ${1-} in
ingest | split | fit | predict | submit | compare | show | report | explain)
    name=$1
    shift
    exec "$programs/$name" "$@"
    ;;
help | init)
    "$@"
    ;;
--inc)
    alone "$@"
    inc=$(cd "$here/../share/csvnet" && pwd)/Makefile.inc
    case $inc in
    *[[:space:]]*)
        echo "csvnet: make cannot include $inc, for its name has blanks; install csvnet elsewhere" >&2
        exit 73
        ;;
    esac
    echo "$inc" || exit 74
    ;;
--version)
    alone "$@"
    exec "$programs/ingest" --version
    ;;
--help)
    alone "$@"
    usage
    ;;
'')
    usage >&2
    exit 64
    ;;
*)
    echo "csvnet: there is no program '$1'$(nearest "$1"); csvnet --help lists them" >&2
    exit 64
    ;;
esac
