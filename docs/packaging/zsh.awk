# Commands and options (options.awk) as a completion of zsh.
function quoted(text) {
    gsub(/'/, "'\\''", text)
    return "'" text "'"
}

# plain(TEXT): of an explanation, where _arguments has signs of its own.
function plain(text) {
    gsub(/\\/, "\\\\", text)
    gsub(/\[/, "\\[", text)
    gsub(/\]/, "\\]", text)
    gsub(/:/, "\\:", text)
    return text
}

# action(VALUES): how the words are completed.
function action(values) {
    if (values == "@file")
        return ":file:_files"
    if (values == "@dir")
        return ":folder:_files -/"
    if (values ~ /^@/)
        return ":name:_spikeq_name " substr(values, 2, index(values, " ") - 2)
    if (values ~ /:/) { # what a number is to follow
        gsub(/:/, "\\:", values)
        return ":value:compadd -S \"\" -- " values
    }
    return values == "" ? ":value: " : ":value:(" values ")"
}

BEGIN { FS = "\t" }
FNR == NR { name[++n] = $1; about[$1] = $2; next }
{
    spec = $3 == "-" ? $2 "[" plain($4) "]" : "*" $2 ($2 ~ /^--/ ? "=" : "") "[" plain($4) "]" action($3)
    specs[$1] = specs[$1] " \\\n            " quoted(spec)
}
END {
    print "#compdef spikeq"
    print "# Completion of spikeq for zsh. Written by docs/packaging/pages.sh from spikeq help --table.\n"
    print "# Names that the program lists, or a file. _arguments has options of compadd in front of the kind."
    print "_spikeq_name() {"
    print "    local -a found"
    print "    case ${@[-1]} in"
    print "    config) found=(${(f)\"$($program configs 2>/dev/null)\"}) ;;"
    print "    architecture) found=(${(f)\"$($program configs --architectures 2>/dev/null)\"}) ;;"
    print "    hardware) found=(${(f)\"$($program energy --list 2>/dev/null | sed -n '/^hardware profiles/,/^$/p' | sed 1,2d)\"}) ;;"
    print "    esac"
    print "    found=(${(u)found%% *})"
    print "    compadd \"${@[1,-2]}\" -a found"
    print "    _files \"${@[1,-2]}\""
    print "}\n"
    print "_spikeq() {"
    print "    local program=${~words[1]}"
    print "    local -a commands=("
    for (i = 1; i <= n; i++)
        print "        " quoted(name[i] ":" plain(about[name[i]]))
    print "    )"
    print "    if ((CURRENT == 2)); then"
    print "        commands+=('help:list the options of a command')"
    print "        [[ $PREFIX == -* ]] || _describe command commands"
    print "        [[ $PREFIX != -* ]] || compadd -- --help --version"
    print "        return"
    print "    fi"
    print "    shift words"
    print "    ((CURRENT--))"
    print "    case $words[1] in"
    print "    help) ((CURRENT > 2)) || _describe command commands ;;"
    for (i = 1; i <= n; i++)
        print "    " name[i] ")\n        _arguments" specs[name[i]] " \\\n            '--help[list the options]' \\\n            " \
            quoted("*" action(name[i] == "graph" ? "@config @file" : "@file")) "\n        ;;"
    print "    esac"
    print "}\n"
    print "if [[ $funcstack[1] == _spikeq ]]; then\n    _spikeq \"$@\"\nelse\n    compdef _spikeq spikeq\nfi"
}
