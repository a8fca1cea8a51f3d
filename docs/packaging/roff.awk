# What the man pages share: records of help.awk as roff, for man.awk and whole.awk.

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

# usage(LINE): a line of "usage:".
function usage(text,    word, rest) {
    if (n_usages++)
        print ".br"
    split(text, word, " ")
    rest = text
    sub(/^spikeq [a-z]+ */, "", rest)
    print "\\fBspikeq " word[2] "\\fR " tagged(rest)
}

# entry(RECORD): an option and what is said of it.
function entry(record,    field, n, i, is_table) {
    n = split(record, field, "\t")
    print ".TP\n" tagged(field[2])
    is_table = field[3] ~ /[^ ]  +[^ ]/
    if (is_table)
        print ".nf"
    for (i = 3; i <= n; i++)
        line(field[i])
    if (is_table)
        print ".fi"
}
