# Recording: spikeq run --trace.
# needs: sqlite3
# shellcheck shell=sh disable=SC2086,SC2154,SC2034,SC2010,SC2012 # options are split on purpose
cifar="run --quiet --model cifar/model.safetensors --config cifar/config.json --input cifar/input.npy"
odd="run --quiet --model odd/model.safetensors --config odd/config.json --input odd/input.npy"
dvs="run --quiet --model dvs/model.safetensors --config dvs/config.json --input dvs/input.npy"

sql() { sqlite3 "$1" "$2" 2>&1; }
digest_of() { "$spikeq" inspect --digest "$1" 2>&1 | cut -d' ' -f1; }

# The digests of the golden sets stay what they are.
for golden in "cifar 523fd1de80c29b321856ac69c0079ae840cb064bca4e312ae4e0c09fdad5b260" \
    "odd 903c7b7520e891ea440e0f4a3cc9b2039fcce511fb39543614ab35686d8eaf2a" \
    "dvs e84d9112295784d3421638dc80da1655f21836009e1bc82697c47af54dab7bed"; do
    set=${golden% *}
    eval "command=\$$set"
    start "run --trace: $set"
    spikeq $command --trace a.db
    exits 0
    is_silent
    prints_nothing
    holds "$(digest_of a.db)" "${golden#* }"
    holds "$(sql a.db "SELECT value FROM meta WHERE key = 'command'")" "spikeq $command --trace a.db"
    leaves a.db
    finish
    for codec in zlib zstd; do
        start "run --trace-codec $codec: $set"
        spikeq $command --trace a.db --trace-codec $codec --threads 3 --schedule step --batch 1
        exits 0
        holds "$(digest_of a.db)" "${golden#* }"
        [ "$(sql a.db 'SELECT count(*) FROM frame WHERE codec > 0')" -gt 0 ] || complain "no $codec"
        leaves a.db
        finish
    done
done

start "run --trace --json: the report is as without"
spikeq $odd --trace a.db --report b.json
exits 0
spikeq $odd --report a.json
sed '/"timing"/q' a.json >a
sed '/"timing"/q' b.json | cmp -s - a || complain "they differ"
leaves a a.db a.json b.json
finish

start "the default is readable without zstd"
spikeq $odd --trace a.db
holds "$(sql a.db 'SELECT DISTINCT codec FROM frame')" 0
finish

start "run --trace-detail counts"
spikeq $odd --trace a.db --trace-detail counts
exits 0
holds "$(sql a.db 'SELECT count(*), sum(data IS NULL) FROM frame')" "108|108"
spikeq $odd --trace b.db
holds "$(sql a.db 'SELECT * FROM firing_rate')" "$(sql b.db 'SELECT * FROM firing_rate')"
leaves a.db b.db
finish

start "run --trace-samples"
for range in "1 1" "1: 1,2" ":2 0,1" "0:3 0,1,2" "2:9 2"; do
    spikeq $odd --trace a.db --trace-samples ${range% *} --force
    exits 0
    holds "$(sql a.db 'SELECT group_concat(id) FROM sample')" "${range#* }"
    holds "$(sql a.db "SELECT value FROM meta WHERE key = 'complete'")" 1
done
leaves a.db
finish

start "run --trace-populations"
spikeq $cifar --trace a.db --trace-populations 'block.*.attn.[qk]_lif,patch_embed.rpe_lif'
exits 0
holds "$(sql a.db 'SELECT group_concat(name) FROM (SELECT name FROM population ORDER BY id)')" \
    "patch_embed.rpe_lif,block.0.attn.q_lif,block.0.attn.k_lif,block.1.attn.q_lif,block.1.attn.k_lif"
finish

start "run --trace: event frames go along, images do not"
spikeq $dvs --trace a.db
holds "$(sql a.db "SELECT name, kind FROM population WHERE id = 0")" "input|input"
spikeq $odd --trace b.db
holds "$(sql b.db "SELECT count(*) FROM population WHERE kind = 'input'")" 0
finish

start "run --trace: an existing file is refused, and kept"
echo mine >a.db
spikeq $odd --trace a.db
exits 2
says "spikeq run: a.db: already exists; --force replaces it, --resume continues it"
prints_nothing
holds "$(cat a.db)" mine
leaves a.db
finish

start "run --trace --force replaces it"
echo mine >a.db
spikeq $odd --trace a.db --force
exits 0
is_silent
holds "$(sql a.db 'SELECT count(*) FROM sample')" 3
leaves a.db
finish

