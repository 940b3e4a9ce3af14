# awk -f makefile.awk Makefile.inc: blocks for fill.awk of the lists in its comment, "@variables" and
# "@targets", in which a name begins in column 7 and its description follows after two blanks.

!/^#/ { exit }

/^# (Variables|Targets):$/ {
    name = tolower($2)
    sub(":", "", name)
    print "@" name
    macro = name == "targets" ? "Cm" : "Va"
    list = 1
    lines = 0
    next
}

list && /^#$/ {
    if (lines) list = 0
    next
}

list && /^#     [^ ]/ {
    text = substr($0, 7)
    match(text, /  +/)
    names = substr(text, 1, RSTART - 1)
    gsub(/, /, " , " macro " ", names)
    print ".It " macro " " names
    say(substr(text, RSTART + RLENGTH))
}

list && /^#      / { say($0) }

function say(text)
{
    lines++
    sub(/^#? +/, "", text)
    gsub(/\. /, ".\n", text)
    sub(/^['.]/, "\\\\\\&&", text)
    print text
}
