#!/bin/sh
# Man pages of the commands, and completions, written from what the program says of itself: pages from --help,
# completions from `spikeq help --table`, both of which are the library's table of options.
#   pages.sh SPIKEQ FOLDER VERSION DATE: FOLDER/man/spikeq-COMMAND.1, FOLDER/completions/{spikeq.bash,_spikeq,spikeq.fish}
here=$(dirname "$0")
spikeq=$1 folder=$2 version=$3 date=$4
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
mkdir -p "$folder/man" "$folder/completions" || exit

# "COMMAND<tab>about", in the order of the help.
"$spikeq" --help >"$work/help" || exit
sed -n 's/^  \([a-z]*\)  *\(.*\)/\1	\2/p' "$work/help" >"$work/commands"

while IFS='	' read -r command about; do
    "$spikeq" "$command" --help >"$work/help" || exit
    awk -f "$here/help.awk" "$work/help" "$work/help" >"$work/records" || exit
    awk -v name="$command" -v about="$about" -v version="$version" -v date="$date" -f "$here/man.awk" \
        "$work/records" >"$folder/man/spikeq-$command.1" || exit
done <"$work/commands" || exit

"$spikeq" help --table >"$work/table" || exit
awk -f "$here/options.awk" "$work/table" >"$work/options" || exit
for shell in bash zsh fish; do
    case $shell in zsh) file=_spikeq ;; *) file=spikeq.$shell ;; esac
    awk -f "$here/$shell.awk" "$work/commands" "$work/options" >"$folder/completions/$file" || exit
done
