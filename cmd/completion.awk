# awk -v program=NAME -f completion.awk WORDS: fish's line for each option of --help=words.

{
    value = NF > 1 ? $2 ~ /=|^FILE|[|]FILE$|^SPEC$|^MODEL$/ ? " -r" : " -x" : ""
    words = ""
    for (i = 3; i <= NF; i++) words = words (i > 3 ? " " : "") $i
    printf "complete -c csvnet -n '__csvnet_runs %s' -%s %s%s%s\n", program, $1 ~ /^--/ ? "l" : "s", substr($1, $1 ~ /^--/ ? 3 : 2),
        value, words == "" ? "" : " -a '" words "'"
}
