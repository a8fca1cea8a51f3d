#!/bin/sh
# A name means one thing: no two sources of the product are called alike, and no tag sq_* is given to two
# structs, unions or enumerations. Static names are a file's own affair.
cd "$(dirname "$0")/../.." || exit 1
passed=0
failed=0

# doubled_files FILE...: base names that occur twice.
doubled_files() { printf '%s\n' "$@" | sed 's|.*/||' | sort | uniq -d; }

# doubled_tags FILE...: tags that are defined twice.
doubled_tags() {
    grep -hoE '^(struct|union|enum) sq_[a-z0-9_]+ \{' "$@" | awk '{ print $2 }' | sort | uniq -d
}

# none WHAT NAMES: the list is empty.
none() {
    if [ -z "$2" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL $1: $(echo "$2" | tr "\n" " ")"
    fi
}

sources=$(find sim kernels traces -name '*.[ch]')
# shellcheck disable=SC2086
{
    none "files of one name" "$(doubled_files $sources)"
    none "tags defined twice" "$(doubled_tags $sources)"
}

planted=$(mktemp -d) || exit 1
trap 'rm -rf "$planted"' EXIT
mkdir "$planted/a" "$planted/b"
for folder in a b; do printf 'struct sq_planted {\n' >"$planted/$folder/planted.h"; done
if [ "$(doubled_files "$planted"/*/planted.h)" = planted.h ] && [ "$(doubled_tags "$planted"/*/planted.h)" = sq_planted ]; then
    passed=$((passed + 1))
else
    failed=$((failed + 1))
    echo "FAIL planted doubles were not seen"
fi
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
