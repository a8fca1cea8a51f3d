# Traces that are there already: inspect and diff.
# needs: python3 sqlite3
# shellcheck shell=sh disable=SC2086,SC2154,SC2034,SC2010,SC2012 # options are split on purpose
"$(dirname "$spikeq")"/test/traces/make_traces "$top/traces" || complain "make_traces failed"
digest=$(sed -n 1p "$top/traces/digests")

# with CASE FILE...: a case in a folder that holds copies of these traces.
with() {
    start "$1"
    shift
    for file in "$@"; do cp "$top/traces/$file" .; done
}

with "inspect: a trace" plain.db
spikeq inspect plain.db
exits 0
is_silent
prints <<END
plain.db: spikeq trace, version 2, complete: 6 samples
3 timesteps, 4 populations, 1 synapse, detail spikes, codec none
$(stat -c %s plain.db) bytes, $(($(stat -c %s plain.db) / 6)) per sample
accuracy 0.2500 (1 of 4)
arith                f32
command              spikeq run "x"
next                 spikeq energy plain.db; spikeq analyze plain.db

population               kind     shape              neurons         spikes  rate, %  per timestep, %
input                    input    [2,4,6]                 48            161   18.634   20.139  15.972  19.792
a.proj_lif               lif      [5,8,3]                120            349   16.157   17.500  21.528   9.444
b.attn.q_lif             lif      [7,100]                700           1254    9.952   11.786   8.071  10.000
c                        generic  [3,64]                 192            241    6.973    4.427   6.510   9.983
END
leaves plain.db
finish

with "inspect: an incomplete trace" partial.db
spikeq inspect partial.db
exits 0
prints_part "partial.db: spikeq trace, version 2, incomplete: 4 of 6 samples; complete it with --resume"
finish

with "inspect: counts show the same rates" plain.db counts.db
spikeq inspect plain.db
sed -n '/^population/,$p' "$top/out" >rates
spikeq inspect counts.db
exits 0
sed -n '/^population/,$p' "$top/out" | cmp -s - rates || complain "other rates"
finish

with "inspect --json: a trace" plain.db
spikeq inspect --json plain.db
exits 0
is_silent
for part in '"container":	"spikeq trace"' '"samples_planned":	6' '"name":	"a.proj_lif"' \
    '"rate":	0.16157407407407406' '"source":	"a.proj_lif"' '"arith":	"f32"' \
    '"inputs":	["a.proj_lif", "b.attn.q_lif"]' '"kernel":	3' '"adder_bits":	14' '"weight_zeros":	null'; do
    prints_part "$part"
done
finish

for codec in plain zlib zstd; do
    with "inspect --digest: $codec" $codec.db
    spikeq inspect --digest $codec.db
    exits 0
    is_silent
    prints <<END
$digest  $codec.db
END
    leaves $codec.db
    finish
done

with "inspect --digest names the damaged frame" spike.db
sqlite3 spike.db "UPDATE frame SET data = zeroblob(length(data)) WHERE id = 17"
spikeq inspect --digest spike.db
exits 1
says "spikeq inspect: spike.db: sample 1, timestep 2, a.proj_lif: the frame has a wrong checksum; the file was damaged"
prints_nothing
finish

with "inspect verifies counts too" plain.db
sqlite3 plain.db "UPDATE frame SET spikes = spikes + 1 WHERE id = 17"
spikeq inspect plain.db
exits 1
says "spikeq inspect: plain.db: sample 1, timestep 2, a.proj_lif: the frame has a wrong checksum; the file was damaged"
prints_nothing
finish

with "inspect: a newer trace" plain.db
sqlite3 plain.db "PRAGMA user_version = 3"
spikeq inspect plain.db
exits 1
says "spikeq inspect: plain.db: trace version 3, this spikeq reads versions 1 and 2; use a newer spikeq"
finish

with "inspect: another SQLite file"
sqlite3 other.db "CREATE TABLE t(x)"
spikeq inspect other.db
exits 1
says "spikeq inspect: other.db: is an SQLite file, but not a spikeq trace"
finish

