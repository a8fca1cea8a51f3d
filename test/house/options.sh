#!/bin/sh
# Every option is written once, in the library's table (sim/api/options.inc, spikeq help --table): of every command
# its --help, its own man page, its section of spikeq(1) and the completions of three shells have exactly the rows of
# the table, and a bad value of each option is refused in one line that names it, with exit status 2.
cd "$(dirname "$0")/../.." || exit 1
spikeq=${SPIKEQ:-${B:-build/${VARIANT:-release}}/spikeq}
build=$(dirname "$spikeq")
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
unset MAKEFLAGS MFLAGS MAKELEVEL
passed=0
failed=0
tab=$(printf '\t')

# same NAME GOT WANTED: one test, that two files are equal.
same() {
    if [ -s "$3" ] && cmp -s "$2" "$3"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL $1: $(diff "$3" "$2" | head -n 5 | tr '\n' ' ')"
    fi
}

# The long options that a text names.
named() { grep -oE '(^|[^a-z-])--[a-z][a-z-]*[a-z]' | sed 's/.*--//' | grep -vx help | sort -u; }

# text: of roff. section COMMAND: of the whole page.
text() { sed 's/\\-/-/g; s/\\f[A-Z]//g'; }
section() { sed -n "/^\.SS $1\$/,/^\.S[SH] /p" "$build/pages/man/spikeq.1" | text; }

# bad NAME TYPE RANGE: the argument that makes getopt or the table refuse an option.
bad() {
    case $2 in
    flag) echo "--$1=x" ;;
    path | text | list) if [ "$3" = - ]; then echo "--$1"; else echo "--$1=-"; fi ;;
    *) echo "--$1=bad,value" ;;
    esac
}

make --no-print-directory B="$build" "$build/pages/done" >"$work/log" 2>&1 || cat "$work/log"
"$spikeq" help --table >"$work/table"
commands=$("$spikeq" --help | sed -n 's/^  \([a-z]*\)  .*/\1/p')
cut -f 2 "$work/table" | sort -u >"$work/every"
for command in $commands; do
    grep "^$command$tab" "$work/table" >"$work/rows"
    cut -f 2 "$work/rows" >"$work/names"
    awk -F '\t' '{ print ($3 != "" ? "-" $3 ", " : "") "--" $2 ($5 != "" ? " " $5 : "") }' "$work/rows" >"$work/entries"
    { sed 's/^/--/' "$work/names"; echo --help; } | sort >"$work/offers"

    "$spikeq" "$command" --help >"$work/help"
    sed -nE 's/^  (-.*)$/\1/p' "$work/help" | sed -E 's/   *.*$//; s/ +$//' >"$work/got"
    awk -v file="$work/entries" '{
        getline entry < file
        print index($0, entry) == 1 ? entry : $0
    }' "$work/got" >"$work/found"
    same "$command --help: its rows, in their order" "$work/found" "$work/entries"
    awk -F '\t' '{ print $8 }' "$work/rows" | tr -s ' \n' ' ' | tr ' ' '\n' | sort -u >"$work/words"
    tr -s ' \n' ' ' <"$work/help" | tr ' ' '\n' | sed 's/^(*//; s/)*;*$//' | sort -u >"$work/said"
    sed 's/^(*//; s/)*;*$//' "$work/words" | sort -u | comm -23 - "$work/said" >"$work/lost"
    echo "nothing lost" | cat "$work/lost" - >"$work/got"
    echo "nothing lost" >"$work/wanted"
    same "$command --help: what is said of them" "$work/got" "$work/wanted"

    sed -n '/^\.SH OPTIONS/,/^\.SH SEE/p' "$build/pages/man/spikeq-$command.1" | sed -n '/^\.TP/{n;p;}' | text >"$work/got"
    same "spikeq-$command(1)" "$work/got" "$work/entries"

    section "$command" | sed -n '/^\.TP/{n;p;}' >"$work/got"
    same "$command in spikeq(1)" "$work/got" "$work/entries"
    section "$command" | named | comm -13 "$work/every" - | sed 's/^/no option /' >"$work/got"
    echo "options that exist" | tee -a "$work/got" >"$work/wanted"
    same "$command in spikeq(1): what the notes name" "$work/got" "$work/wanted"

    sed -n "s/^ *'$command -'\*) _spikeq_add \"\$program\"\(.*\) ;;\$/\1/p" "$build/pages/completions/spikeq.bash" | tr ' ' '\n' |
        grep '^--' | sort >"$work/got"
    same "bash: $command" "$work/got" "$work/offers"
    sed -n "s/^complete -c spikeq -n '__spikeq_is $command' -l \([a-z-]*\).*/--\1/p" "$build/pages/completions/spikeq.fish" |
        sort >"$work/got"
    same "fish: $command" "$work/got" "$work/offers"
    sed -n "/^    $command)\$/,/;;/p" "$build/pages/completions/_spikeq" | grep -oE "'\\*?--[a-z-]+" | sed "s/.*'\\*\\?//" | sort \
        >"$work/got"
    same "zsh: $command" "$work/got" "$work/offers"

    awk -F '\t' '$4 == "choice" { gsub(/\|/, " ", $6); print $1 " --" $2 " " $6 }' "$work/rows" >"$work/wanted"
    while read -r _ option choices; do
        grep -qF "'$command $option') values='$choices'" "$build/pages/completions/spikeq.bash" && echo "$command $option $choices"
    done <"$work/wanted" >"$work/got"
    [ ! -s "$work/wanted" ] || same "bash: choices of $command" "$work/got" "$work/wanted"

    # Read from a file of its own: an option without a value would take the next line.
    while IFS= read -r row; do
        name=$(printf '%s' "$row" | cut -f 2)
        argument=$(bad "$name" "$(printf '%s' "$row" | cut -f 4)" "$(printf '%s' "$row" | cut -f 6)")
        "$spikeq" "$command" "$argument" >"$work/out" 2>"$work/err" </dev/null
        status=$?
        grep -qE -- "^spikeq $command: .*--$name[ :;]" "$work/err" && [ "$(wc -l <"$work/err")" -eq 1 ] && [ ! -s "$work/out" ] &&
            [ "$status" -eq 2 ] && echo "$name" || echo "$name: $argument: exit status $status: $(head -n 1 "$work/err")"
    done <"$work/rows" >"$work/got"
    same "$command: a bad value of each option" "$work/got" "$work/names"
done

# The template of spikeq(1) with a note too many, one twice, and without a section: seen, and no page is left.
altered() { # NAME WORDS SED
    mkdir -p "$work/docs/man"
    cp -R docs/packaging "$work/docs"
    sed "$3" docs/man/spikeq.1.in >"$work/docs/man/spikeq.1.in"
    sh "$work/docs/packaging/pages.sh" "$spikeq" "$work/pages" 0 2>"$work/err" && echo "made" >"$work/got" || sed "s/.*: \($2\)/\1/" "$work/err" >"$work/got"
    echo "$2" >"$work/wanted"
    same "spikeq(1): $1" "$work/got" "$work/wanted"
}
altered "a note of no option" "run --none: no option, or noted above" 's/^@--dump$/@--none/'
altered "a note twice" "run --dump: no option, or noted above" 's/^@--dump-reals$/@--dump/'
altered "a section of no command" "rum: no command" 's/^\.SS run$/.SS rum/'
altered "a command without a section" "merge: has no section with @options" '/^\.SS merge/,/^@end/d'
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt "$((7 * $(echo "$commands" | wc -w)))" ]
