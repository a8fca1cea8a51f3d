# What a command's --help says, as records for the man pages and completions. A record a line, its fields
# separated by tabs:
#   usage LINE                    a line of "usage:"
#   text LINE                     a line of prose, empty between paragraphs
#   entry TAGS LINE...            options with their values, "-o, --output FILE", and the lines about them

# split_entry(LINE): tags and what is said beside them, two blanks apart, or one where the tags end just
# before the column of the texts.
function split_entry(line,    at) {
    line = substr(line, 3)
    said = ""
    if ((at = match(line, /  +[^ ]/)) > 0) {
        said = substr(line, at + RLENGTH - 1)
        line = substr(line, 1, at - 1)
    } else if (column > 0 && substr(line, column - 3, 1) == " " && substr(line, 1, column - 4) !~ /,$/ &&
               substr(line, column - 2) !~ /^-/) {
        said = substr(line, column - 2)
        line = substr(line, 1, column - 4)
    }
    return line
}

function flush() {
    if (tags != "")
        printf "entry\t%s%s\n", tags, lines
    tags = lines = ""
}

# The column where most texts beside and under options begin: the file is read twice.
FNR == 1 { pass++ }
pass == 1 {
    at = 0
    if (match($0, /^        +[^ ]/) || (/^  -/ && match($0, /^  -.*[^ ]  +[^ ]/) && $0 !~ /[^ ]  +.*[^ ]  +/))
        at = RLENGTH
    if (at > 0 && ++seen[at] > most) {
        most = seen[at]
        column = at
    }
    next
}
/^usage: / { sub(/^usage: /, ""); in_usage = 1; print "usage\t" $0; next }
in_usage && /^       [^ ]/ { sub(/^ +/, ""); print "usage\t" $0; next }
{ in_usage = 0 }
/^  -/ {
    new = split_entry($0)
    if (tags ~ /,$/ && lines == "") {
        tags = tags " " new
    } else {
        flush()
        tags = new
    }
    if (said != "")
        lines = "\t" said
    next
}
tags != "" && /^        / {
    lines = lines "\t" (match($0, /^ +/) + RLENGTH >= column ? substr($0, column) : substr($0, RLENGTH + 1))
    next
}
{ flush(); print "text\t" $0 }
END { flush() }
