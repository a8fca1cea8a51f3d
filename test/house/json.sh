#!/bin/sh
# Memory that runs out while JSON or text is made must be seen: cJSON's own additions and glibc's
# open_memstream() fail without a word, so that no source outside sim/json and kernels/base/text.c calls them; bytes are
# read as a file by sq_file_of_bytes() alone, which cannot write.
cd "$(dirname "$0")/../.." || exit 1
passed=0
failed=0

# forbid WHAT PATTERN FILE...: no line of the files matches the pattern.
forbid() {
    what=$1
    pattern=$2
    shift 2
    found=$(grep -HnE "$pattern" "$@" | head -n 5)
    if [ -z "$found" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        printf 'FAIL %s:\n%s\n' "$what" "$found"
    fi
}

building='cJSON_(Add|Insert|Replace|Print)[A-Za-z]* *\('
parsing='cJSON_Parse[A-Za-z]* *\('
streams='\b(open_memstream|fmemopen) *\('
sources=$(find sim traces kernels -name '*.[ch]')
# shellcheck disable=SC2086
{
    forbid "JSON is built and printed by sim/json/json.h" "$building" $(echo "$sources" | grep -v '^sim/json/')
    forbid "JSON is parsed by sq_json_parse()" "$parsing" \
        $(echo "$sources" | grep -vE '^sim/(json/|checkpoint/safetensors\.c)')
    forbid "text grows by kernels/base/text.h" "$streams" \
        $(echo "$sources" | grep -vE '^(kernels/base/text\.[ch]|traces/files/whole_file\.c)$')
}

planted=$(mktemp) || exit 1
trap 'rm -f "$planted"' EXIT
echo 'cJSON_AddStringToObject(to, "key", cJSON_Parse(text)); open_memstream(&text, &size);' >"$planted"
before=$failed
for pattern in "$building" "$parsing" "$streams"; do
    forbid "planted" "$pattern" "$planted" >/dev/null
done
if [ "$failed" -eq $((before + 3)) ]; then
    failed=$before
    passed=$((passed + 1))
else
    echo "FAIL a planted call was not seen"
    failed=$((before + 1))
fi
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
