# The manual: mandoc finds nothing to say of it; each program has a page, with all its options; pages
# refer to pages that are there; the lines fit a terminal.
programs_run_here
pages=$CSVNET_BIN/../share/man
# What is looked for among the installed pages is looked for here below.
for page in "$pages"/man[157]/*; do
    mandoc -Tlint "$page" 2>&1 | grep -v "referenced manual not found\|outdated mandoc.db"
done
for page in "$pages"/man[157]/*; do
    sed -n 's/^\.Xr \(csvnet[^ ]*\) \([157]\).*/\1.\2/p' "$page" | sort -u | while read -r other; do
        [ -e "$pages/man${other##*.}/$other" ] || echo "$(basename "$page") refers to $other"
    done
    mandoc -Tascii "$page" | sed 's|.\x08||g' >.page
    echo "$(basename "$page"): $(grep -c . .page) lines, $(grep -c '.\{81\}' .page) over 80 columns"
done | sed 's/[0-9]* lines/N lines/'
echo '-- every option'
for program in $(csvnet --help | sed -n 's/^  \([a-z]*\)  *.*/\1/p' | grep -v -e init -e help -e devices); do
    mandoc -Tascii "$pages/man1/csvnet-$program.1" | sed 's/.\x08//g' >.page
    csvnet $program --help=words | grep -o '^--[a-z-]*' | while read -r option; do
        grep -q -e "^     .*$option" .page || echo "$program: $option is not there"
    done
    csvnet $program --help | grep '.\{81\}'
    echo "$program"
done
echo '-- every layer'
mandoc -Tascii "$pages/man1/csvnet-fit.1" | sed 's/.\x08//g' >.page
sed -n 's/.*\.usage = "\(.*\)",/\1/p' "$CSVNET_TOP"/nn/layers/layer_*.c "$CSVNET_TOP"/nn/layers/conv2d/layer_*.c | while read -r usage; do
    grep -qF "     $usage" .page || echo "$usage is not there"
done
echo '-- every variable and target'
mandoc -Tascii "$pages/man5/csvnet-makefile.5" | sed 's/.\x08//g' >.page
sed -n 's/^#     \([A-Za-z._-]*\)\(,.*\)\?  .*/\1/p' "$CSVNET_TOP/Makefile.inc" | grep -v -x -e a.fit -e a.weight |
    while read -r word; do
        grep -q "^     $word" .page || echo "$word is not there"
    done
sed -n '/^csvnet_variables := /,/[^\\]$/p' "$CSVNET_TOP/Makefile.inc" | tr ' ' '\n' | grep -x '[A-Z]*' |
    while read -r word; do
        grep -q "^#     \(.*, \)\?$word\(,\|  \)" "$CSVNET_TOP/Makefile.inc" || echo "$word is not explained by make help"
    done
echo '-- csvnet help'
mkdir readers
printf '#!/bin/sh\necho "man ${1##*/man/}"\n' >readers/man
chmod +x readers/man
(
    PATH=$PWD/readers:$PATH
    run csvnet help
    run csvnet help fit
    run csvnet help makefile
    run csvnet help init
    run csvnet help nonsense
)
