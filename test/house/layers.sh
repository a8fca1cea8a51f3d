#!/bin/sh
# What every folder stands on: test/house/layers lists it, and the #include lines must say exactly that.
# An edge that is new or gone, a circle, an unknown folder, a library's header elsewhere: a line each. Then
# violations are planted into a copy, of every row of the table, and each must be seen.
#
#   layers.sh            the tests: "N passed, N failed" last
#   layers.sh --floors   the floors, bottom first, and what each folder stands on (make layers)
#   layers.sh --write    the table anew, from the sources
cd "$(dirname "$0")/../.." || exit 1
table=test/house/layers
awk=$PWD/test/house/layers.awk

# Headers of C and of the system; every other one is a library's.
system='assert|ctype|dirent|dlfcn|errno|fcntl|float|fnmatch|getopt|inttypes|limits|link|math|netdb|poll|pthread|setjmp'
system="$system|signal|stdarg|stdatomic|stdbool|stddef|stdint|stdio|stdlib|string|strings|time|unistd"
system="$system|sys/[a-z]*|immintrin|emmintrin|arm_neon|sanitizer/asan_interface"

# Modules that come with Python; of these ctypes is the way to the interface.
modules='contextlib|csv|ctypes|difflib|fnmatch|hashlib|html|importlib|io|itertools|json|math|os|pathlib|collections|signal|sqlite3|stat|sys'
modules="$modules|tempfile|threading|time|types|typing|urllib|warnings|weakref|zlib|spikeq"

# Python below the directory: ctypes stands for sim/spikeq.h, other modules for a library's header.
python_graph() {
    find traces sim -name '*.py' | sed 's|/[^/]*$||' | sort -u | sed 's/^/F /'
    find traces sim -name '*.py' -exec grep -HE '^ *(import [a-z]|from [A-Za-z0-9_.]+ import)' {} + |
        sed -E 's/^([^:]*): *(import|from) +([A-Za-z0-9_.]+).*/\1 \3/' |
        while read -r file name; do
            case ${name%%.*} in
            '' | __future__) ;;
            ctypes) echo "E ${file%/*} sim/spikeq.h $file" ;;
            *) echo "${name%%.*}" | grep -qxE "$modules" || echo "L ${file%/*} <${name%%.*}> $file" ;;
            esac
        done
}

