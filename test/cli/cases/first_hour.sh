# What a new user tries: help in every form, slips of the pen, "-" for a file, files that exist.
# shellcheck shell=sh disable=SC2086,SC2154,SC2034,SC2010,SC2012 # options are split on purpose
commands="run quantize energy analyze replay import export events inspect diff configs"
golden="run --model cifar/model.safetensors --config cifar/config.json --input cifar/input.npy"

for command in $commands; do
    start "help $command, $command -h"
    spikeq $command --help
    exits 0
    cp "$top/out" "$top/usage"
    spikeq help $command
    exits 0
    is_silent
    prints <"$top/usage"
    spikeq $command -h
    exits 0
    is_silent
    prints <"$top/usage"
    finish
done

for form in help -h "help --help" "help -h"; do
    start "$form is --help"
    spikeq --help
    cp "$top/out" "$top/usage"
    spikeq $form
    exits 0
    is_silent
    prints <"$top/usage"
    finish
done

start "--version: facts of the build, a line each"
spikeq --version
cp "$top/out" "$top/usage"
spikeq version
exits 0
prints <"$top/usage"
grep -qE '^compiler    .*(gcc|Clang|clang) ?[0-9.]+.*, [a-z]+$' "$top/out" || complain "no compiler"
grep -qE '^kernels     scalar' "$top/out" || complain "no kernels"
grep -qE '^runs here   scalar' "$top/out" || complain "no instruction sets of this machine"
for library in libuv libcjson libzip zlib nettle sqlite3 libzstd libdeflate hdf5 liblz4 expat \
    libpng libjpeg libisal libarchive; do
    holds "$(sed -n "s/^$library  *//p" "$top/out")" "$(pkg-config --modversion $library)"
done
finish

refuse 2 "help of no command" "spikeq: unknown command bogus; see spikeq --help" help bogus
refuse 2 "a slip in a command" "spikeq: unknown command analyse (did you mean analyze?); see spikeq --help" analyse t.db
refuse 2 "a slip in help's command" "spikeq: unknown command Run (did you mean run?); see spikeq --help" help Run
refuse 2 "another spelling" "spikeq: unknown command quantise (did you mean quantize?); see spikeq --help" quantise
refuse 2 "a slip in an option" "spikeq run: unknown option --lables (did you mean --labels?); see spikeq run --help" run --lables l
refuse 2 "a slip in an option with a value" "spikeq run: unknown option --batsh (did you mean --batch?); see spikeq run --help" run --batsh=3
refuse 2 "an option of another tool" "spikeq run: unknown option --batch-size (did you mean --batch?); see spikeq run --help" run --batch-size 3
refuse 2 "a slip in diff" "spikeq diff: unknown option --sample-s (did you mean --samples?); see spikeq diff --help" diff --sample-s
refuse 2 "a value for a shortened flag" "spikeq run: option --json takes no value; see spikeq run --help" run --js=1
refuse 2 "an ambiguous option" "spikeq replay: option --trace- is ambiguous: --trace-populations, --trace-detail, --trace-codec; see spikeq replay --help" replay --trace-
refuse 2 "nothing like it" "spikeq run: unknown option --zebra; see spikeq run --help" run --zebra

# "-" works or is refused with a word, for every option that takes a path.
word="standard input and output are not taken here; give a file"
for option in "run --model" "run --labels" "run --config" "run --dump" "quantize --model" \
    "quantize --config" "quantize --calibrate" "quantize --labels" "quantize --output" \
    "energy --model" "energy --labels" "energy --config" "energy --rates" "energy --table" \
    "energy --compare" "energy --hardware" "analyze --csv" "analyze --model" "analyze --config" \
    "replay --model" "replay --config" "import --config" "import --labels"; do
    command=${option% *}
    refuse 2 "$option -" "spikeq $command: ${option#* } -: $word; see spikeq $command --help" $option -
done
refuse 2 "quantize -o -" "spikeq quantize: --output -: $word; see spikeq quantize --help" quantize -o -
trace="-: a trace is a database, which standard output cannot take; give a file (./- for one of that name)"
refuse 2 "run --trace -" "spikeq run: $trace" $golden --trace -
for command in inspect energy analyze replay export import; do
    refuse 2 "$command -" "spikeq $command: -: standard input is not read here; give a file; see spikeq $command --help" $command -
done
refuse 2 "diff - -" "spikeq diff: -: standard input is not read here; give a file; see spikeq diff --help" diff - -

start "--report - is the report alone"
spikeq $golden --report -
exits 0
is_silent
cp "$top/out" report.json
/usr/bin/python3 -c 'import json; json.load(open("report.json"))' 2>"$top/err" || complain "$(tail -n 1 "$top/err")"
leaves report.json
finish

refuse 2 "--report - and --json" "spikeq run: --report - is --json: give one of them; see spikeq run --help" $golden --report - --json

