# spikeq(1): the template docs/man/spikeq.1.in, with roff.awk, behind the records of all commands, each line a command and a
# record of help.awk. Variables: version. Lines of the template that begin with "@":
#   @usage      the usage of every command
#   @options    in a section of COMMANDS: the options of that command, in the order of its table, each with the note
#               below that has its name; what follows until @end are these notes
#   @--NAME     a note, what else is to say of an option: lines of roff
#   @end
# @VERSION@ is the version. A note or a section without its option or command is an error, and so is a command without one.

function wrong(text) {
    print "docs/man/spikeq.1.in:" FNR ": " text | "cat >&2"
    failed = 1
    exit 1
}

BEGIN { FS = "\t" }
FNR == NR {
    record = substr($0, length($1) + 2)
    if (!($1 in n))
        n[$1] = 0
    if ($2 == "usage")
        used[++n_used] = $3
    if ($2 == "entry") {
        option = $3
        sub(/^.*--/, "--", option)
        sub(/[^a-z-].*/, "", option)
        name[$1, ++n[$1]] = option
        row[$1, option] = record
    }
    next
}
/^@usage$/ {
    for (i = 1; i <= n_used; i++)
        usage(used[i])
    next
}
/^\.S[SH] / { command = substr($0, 5) }
/^@options$/ {
    if (!(command in n))
        wrong(command ": no command")
    in_notes = 1
    note = ""
    next
}
in_notes && /^@--/ {
    note = substr($0, 2)
    if (!((command, note) in row) || (command, note) in notes)
        wrong(command " " note ": no option, or noted above")
    notes[command, note] = ""
    next
}
in_notes && /^@end$/ {
    for (i = 1; i <= n[command]; i++) {
        entry(row[command, name[command, i]])
        if ((command, name[command, i]) in notes)
            printf ".br\n%s", notes[command, name[command, i]]
    }
    done[command] = 1
    in_notes = 0
    next
}
in_notes && note == "" { wrong(command ": a line before the first note") }
in_notes { notes[command, note] = notes[command, note] $0 "\n"; next }
/^@/ { wrong($0 ": not known") }
{ gsub(/@VERSION@/, version); print }
END {
    if (failed)
        exit 1
    for (command in n)
        if (!(command in done))
            wrong(command ": has no section with @options")
}
