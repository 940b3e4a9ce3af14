#!/bin/sh
# Tests the order of folders: order.sh 'FOLDERS, bottom first' FOLDER-OF-OBJECTS OBJECT... A file includes only files of its
# own folder and of folders before it; every folder is in the list; and no files need each other in a circle, as the
# linker sees it: by the functions and variables that an object takes from another.
set -u
folders=$1
objects=$2
shift 2
scratch=$(mktemp -d) || exit
trap 'rm -rf "$scratch"' EXIT

# shellcheck disable=SC2046 # names without blanks
awk -v folders="$folders" '
function folder_of(path) { sub("/[^/]*$", "", path); return path }
function wrong(what) { print FILENAME ":" FNR ": " what; failed = 1 }
BEGIN { count = split(folders, list, " "); for (i = 1; i <= count; i++) rank[list[i]] = i }
FNR == 1 {
    files++
    folder = folder_of(FILENAME)
    if (!(folder in rank)) wrong("the folder " folder " has no place in the order")
}
/^[ \t]*#[ \t]*include[ \t]*"/ {
    split($0, parts, "\"")
    other = parts[2] ~ "/" ? folder_of(parts[2]) : folder
    if (!(other in rank)) wrong("\"" parts[2] "\" is in no folder that has a place in the order")
    else if (rank[other] > rank[folder]) wrong("\"" parts[2] "\" is in a later folder")
}
END { print "order: " files " files in " count " folders"; exit failed || !files }' \
    $(find nn pipeline cmd -name '*.[ch]' | LC_ALL=C sort) || exit

# A pair for each symbol that one object takes from another.
"${NM:-nm}" -A "$@" >"$scratch/symbols" || exit
awk -v top="$objects/" '
{
    split($1, parts, ":")
    file = substr(parts[1], length(top) + 1)
    if ($(NF - 1) == "U") taken[file " " $NF]
    else if ($(NF - 1) ~ /^[BCDGRSTVW]$/) giver[$NF] = file
}
END {
    for (pair in taken) {
        split(pair, parts, " ")
        if (parts[2] in giver && giver[parts[2]] != parts[1]) print parts[1], giver[parts[2]]
    }
}' "$scratch/symbols" >"$scratch/pairs" || exit
[ -s "$scratch/pairs" ] || { echo 'order: no object takes anything from another'; exit 1; }
tsort "$scratch/pairs" >/dev/null 2>"$scratch/circles" && exit
echo 'order: these files need each other in a circle:'
sed 's/^tsort: //; /input contains a loop/d' "$scratch/circles" | LC_ALL=C sort -u
exit 1
