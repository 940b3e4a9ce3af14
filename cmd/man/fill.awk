# awk -f fill.awk blocks=1 BLOCKS blocks=0 PAGE: the page with the blocks of text in place of
# the lines that name them, "@options" and the like; "@include FILE" is a file next to the page.

blocks {
    if (/^@/) name = $0
    else block[name] = block[name] $0 "\n"
    next
}

/^@include / {
    file = FILENAME
    sub("[^/]*$", $2, file)
    while ((got = (getline line <file)) > 0) print line
    close(file)
    if (got < 0) fail(file " cannot be read")
    next
}

/^@/ {
    if (!($0 in block)) fail("there is no block " $0)
    printf "%s", block[$0]
    next
}

{ print }

function fail(why)
{
    print FILENAME ":" FNR ": " why >"/dev/stderr"
    exit 1
}
