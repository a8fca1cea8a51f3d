# Records of help.awk as a man page, with roff.awk. Variables: name, of the command; about, one line; version; date.

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
    usage($2)
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
    entry($0)
    starts = 1
}
END {
    paragraph()
    print ".SH SEE ALSO\n.BR spikeq (1)"
}
