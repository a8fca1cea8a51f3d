# Records of help.awk, each behind its command's name, as what completions need. A line an option:
#   COMMAND OPTION VALUES ABOUT
# with tabs between. OPTION is --name, or -letter. VALUES: "-" takes none; else words, some of which stand
# for files (@file), folders (@dir) and names that the program lists (@config, @architecture, @hardware); or
# nothing that can be said. Read first, as "flag COMMAND OPTION": options that take no value. An option that is
# said to be as another command's is as that command has it, the first of them.

# choices(TEXT, VALUE): the words that a text lists, as "layer (default) or step; same results" does.
function choices(text, value,    n, part, i, list, at) {
    while (match(text, / ?\([^()]*\)/))
        text = substr(text, 1, RSTART - 1) substr(text, RSTART + RLENGTH)
    sub(/;.*/, "", text)
    if ((at = match(text, /: /)) > 0) {
        list = choices(substr(text, 1, at - 1), value)
        return list != "" ? list : choices(substr(text, at + 2), value)
    }
    sub("^" value " is ", "", text)
    gsub(/,? or /, ", ", text)
    n = split(text, part, ", ")
    for (i = 1; i <= n; i++) {
        if (part[i] !~ /^[A-Za-z][A-Za-z0-9_-]*$/)
            return ""
        list = list (i > 1 ? " " : "") part[i]
    }
    return n > 1 ? list : ""
}

# named(VALUE): the words of "text|binary", but for those that stand for others.
function named(value,    n, part, i, list) {
    n = split(value, part, "|")
    for (i = 1; n > 1 && i <= n; i++)
        if (part[i] ~ /^[a-z]+$/)
            list = list (list != "" ? " " : "") part[i]
    return list
}

# values_of(OPTION, VALUE): what can stand for the value, by its name and by what is said of it.
function values_of(option, value,    i, list, said) {
    if (option ~ /^--(config|architecture|hardware)$/)
        return "@" substr(option, 3) " @file"
    if (value ~ /DIR/)
        return "@dir"
    if (value ~ /FILE|TRACE|TARGET|\.[a-z]+$/)
        return "@file"
    if ((list = named(value)) != "")
        return list
    for (i = 4; i <= NF && $i ~ /^[a-z0-9]+  +[^ ]/; i++) {
        said = $i
        sub(/ .*/, "", said)
        list = list (list != "" ? " " : "") said
    }
    if (i > NF && NF > 4)
        return list
    return value ~ /^([A-Z]|WHAT|NAME|FORMAT)$/ ? choices(all_said(), value) : ""
}

# all_said(): the lines about an entry as one.
function all_said(    text, i) {
    text = $4
    for (i = 5; i <= NF; i++)
        text = text " " $i
    return text
}

# shortened(TEXT): at most a line: what is in brackets, behind a semicolon or a colon is left out.
function shortened(text,    cut) {
    if (text ~ /[^ ]  +[^ ]/) # a table of what it may be
        return ""
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

# add(OPTION, VALUE): in the order of the help; what is said first counts.
function add(option, value) {
    key = $1 SUBSEP option
    if (key in is_known)
        return
    is_known[key] = 1
    order[++n_options] = key
    about[key] = NF > 3 ? shortened(all_said()) : usual_about[option]
    if (!(option in usual_about))
        usual_about[option] = about[key]
    if (key in is_flag)
        return
    values[key] = value != "" ? values_of(option, value) : usual[option]
    if (value != "" && !(option in usual))
        usual[option] = values[key]
}

BEGIN { FS = "\t" }
$1 == "flag" { is_flag[$2 SUBSEP $3] = 1; next }
$2 == "entry" {
    n = split($3, tag, /,? +/)
    for (i = 1; i <= n; i++) {
        if (tag[i] !~ /^-/)
            continue
        option = tag[i]
        # The value follows, or the same option's long name does.
        for (j = i + 1; j <= n && tag[i] ~ /^-.$/ && tag[j] ~ /^-/; j++)
            ;
        value = option ~ /^-.$/ ? tag[i + 2] : tag[i + 1]
        tags[option] = value !~ /^-/ ? value : ""
        found[++n_found] = option
    }
    for (i = 1; i <= n_found; i++)
        add(found[i], tags[found[i]])
    n_found = 0
}
END {
    for (i = 1; i <= n_options; i++) {
        key = order[i]
        split(key, part, SUBSEP)
        printf "%s\t%s\t%s\t%s\n", part[1], part[2], key in is_flag ? "-" : values[key], about[key]
    }
}