start "inspect: a pipe is not waited for"
mkfifo pipe
spikeq inspect pipe
exits 1
says_like "spikeq inspect: pipe: is a pipe or a device*"
spikeq diff pipe pipe
exits 2
says "spikeq diff: pipe: is a folder, a pipe or a device; a trace is a file"
leaves pipe
finish

start "diff: an empty file"
: >empty
spikeq diff empty empty
exits 2
says "spikeq diff: empty: is not a trace (not an SQLite file)"
leaves empty
finish

with "inspect: a trace cut short" plain.db
truncate -s 9000 plain.db
spikeq inspect plain.db
exits 1
says_like "spikeq inspect: plain.db: *damaged or cut short*"
finish

refuse 1 "inspect --digest: no trace" "spikeq inspect: cifar/input.npy: is not a trace (not an SQLite file)" inspect --digest cifar/input.npy
refuse 1 "inspect --digest: a folder" "spikeq inspect: cifar: is a folder, a pipe or a device; a trace is a file" inspect --digest cifar
refuse 1 "inspect --digest: no file" "spikeq inspect: none.db: cannot be opened: No such file or directory" inspect --digest none.db
refuse 2 "inspect: --json and --digest" "spikeq inspect: --json, --config and --digest exclude each other; see spikeq inspect --help" inspect --json --digest a.db

with "diff: equal in another codec" plain.db zstd.db
spikeq diff plain.db zstd.db
exits 0
is_silent
prints <<'END'
spikes: all equal
logits: all equal
predictions: all equal
firing rate: 10.123 % -> 10.123 %
accuracy: 0.2500 -> 0.2500 (1 of 4 -> 1 of 4)
energy: plain.db holds no operations
energy: zstd.db holds no operations
A: plain.db
B: zstd.db
compared: 6 samples of 3 timesteps, 4 populations
END
leaves plain.db zstd.db
finish

with "diff: one spike, one prediction" plain.db spike.db
spikeq diff plain.db spike.db
exits 1
is_silent
prints <<'END'
spikes: 1 mismatch in 1 of 6 samples
first difference: sample 3, timestep 1, b.attn.q_lif[5,70]: fires in spike.db, not in plain.db
logits: all equal
predictions: 1 of 6 differs: sample 4: 4 -> 2
firing rate: 10.123 % -> 10.128 %
accuracy: 0.2500 -> 0.2500 (1 of 4 -> 1 of 4)
energy: plain.db holds no operations
energy: spike.db holds no operations
A: plain.db
B: spike.db
compared: 6 samples of 3 timesteps, 4 populations

population                    A, %      B, %   mismatches  per timestep
input                            -         -            0          0         0         0
a.proj_lif                  16.157    16.157            0          0         0         0
b.attn.q_lif                 9.952     9.960            1          0         1         0
c                            6.973     6.973            0          0         0         0
END
finish

with "diff: other samples and populations are equal" plain.db spike.db
spikeq diff plain.db spike.db --samples 0:4 --populations 'input,a.*'
exits 0
prints <<'END'
spikes: all equal
logits: all equal
predictions: all equal
firing rate: 17.431 % -> 17.431 %
accuracy: 0.0000 -> 0.0000 (0 of 3 -> 0 of 3)
energy: plain.db holds no operations
energy: spike.db holds no operations
A: plain.db
B: spike.db
compared: 4 samples of 3 timesteps, 2 populations
END
finish

with "diff: samples of one alone" plain.db partial.db
spikeq diff partial.db plain.db
exits 1
prints <<'END'
spikes: all equal in the 4 samples that both hold
logits: all equal
predictions: all equal
2 samples only in plain.db: 4, 5
firing rate: 9.272 % -> 9.272 %
accuracy: 0.0000 -> 0.0000 (0 of 3 -> 0 of 3)
energy: partial.db holds no operations
energy: plain.db holds no operations
A: partial.db
B: plain.db
compared: 4 samples of 3 timesteps, 4 populations
END
finish

