# Commands and options (options.awk) as a completion of bash, without the package bash-completion.
BEGIN {
    FS = "\t"
    quote = "'"
}
FNR == NR { commands = commands (commands != "" ? " " : "") $1; next }
{
    known[$1] = known[$1] " " $2
    if ($3 != "-")
        cases = cases "    " quote $1 " " $2 quote ") values=" quote $3 quote " ;;\n"
}
END {
    print "# Completion of spikeq for bash. Written by docs/packaging/pages.sh from spikeq help --table.\n"
    print "# What stands for names that the program lists."
    print "_spikeq_names() {"
    print "    case $2 in"
    print "    config) \"$1\" configs ;;"
    print "    architecture) \"$1\" configs --architectures ;;"
    print "    hardware) \"$1\" energy --list | sed -n " quote "/^hardware profiles/,/^$/p" quote " | sed 1,2d ;;"
    print "    esac 2>/dev/null | sed " quote "s/ .*//" quote " | uniq"
    print "}\n"
    print "# _spikeq_add PROGRAM WORD...: to COMPREPLY what begins like $cur."
    print "_spikeq_add() {"
    print "    local program=$1 word"
    print "    shift"
    print "    local -a found"
    print "    for word; do"
    print "        case $word in"
    print "        @file) compopt -o filenames; mapfile -t found < <(compgen -f -- \"$cur\") ;;"
    print "        @dir) compopt -o filenames; mapfile -t found < <(compgen -d -- \"$cur\") ;;"
    print "        @*) mapfile -t found < <(compgen -W \"$(_spikeq_names \"$program\" \"${word#@}\")\" -- \"$cur\") ;;"
    print "        *)"
    print "            mapfile -t found < <(compgen -W \"$word\" -- \"$cur\")"
    print "            [[ ${found[*]} != *: ]] || compopt -o nospace ;;"
    print "        esac 2>/dev/null"
    print "        COMPREPLY+=(\"${found[@]}\")"
    print "    done"
    print "}\n"
    print "_spikeq() {"
    print "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} command=${COMP_WORDS[1]}"
    print "    local program=${COMP_WORDS[0]/#\\~/$HOME} values=-"
    print "    COMPREPLY=()"
    print "    # --name=value comes as three words."
    print "    if [[ $cur == \"=\" ]]; then"
    print "        cur="
    print "    elif [[ $prev == \"=\" ]]; then"
    print "        prev=${COMP_WORDS[COMP_CWORD - 2]}"
    print "    fi"
    print "    if ((COMP_CWORD == 1)) || [[ $command == help ]]; then"
    print "        ((COMP_CWORD > 2)) || _spikeq_add \"$program\" " commands
    print "        ((COMP_CWORD > 1)) || _spikeq_add \"$program\" help --help --version"
    print "        return"
    print "    fi"
    print "    case \"$command $prev\" in"
    printf "%s", cases
    print "    esac"
    print "    if [[ $values != - ]]; then"
    print "        # shellcheck disable=SC2086"
    print "        _spikeq_add \"$program\" $values"
    print "        return"
    print "    fi"
    print "    case \"$command $cur\" in"
    n = split(commands, name, " ")
    for (i = 1; i <= n; i++)
        print "    " quote name[i] " -" quote "*) _spikeq_add \"$program\"" known[name[i]] " --help ;;"
    print "    " quote "graph " quote "*) _spikeq_add \"$program\" @config @file ;;"
    print "    *) _spikeq_add \"$program\" @file ;;"
    print "    esac"
    print "}\n"
    print "complete -F _spikeq spikeq"
}
