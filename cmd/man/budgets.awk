# awk -f budgets.awk README.md: its table of budgets as a block for fill.awk, "@budgets".

BEGIN {
    FS = " *[|] *"
    print "@budgets"
}

/^[|] `/ && NF == 6 {
    gsub("`", "")
    gsub("±", "\\(+-")
    printf ".It %s Ta %s Ta %s Ta\n%s\n", $2, $3, $5, $4
    count++
}

END { exit !count }
