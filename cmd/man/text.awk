# awk -f text.awk PAGE: a page as plain text, for where nothing shows pages; of mdoc's macros those that
# such a page needs.

BEGIN { width = 78 }

/^\./ {
    count = split(substr($0, 2), word, / +/)
    macro = word[1]
    if (literal && macro != "Ed") fail("a macro within what is literal: " macro)
    else if (macro ~ /^(Dd|Dt|Os)$/) next
    else if (macro ~ /^(Sh|Ss)$/) head(rest(2))
    else if (macro == "Nm" && section == "NAME") say(rest(2))
    else if (macro == "Nd") say("- " rest(2))
    else if (macro ~ /^(Nm|Li|Pa)$/) say(joined(2))
    else if (macro == "Pq") say(in_brackets(joined(3)))
    else if (macro == "Xr") say(word[2] "(" word[3] ")" word[4])
    else if (macro ~ /^%/) source = source (source == "" ? "" : ", ") rest(2)
    else if (macro == "Re") { say(source "."); source = "" }
    else if (macro ~ /^(Pp|Rs)$/) { end(); print "" }
    else if (macro == "Bd") { end(); print ""; literal = 1 }
    else if (macro == "Ed") literal = 0
    else if (macro == "Bl") listed = 1
    else if (macro == "El") { end(); listed = 0 }
    else if (macro == "It") { end(); print ""; print "    " rest(3) }
    else fail("the macro " macro " is not known here")
    next
}

literal { print "        " plain($0); next }

{ say($0) }

END { end() }

function head(text)
{
    end()
    if (section != "") print ""
    if (macro == "Sh") section = text
    print (macro == "Ss" ? "  " : "") text
}

# The words of the line from that one on.
function rest(first,    i, text)
{
    for (i = first; i <= count; i++) text = text (i > first ? " " : "") word[i]
    return text
}

# Likewise, without blanks before marks.
function joined(first,    text)
{
    text = rest(first)
    gsub(/ ,/, ",", text)
    gsub(/ :/, ":", text)
    gsub(/ ;/, ";", text)
    gsub(/ \./, ".", text)
    return text
}

function in_brackets(text,    mark)
{
    if (match(text, /[,.;]+$/)) {
        mark = substr(text, RSTART)
        text = substr(text, 1, RSTART - 1)
    }
    return "(" text ")" mark
}

function plain(text)
{
    gsub(/\\\(dq/, "\"", text)
    gsub(/\\\(aq/, "'", text)
    gsub(/\\e/, "\\", text)
    gsub(/\\&/, "", text)
    return text
}

# Fills lines.
function say(text,    i, n, part)
{
    n = split(plain(text), part, / +/)
    for (i = 1; i <= n; i++) {
        if (line != "" && length(line) + 1 + length(part[i]) > width) end()
        line = line == "" ? (listed ? "        " : "    ") part[i] : line " " part[i]
    }
}

function end()
{
    if (line != "") print line
    line = ""
}

function fail(why)
{
    print FILENAME ":" FNR ": " why >"/dev/stderr"
    exit 1
}
