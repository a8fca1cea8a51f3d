# Records of help.awk as a man page. Variables: name, of the command; about, one line; version; date.

# escaped(TEXT): as roff text.
function escaped(text) {
    gsub(/\\/, "\\e", text)
    gsub(/--/, "\\-\\-", text)
    gsub(/(^|[ [(|])-/, "&\001", text)
    gsub(/-\001/, "\\-", text)
    return text
}

# line(TEXT): a text line, which no control character begins.
function line(text) {
    text = escaped(text)
    print (text ~ /^[.']/ ? "\\&" : "") text
}

# tagged(TEXT): options in bold, what they take in italics.
function tagged(text,    out, n, word, i, value) {
    n = split(text, word, " ")
    for (i = 1; i <= n; i++) {
        value = word[i]
        if (value ~ /^\[?-/)
            value = bold(value)
        else if (value !~ /^[][|.]+$/)
            value = italic(value)
        out = out (i > 1 ? " " : "") value
    }
    return out
}

# marked(TEXT, FONT): brackets, dots and commas around a word stay upright.
function marked(text, font,    before, after) {
    before = after = ""
    while (text ~ /^\[/) {
        before = before "["
        text = substr(text, 2)
    }
    if (match(text, /(\]|\.\.\.|,)+$/)) {
        after = substr(text, RSTART)
        text = substr(text, 1, RSTART - 1)
    }
    return before "\\f" font escaped(text) "\\fR" after
}
function bold(text) { return marked(text, "B") }
function italic(text) { return marked(text, "I") }

function paragraph(    i) {
    if (n_lines > 0 && starts)
        print ".PP"
    for (i = 1; i <= n_lines; i++)
        line(lines[i])
    starts = starts || n_lines > 0
    n_lines = 0
}

BEGIN {
    FS = "\t"
    whole = escaped("spikeq" (name != "" ? "-" name : ""))
    gsub(/-/, "\\-", whole)
    printf ".\\\" Written by docs/packaging/pages.sh from spikeq %s --help.\n", name
    printf ".TH %s 1 %s \"spikeq %s\" \"User commands\"\n", toupper(whole), date, version
    printf ".SH NAME\n%s \\- %s\n.SH SYNOPSIS\n", whole, escaped(about)
}
$1 == "usage" {
    if (n_usages++)
        print ".br"
    n = split($2, word, " ")
    rest = $2
    sub(/^spikeq [a-z]+ */, "", rest)
    print "\\fBspikeq " word[2] "\\fR " tagged(rest)
    next
}
$1 == "text" && $2 == "" { paragraph(); next }
$1 == "text" {
    if (!sections++)
        print ".SH DESCRIPTION"
    lines[++n_lines] = $2
    next
}
$1 == "entry" {
    if (!n_entries++) {
        print ".SH OPTIONS"
        starts = 0
    }
    paragraph()
    print ".TP\n" tagged($2)
    is_table = $3 ~ /[^ ]  +[^ ]/
    if (is_table)
        print ".nf"
    for (i = 3; i <= NF; i++)
        line($i)
    if (is_table)
        print ".fi"
    starts = 1
}
END {
    paragraph()
    print ".SH SEE ALSO\n.BR spikeq (1)"
}