with "diff: traces of other networks" plain.db wide.db
spikeq diff plain.db wide.db
exits 1
is_silent
prints <<'END'
not comparable: 3 timesteps in plain.db, 1 in wide.db
END
finish

with "diff --json" plain.db spike.db
spikeq diff --json plain.db spike.db
exits 1
for part in '"equal":	false' '"neuron":	[5, 70]' '"mismatches_per_timestep":	[0, 1, 0]'; do
    prints_part "$part"
done
python3 -m json.tool <"$top/out" >/dev/null 2>"$top/err" || complain "$(cat "$top/err")"
finish

with "diff: a damaged trace" plain.db spike.db
sqlite3 spike.db "UPDATE frame SET data = zeroblob(length(data)) WHERE id = 17"
spikeq diff plain.db spike.db
exits 2
says "spikeq diff: spike.db: sample 1, timestep 2, a.proj_lif: the frame has a wrong checksum; the file was damaged"
prints_nothing
finish

with "diff: no such population" plain.db
spikeq diff plain.db plain.db --populations z
exits 2
says "spikeq diff: --populations z: names no population of plain.db"
finish

with "diff: no such range" plain.db
spikeq diff plain.db plain.db --samples 5:5
exits 2
says "spikeq diff: --samples 5:5: expected sample numbers: 7, 10:20 (20 is out), 10: or :20"
finish

refuse 2 "diff: no such file" "spikeq diff: none.db: cannot be opened: No such file or directory" diff none.db none.db
refuse 2 "diff: one trace" "spikeq diff: give two traces; see spikeq diff --help" diff a.db
refuse 2 "diff: three traces" "spikeq diff: give two traces; see spikeq diff --help" diff a.db b.db c.db
refuse 2 "diff: unknown option" "spikeq diff: unknown option --xml; see spikeq diff --help" diff --xml a.db b.db

start "diff --help"
spikeq diff --help
exits 0
is_silent
prints_part "usage: spikeq diff A B [OPTION...]"
for option in populations samples json; do prints_part "  --$option"; done
finish

if [ -c /dev/full ]; then
    with "diff: stdout is full" plain.db
    "$spikeq" diff plain.db plain.db >/dev/full 2>"$top/err"
    status=$?
    exits 2
    says_like "spikeq diff: standard output: cannot be written: No space left on device"
    finish
fi

# Every query of the specification runs and has an answer.
awk '/^```sql/ { n++; on = 1; next } /^```/ { on = 0 } on { print > "'"$top"'/query-" n }' \
    "$root/docs/trace-format.md"
for query in "$top"/query-*; do
    with "docs/trace-format.md: $(head -n 1 "$query")" plain.db
    sqlite3 plain.db <"$query" >answer 2>&1 || complain "$(cat answer)"
    [ -s answer ] || complain "no answer"
    finish
done
with "docs/trace-format.md has eight queries"
holds "$(ls "$top"/query-* | wc -l)" 8
finish

with "docs/trace-format.md has the tables as they are" plain.db
sqlite3 plain.db "SELECT sql || char(10) FROM sqlite_schema WHERE type = 'table' ORDER BY rowid" | sed '$d' >tables
awk '/^CREATE TABLE/ { on = 1 } /^```/ { on = 0 } on' "$root/docs/trace-format.md" | cmp -s - tables || complain "they differ"
finish

with "the queries of nodes and operations" plain.db
holds "$(sqlite3 plain.db <"$top/query-6")" "a.proj_conv|conv|45|2000|14|
b.attn.q_linear|linear|100|12000|12|0.6"
holds "$(sqlite3 plain.db <"$top/query-7" | cut -d'|' -f1,2)" "stem|1
q|1"
holds "$(sqlite3 plain.db <"$top/query-8")" "input|a.proj_lif|45
a.proj_lif|b.attn.q_lif|100
a.proj_lif|b.sum|
b.attn.q_lif|b.sum|"
finish
