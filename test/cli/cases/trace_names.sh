# shellcheck shell=sh disable=SC2154
# A path is the name of a file, however it looks: nothing in it is a URI, a database in memory, or an option.
record_as() {
    spikeq run --quiet --model odd/model.safetensors --config odd/config.json --input odd/input.npy --trace "$1"
}

for path in 'file:x' ':memory:' 'file::memory:' 'a?mode=ro' 'a#b' '100%25.db' 'file:x?mode=memory' 'a b.db' "it's.db" \
    "$top/work/file:y"; do
    start "trace names: $path"
    record_as "$path"
    exits 0
    is_silent
    [ -f "$path" ] || complain "no file $path"
    spikeq inspect --digest "$path"
    exits 0
    first=$(cut -d' ' -f1 "$top/out")
    spikeq energy "$path"
    exits 0
    spikeq analyze "$path"
    exits 0
    spikeq export "$path" --to csv --out events.csv
    exits 0
    record_as "$path" # once more: it is there
    exits 2
    spikeq run --quiet --model odd/model.safetensors --config odd/config.json --input odd/input.npy --trace "$path" \
        --force
    exits 0
    spikeq inspect --digest "$path"
    [ "$first" = "$(cut -d' ' -f1 "$top/out")" ] || complain "another digest"
    spikeq diff "$path" "$path"
    exits 0
    rm -f "$path" events.csv
    leaves
    finish
done

start "trace names: an empty one"
record_as ""
exits 2
says "spikeq run: --trace: the name is empty; give a file"
finish

start "trace names: a folder"
mkdir folder
for path in folder folder/ . ./; do
    record_as "$path"
    exits 2
    says "spikeq run: $path: is a folder, a pipe or a device; a trace is a file"
done
rmdir folder
finish

start "trace names: a folder that is not there"
record_as nowhere/
exits 1
says "spikeq run: nowhere/: cannot be made: No such file or directory"
record_as nowhere/a.db
exits 1
says "spikeq run: nowhere/a.db: cannot be made: No such file or directory"
finish

start "trace names: below a file"
: >file
record_as file/
exits 1
says "spikeq run: file/: cannot be made: Not a directory"
rm file
finish

start "trace names: what is not there is not read"
for path in file:x :memory: 'x?mode=memory' ''; do
    spikeq energy "$path"
    exits 1
    spikeq analyze "$path"
    exits 1
done
finish