# What exists stays, unless --force: before any work is done, for every command that writes.
start "what exists stays"
exists="already exists; --force replaces it"
spikeq $golden --quiet --trace t.db
exits 0
echo mine >old
cp old old.json
mkdir dump csv
cp old dump/logits.npy
cp old csv/any.csv
refuses() { # LINE ARGUMENT...
    line=$1
    shift
    spikeq "$@"
    exits 2
    says "$line"
    prints_nothing
}
refuses "spikeq run: old.json: $exists" $golden --report old.json
refuses "spikeq run: dump: holds .npy files already; --force replaces those of the same name" $golden --dump dump
refuses "spikeq run: t.db: $exists, --resume continues it" $golden --trace t.db
refuses "spikeq analyze: old.json: $exists" analyze t.db --json old.json
refuses "spikeq analyze: old: $exists" analyze t.db --html old
refuses "spikeq analyze: csv: holds .csv files already; --force replaces those of the same name" analyze t.db --csv csv
refuses "spikeq export: old: $exists" export t.db --to csv -o old
refuses "spikeq replay: old: $exists" replay t.db --stream old
refuses "spikeq replay: t.db: $exists, --resume continues it" replay t.db --model cifar/model.safetensors --from block.0 --trace t.db
refuses "spikeq quantize: old: exists; --force replaces it" quantize --model cifar/model.safetensors --config cifar/config.json --bits 8 -o old
refuses "spikeq import: t.db: $exists, --resume continues it" import cifar/spikes.npz -o t.db
for kept in old old.json dump/logits.npy csv/any.csv; do holds "$(cat $kept)" mine; done
leaves csv dump old old.json t.db
finish

start "--force replaces what exists, in every command"
spikeq $golden --quiet --trace t.db --report r.json --dump d
exits 0
spikeq $golden --quiet --trace t.db --report r.json --dump d --force
exits 0
is_silent
for output in "--json a.json" "--html a.html" "--csv c"; do
    spikeq analyze t.db $output
    exits 0
    spikeq analyze t.db $output --force
    exits 0
    is_silent
done
echo mine >s
spikeq replay t.db --stream s --force
exits 0
is_silent
holds "$(head -c 1 s)" "#"
spikeq $golden --quiet --report /dev/null
exits 0
leaves a.html a.json c d r.json s t.db
finish

refuse 2 "run: --force with nothing to replace" "spikeq run: --force replaces what --trace, --report or --dump writes: none of them is given; see spikeq run --help" $golden --force
refuse 2 "analyze: --force with nothing to replace" "spikeq analyze: --force replaces what --json, --csv or --html writes: none of them is given; see spikeq analyze --help" analyze t.db --force
refuse 2 "replay: --force with nothing to replace" "spikeq replay: --force replaces what --trace or --stream writes: neither is given; see spikeq replay --help" replay t.db --force

start "a resumed run goes on with its report"
spikeq $golden --quiet --trace t.db --report r.json
exits 0
cp r.json want
spikeq $golden --quiet --trace t.db --report r.json --resume
exits 0
is_silent
leaves r.json t.db want
finish

start "events: frames to standard output are all that is printed"
printf '10 1 2 1\n20 3 4 0\n' >e.txt
spikeq events e.txt --size 10x10 --frames number:2 -o f.npy
exits 0
spikeq events e.txt --size 10x10 --frames number:2 -o -
exits 0
is_silent
cmp -s "$top/out" f.npy || complain "other bytes than in a file"
spikeq events e.txt --size 10x10 --dump-events -
exits 0
holds "$(wc -c <"$top/out")" 26
spikeq events e.txt --size 10x10 --dump-events - --json
exits 2
says "spikeq events: more than one of -o -, --dump-events - and --json would go to standard output; see spikeq events --help"
leaves e.txt f.npy
finish

# Texts of one sample, one thread, one population, one frame: singular forms, in every command.
start "plural forms: one is one"
: >all
also() {
    spikeq "$@"
    cat "$top/out" "$top/err" >>all
}
also $golden --limit 1 --threads 1 --trace t.db --trace-populations 'block.0.attn.q_lif'
also run --model dvs/model.safetensors --config dvs/config.json --input dvs/input.npy --limit 1 --threads 1 --trace d.db
for command in "inspect t.db" "replay t.db" "energy t.db --convention exact --verbose" "diff t.db t.db" "analyze t.db" \
    "replay d.db --model dvs/model.safetensors --from block.0.mlp.fc2_lif --verify" \
    "export t.db --to csv -o t.csv" "inspect odd/model.safetensors" "inspect dvs/spikes.npz"; do
    also $command
done
printf 'sample,timestep,population,index\n0,0,a,0\n' >one.csv
also import one.csv -o one.db --neurons a=1
also inspect one.db
also replay one.db --stream one.txt
printf '10 1 2 1\n' >e.txt
also events e.txt --size 10x10 --frames number:1
printf '\0\0\010\001\0\0\0\001\3' >labels
also $golden --labels labels
grep -nE '(^|[^0-9.,])1 [a-z]*(samples|threads|timesteps|populations|synapses|frames|events|neurons|predictions|spikes|classes|channels|arrays|tensors|labels|files|images|bytes|warnings|weights|mismatches)\b' all >wrong
[ ! -s wrong ] || complain "$(head -n 5 wrong)"
[ "$(wc -l <all)" -gt 60 ] || complain "nothing was printed"
finish