# Folders and includes below the directory, as layers.awk reads them.
graph() {
    (
        cd "$1" || exit 1
        python_graph
        find kernels traces sim \( -name '*.[ch]' -o -name '*.inc' \) ! -path sim/spikeq.h | sed 's|/[^/]*$||' | sort -u | sed 's/^/F /'
        find kernels traces sim \( -name '*.[ch]' -o -name '*.inc' \) -exec grep -HE '^[ \t]*#[ \t]*include' {} + |
            sed -E 's/^([^:]*):[^<"]*([<"][^>"]*[>"]).*/\1 \2/' | grep -vE " <($system)\.h>" |
            while read -r file name; do
                folder=${file%/*}
                bare=${name#?}
                bare=${bare%?}
                case $name in
                '<'*) echo "L $folder $name $file" ;;
                '"sim/spikeq.h"') echo "E $folder $bare $file" ;;
                *) if [ -e "$bare" ]; then
                    echo "E $folder ${bare%/*} $file"
                else
                    echo "X $folder $bare $file"
                fi ;;
                esac
            done
    )
}

case $1 in
--floors)
    graph . | awk -v table=$table -v mode=floors -f "$awk"
    exit
    ;;
--write)
    sed '/^[^#]/,$d' $table
    graph . | awk -v table=$table -v mode=write -f "$awk"
    exit
    ;;
esac

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
passed=0
failed=0

# check GRAPH TABLE: lines of what is wrong.
check() { awk -v table="$2" -v mode=check -f "$awk" "$1"; }

graph . >"$work/graph"
if check "$work/graph" $table >"$work/as-it-is"; then
    passed=$((passed + 1))
else
    failed=$((failed + 1))
    cat "$work/as-it-is"
fi

# seen WHAT LINE FILE: one test, that the file has the line.
seen() {
    if grep -qxF "$2" "$3"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL planted $1 was not seen: $2"
    fi
}

# Into a copy: an include too many in every folder, of the first folder that its row leaves out.
rows=$(sed -nE 's/^([a-z][^:]*):.*/\1/p' $table)
of() { sed -n "s|^$1: *||p" $table; }
mkdir "$work/more" "$work/less"
cp -r kernels traces sim "$work/more"
cp -r kernels traces sim "$work/less"
for folder in $rows; do
    for other in $rows; do
        case " $folder $(of "$folder") " in
        *" $other "*) ;;
        *) break ;;
        esac
    done
    header=$(find "$other" -maxdepth 1 -name '*.h' | head -n 1)
    echo "#include \"$header\"" >"$work/more/$folder/planted.c"
    echo "an include|FAIL $folder/planted.c: $folder may not include $other"
done >"$work/wanted"
mkdir "$work/more/sim/planted"
echo '#include "sim/none.h"' >"$work/more/sim/planted/planted.c"
echo '#include <planted.h>' >>"$work/more/sim/planted/planted.c"
{
    echo "a folder|FAIL sim/planted is an unknown folder: give it a row in test/house/layers"
    echo "a lost header|FAIL sim/planted/planted.c: includes sim/none.h, which is not there"
    echo "a library|FAIL sim/planted/planted.c: includes <planted.h>, an unknown header"
} >>"$work/wanted"
sed -nE 's/^(<[^>]*>).*/\1/p' $table | while read -r header; do
    echo "#include $header" >>"$work/more/kernels/base/planted.c"
    echo "$header|FAIL kernels/base/planted.c: kernels/base may not include $header"
done >>"$work/wanted"
graph "$work/more" >"$work/graph.more"
check "$work/graph.more" $table >"$work/found"
while IFS='|' read -r what line; do seen "$what" "$line" "$work/found"; done <"$work/wanted"

# And the first include of every row taken away.
: >"$work/wanted"
for folder in $rows; do
    other=$(of "$folder" | cut -d' ' -f1)
    [ -n "$other" ] || continue
    [ "$other" != sim/spikeq.h ] || find "$work/less/$folder" -maxdepth 1 -name '*.py' -exec sed -i '/^import ctypes/d' {} +
    find "$work/less/$folder" -maxdepth 1 -type f -exec sed -i "\\|^#include \"${other}[/\"]|{\\|^#include \"$other/[^/]*/|!d}" {} +
    echo "$folder: $other" >>"$work/wanted"
done
sed -nE 's/^(<[^>]*>)[^:]*: ([^ ]*).*/\1 \2/p' $table | while read -r header folder; do
    name=${header#<}
    find "$work/less/$folder" -maxdepth 1 -type f -exec sed -Ei "\\|^#include $header|d; \\,^ *(import|from) ${name%>},d" {} +
    echo "$header: $folder"
done >"$work/headers"
graph "$work/less" >"$work/graph.less"
check "$work/graph.less" $table >"$work/found"
while read -r line; do
    seen "a vanished include" "FAIL $line is not included, take it out of test/house/layers" "$work/found"
done <"$work/wanted"
while read -r line; do
    seen "a vanished header" "FAIL $line does not include it, take it out of test/house/layers" "$work/found"
done <"$work/headers"

# A circle by every row that stands on something, though the table allows it.
while IFS=': ' read -r folder other; do
    [ "$other" != sim/spikeq.h ] || continue
    { cat "$work/graph"; echo "E $other $folder planted"; } >"$work/graph.circle"
    sed "s|^$other: *|&$folder |; s|^$other:$|& $folder|" $table >"$work/table"
    check "$work/graph.circle" "$work/table" | grep -vxFf "$work/as-it-is" >"$work/found"
    if [ "$(wc -l <"$work/found")" -eq 1 ] && grep -q '^FAIL a circle: ' "$work/found"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL a planted circle of $folder and $other was not seen"
    fi
done <"$work/wanted"

# docs/dependencies.md names the folders that touch each package.
sed -nE 's/^(<[^>]*>) ([^:]*): (.*)/\2 \3/p' $table | while read -r package folders; do
    for folder in $folders; do echo "$package $folder"; done
done | sort -u >"$work/touched"
grep '^| build |' docs/dependencies.md | while IFS='|' read -r _ _ packages _ where _; do
    for package in $(echo "$packages" | tr -d ','); do
        sed -n "s|^$package \(.*\)|\`\1/\`|p" "$work/touched"
    done | sort -u | paste -sd, | sed 's/,/, /g' >"$work/want"
    grep -qE "^$(echo "$packages" | tr -d ' ' | tr ',' '|') " -E "$work/touched" || continue
    [ "$(echo "$where" | sed 's/^ *//; s/ *$//')" = "$(cat "$work/want")" ] ||
        echo "FAIL docs/dependencies.md:$packages touched in $(cat "$work/want")"
done >"$work/found"
cat "$work/found"
if [ -s "$work/found" ]; then
    failed=$((failed + 1))
else
    passed=$((passed + 1))
fi

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
