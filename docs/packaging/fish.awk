# Commands and options (options.awk) as a completion of fish.
function quoted(text) {
    gsub(/[\\']/, "\\\\&", text)
    return "'" text "'"
}

# value(VALUES): how the words are completed.
function value(values) {
    if (values == "-")
        return ""
    if (values == "@file")
        return " -r -F"
    if (values == "@dir")
        return " -x -a '(__fish_complete_directories)'"
    if (values ~ /^@/)
        return " -r -F -a '(__spikeq_names " substr(values, 2, index(values, " ") - 2) ")'"
    return " -x" (values != "" ? " -a " quoted(values) : "")
}

BEGIN {
    FS = "\t"
    print "# Completion of spikeq for fish. Written by docs/packaging/pages.sh from spikeq help --table.\n"
    print "# Names that the program lists."
    print "function __spikeq_names"
    print "    set -l program (commandline -opc)[1]"
    print "    switch $argv[1]"
    print "        case config"
    print "            $program configs"
    print "        case architecture"
    print "            $program configs --architectures"
    print "        case hardware"
    print "            $program energy --list | sed -n '/^hardware profiles/,/^$/p' | sed 1,2d"
    print "    end 2>/dev/null | string replace -r ' .*' '' | uniq"
    print "end\n"
    print "# Is this the command?"
    print "function __spikeq_is"
    print "    set -l words (commandline -opc)"
    print "    test (count $words) -ge 2; and contains -- $words[2] $argv"
    print "end\n"
    print "# Is the command yet to come?"
    print "function __spikeq_begins"
    print "    test (count (commandline -opc)) -eq 1"
    print "end\n"
    print "complete -c spikeq -f"
    print "complete -c spikeq -n __spikeq_begins -l help -d 'list the commands'"
    print "complete -c spikeq -n __spikeq_begins -l version -d 'say how it was built'"
    print "complete -c spikeq -n __spikeq_begins -a help -d 'list the options of a command'"
}
FNR == NR {
    printf "complete -c spikeq -n '__spikeq_begins; or __spikeq_is help' -a %s -d %s\n", $1, quoted($2)
    printf "complete -c spikeq -n '__spikeq_is %s' -F%s\n", $1, $1 == "graph" ? " -a '(__spikeq_names config)'" : ""
    printf "complete -c spikeq -n '__spikeq_is %s' -l help -d 'list the options'\n", $1
    next
}
{
    dashes = $2 ~ /^--/ ? 2 : 1
    printf "complete -c spikeq -n '__spikeq_is %s' -%s %s%s -d %s\n", $1, dashes == 2 ? "l" : "s", substr($2, dashes + 1), \
        value($3), quoted($4)
}
