# Rows of `spikeq help --table` as what completions need. A line an option:
#   COMMAND OPTION VALUES ABOUT
# with tabs between. OPTION is --name, or -letter. VALUES: "-" takes none; else words, some of which stand
# for files (@file), folders (@dir) and names that the program lists (@config, @architecture, @hardware); or
# nothing that can be said.

# values_of(TYPE, RANGE): what can stand for the value.
function values_of(type, range,    words) {
    if (type == "flag")
        return "-"
    if (type == "path")
        return range == "folder" ? "@dir" : "@file"
    if (range ~ /^@/)
        return range " @file"
    words = range
    if (type == "count")
        sub(/^[^|]*\|?/, "", words) # behind the numbers
    else if (type != "choice" && type != "text")
        return ""
    gsub(/\|/, " ", words)
    return words
}

# shortened(TEXT): at most a line: what is in brackets, behind a semicolon or a colon is left out.
function shortened(text,    cut) {
    while (match(text, / ?\([^()]*\)/))
        text = substr(text, 1, RSTART - 1) substr(text, RSTART + RLENGTH)
    cut = text
    sub(/[;:] .*/, "", cut)
    if (length(cut) >= 12)
        text = cut
    if (length(text) > 70) {
        text = substr(text, 1, 71)
        sub(/[ ,;:]+[^ ]*$/, "", text)
    }
    return text
}

BEGIN { FS = OFS = "\t" }
{
    print $1, "--" $2, values_of($4, $6), shortened($8)
    if ($3 != "")
        print $1, "-" $3, values_of($4, $6), shortened($8)
}
