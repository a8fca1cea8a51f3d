#!/bin/sh
# Man pages and completions, written from what the program says of itself: pages from --help,
# completions from `spikeq help --table`, both of which are the library's table of options. spikeq(1) has besides what
# docs/man/spikeq.1.in says.
#   pages.sh SPIKEQ FOLDER VERSION: FOLDER/man/spikeq.1, FOLDER/man/spikeq-COMMAND.1,
#       FOLDER/completions/{spikeq.bash,_spikeq,spikeq.fish}
here=$(dirname "$0")
spikeq=$1 folder=$2 version=$3 whole=$here/../man/spikeq.1.in
date=$(awk '$1 == ".TH" { print $4 }' "$whole")
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
mkdir -p "$folder/man" "$folder/completions" || exit

# "COMMAND<tab>about", in the order of the help.
"$spikeq" --help >"$work/help" || exit
sed -n 's/^  \([a-z]*\)  *\(.*\)/\1	\2/p' "$work/help" >"$work/commands"

while IFS='	' read -r command about; do
    "$spikeq" "$command" --help >"$work/help" || exit
    awk -f "$here/help.awk" "$work/help" "$work/help" >"$work/records" || exit
    awk -v name="$command" -v about="$about" -v version="$version" -v date="$date" -f "$here/roff.awk" -f "$here/man.awk" \
        "$work/records" >"$folder/man/spikeq-$command.1" || exit
    sed "s/^/$command	/" "$work/records" >>"$work/every" || exit
done <"$work/commands" || exit
awk -v version="$version" -f "$here/roff.awk" -f "$here/whole.awk" "$work/every" "$whole" >"$folder/man/spikeq.1" || exit

"$spikeq" help --table >"$work/table" || exit
awk -f "$here/options.awk" "$work/table" >"$work/options" || exit
for shell in bash zsh fish; do
    case $shell in zsh) file=_spikeq ;; *) file=spikeq.$shell ;; esac
    awk -f "$here/$shell.awk" "$work/commands" "$work/options" >"$folder/completions/$file" || exit
done