start "run --trace --force: the old file is kept when the run fails"
echo mine >a.db
spikeq $odd --trace a.db --force --isa mips
exits 2
holds "$(cat a.db)" mine
leaves a.db
finish

start "run --resume begins where there is nothing, and adds nothing to a whole trace"
spikeq $odd --trace a.db --resume --report a.json
exits 0
is_silent
cp a.db b.db
spikeq $odd --trace a.db --resume --report b.json
exits 0
is_silent
cmp -s a.db b.db || complain "the trace changed"
sed '/"timing"/q' a.json >a
sed '/"timing"/q' b.json | cmp -s - a || complain "the report differs"
leaves a a.db a.json b.db b.json
finish

for other in "--limit 2|input_description = npy float32 [3,3,28,20], as stored, but this run has meta input_description = npy float32 [3,3,28,20], first 2, as stored" \
    "--trace-codec zlib|codec = none, but this run has meta codec = zlib" \
    "--trace-detail counts|detail = spikes, but this run has meta detail = counts" \
    "--trace-populations block*|populations = *, but this run has meta populations = block*"; do
    start "run --resume: another recording: ${other%%|*}"
    spikeq $odd --trace a.db
    cp a.db b.db
    spikeq $odd --trace a.db --resume ${other%%|*}
    exits 1
    says "spikeq run: a.db: was recorded otherwise: meta ${other#*|}; give the same options, or --force to record it again"
    cmp -s a.db b.db || complain "the trace changed"
    leaves a.db b.db
    finish
done

start "run --resume: another model"
spikeq $odd --trace a.db
cp odd/model.safetensors m.safetensors
printf '\1' | dd of=m.safetensors bs=1 seek=20000 conv=notrunc 2>"$top/err"
spikeq run --quiet --model m.safetensors --config odd/config.json --input odd/input.npy --trace a.db --resume
exits 1
says_like "spikeq run: a.db: was recorded otherwise: meta model_sha256 = 92b9*, but this run has meta model_sha256 = *; give the same options, or --force to record it again"
finish

start "run --resume: no trace"
echo mine >a.db
spikeq $odd --trace a.db --resume
exits 1
says "spikeq run: a.db: is not a trace (not an SQLite file)"
holds "$(cat a.db)" mine
leaves a.db
finish

for how in "" --force --resume; do
    start "run --trace $how: a folder and a FIFO are no files"
    mkdir d
    mkfifo f
    for path in d f; do
        spikeq $odd --trace $path $how
        exits 2
        says "spikeq run: $path: is a folder, a pipe or a device; a trace is a file"
    done
    leaves d f
    finish
done

# Devices are made here: a mistake would replace those of the machine.
if mknod "$top/null" c 1 3 2>"$top/err"; then
    start "run --trace --force: a device is not replaced"
    spikeq $odd --trace ../null --force
    exits 2
    says "spikeq run: ../null: is a folder, a pipe or a device; a trace is a file"
    [ -c ../null ] || complain "the device is gone"
    finish
fi

refuse 1 "run --trace: no such folder" \
    "spikeq run: d/a.db: cannot be made: No such file or directory" $odd --trace d/a.db
for option in "--trace-populations x" "--trace-samples 1" "--trace-detail counts" "--trace-codec zstd" --resume; do
    refuse 2 "run ${option%% *} without --trace" \
        "spikeq run: --trace is missing: its options say how to record one; see spikeq run --help" $odd $option
done
refuse 2 "run --trace-codec lzma" "spikeq run: --trace-codec lzma: expected none, zlib or zstd" $odd --trace a.db --trace-codec lzma
refuse 2 "run --trace-detail all" "spikeq run: --trace-detail all: expected spikes or counts" $odd --trace a.db --trace-detail all
refuse 2 "run --trace-samples 3:" "spikeq run: --trace-samples: begin at sample 3, but the run has 3" $odd --trace a.db --trace-samples 3:
for range in 2:2 x 3:1 -1 1:2:3; do
    refuse 2 "run --trace-samples $range" \
        "spikeq run: --trace-samples $range: expected sample numbers: 7, 10:20 (20 is out), 10: or :20" \
        $odd --trace a.db --trace-samples=$range
done
refuse 2 "run --trace-populations nobody" "spikeq run: --trace-populations nobody: matches no population of config" $odd --trace a.db --trace-populations nobody
refuse 2 "run --resume --force" "spikeq run: --resume goes with neither --dump nor --force" $odd --trace a.db --resume --force
refuse 2 "run --resume --dump" "spikeq run: --resume goes with neither --dump nor --force" $odd --trace a.db --resume --dump d
