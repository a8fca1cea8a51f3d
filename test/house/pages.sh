#!/bin/sh
# What is written from --help: spikeq(1) and a man page a command, clean for man and mandoc, and completions that know every
# option, typed into bash and zsh on a terminal, and asked of fish.
cd "$(dirname "$0")/../.." || exit 1
spikeq=${SPIKEQ:-${B:-build/${VARIANT:-release}}/spikeq}
build=$(dirname "$spikeq")
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
unset SPIKEQ_CONFIGS MAKEFLAGS MFLAGS MAKELEVEL
passed=0 failed=0 skipped=0

# expect NAME GOT WANTED: one test.
expect() {
    if [ "$2" = "$3" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        printf 'FAIL %s: "%s" instead of "%s"\n' "$1" "$(echo "$2" | head -n 5)" "$3"
    fi
}
skip() {
    echo "skip: $1: needs $2"
    skipped=$((skipped + 1))
}

make --no-print-directory B="$build" "$build/pages/done" >"$work/log" 2>&1 || cat "$work/log"
pages=$build/pages
commands=$("$spikeq" --help | sed -n 's/^  \([a-z]*\)  .*/\1/p')
expect "a page a command" "$(cd "$pages/man" && LC_ALL=C ls | tr '\n' ' ' | sed 's/ $//')" \
    "$({ for command in $commands; do echo "spikeq-$command.1"; done; echo spikeq.1; } | LC_ALL=C sort | tr '\n' ' ' | sed 's/ $//')"

# Every word of the help is in the page: nothing was lost on the way.
words() { tr -cs 'A-Za-z0-9-' '\n' | sort -u; }
for command in $commands; do
    sed -e '/^\.\\"/d' -e 's/^\.[A-Z]*//' -e 's/\\f[A-Z]//g; s/\\-/-/g' "$pages/man/spikeq-$command.1" | words >"$work/page"
    expect "$command: its help" "$("$spikeq" "$command" --help | grep -v '^usage:' | words | comm -23 - "$work/page")" ""
done

for page in "$pages"/man/*; do
    name=${page##*/}
    if command -v man >"$work/log" && man -l --warnings -Tutf8 "$page" >"$work/log" 2>&1; then
        expect "man: $name" "$(LC_ALL=C.UTF-8 MANROFFSEQ='' man -l --warnings -Tutf8 "$page" 2>&1 >"$work/log")" ""
    else
        skip "man pages by man" man-db
    fi
    if command -v mandoc >"$work/log"; then
        expect "mandoc: $name" "$(mandoc -T lint -W warning "$page" 2>&1)" ""
    else
        skip "man pages by mandoc" mandoc
    fi
done

# All that bash offers behind "spikeq COMMAND -" is what the help names and the command takes.
cat >"$work/offered.bash" <<'BASH'
source "$1"
COMP_WORDS=("$2" "$3" -) COMP_CWORD=2
_spikeq 2>/dev/null
printf '%s\n' "${COMPREPLY[@]}"
BASH
for command in $commands; do
    bash "$work/offered.bash" "$pages/completions/spikeq.bash" "$spikeq" "$command" | grep '^--' | sort >"$work/offered"
    "$spikeq" "$command" --help | grep -oE '(^|[^a-z-])--[a-z][a-z-]*[a-z]' | sed 's/.*--/--/' | grep -vx -e --help |
        sort -u >"$work/named"
    echo --help >>"$work/named"
    while read -r option; do
        "$spikeq" "$command" "$option=" 2>&1 </dev/null | grep -qE "unknown option|ambiguous" || echo "$option"
    done <"$work/named" | sort >"$work/taken"
    # "--architecture" of configs, whose option is --architectures: short for it, and not offered.
    expect "bash: options of $command" "$(comm -3 "$work/offered" "$work/taken" | tr -d '\t' | while read -r option; do
        grep -q "^$option." "$work/offered" || echo "$option"; done)" ""
done

python=/usr/bin/python3
for shell in bash zsh; do
    case $shell in zsh) file=_spikeq ;; *) file=spikeq.$shell ;; esac
    if ! command -v $shell >"$work/log"; then
        skip "completions typed into $shell" $shell
    elif ! $python -c 'import pty; pty.openpty()' 2>"$work/log"; then
        skip "completions typed into $shell" "python3 and a pseudo-terminal (/dev/pts)"
    else
        $python -B test/house/completions.py $shell "$pages/completions/$file" "$spikeq" >"$work/log"
        grep -v '^[0-9]* passed' "$work/log"
        counts=$(sed -n 's/^\([0-9]*\) passed, \([0-9]*\) failed$/\1 \2/p' "$work/log")
        [ -n "$counts" ] || counts="0 1"
        passed=$((passed + ${counts% *})) failed=$((failed + ${counts#* }))
    fi
done
if command -v fish >"$work/log"; then
    offered() { # LINE: what fish offers at its end
        HOME=$work PATH=$(cd "$build" && pwd):$PATH fish --no-config -c \
            "source $pages/completions/spikeq.fish; complete -C '$1'" | sed 's/	.*//' | tr '\n' ' '
    }
    expect "fish: a command" "$(offered 'spikeq qu')" "quantize "
    expect "fish: an option" "$(offered 'spikeq run --sche')" "--schedule "
    expect "fish: its values" "$(offered 'spikeq run --schedule ')" "layer step "
    expect "fish: choices" "$(offered 'spikeq quantize --choose ')" "error range "
    expect "fish: rules" "$(offered 'spikeq run --frames n')" "number: "
    expect "fish: a configuration" "$(offered 'spikeq run --config fashion-2')" "fashion-2-64 "
    expect "fish: a profile" "$(offered 'spikeq energy --hardware loihi_s')" "loihi_sanafe "
    expect "fish: a file" "$(offered 'spikeq inspect docs/glos')" "docs/glossary.md "
else
    skip "completions asked of fish" fish
fi
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
