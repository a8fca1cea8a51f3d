# Runs that succeed: tables, JSON, silence, files.
# needs: python3
# shellcheck shell=sh disable=SC2086,SC2154,SC2034,SC2010,SC2012 # options are split on purpose
golden="run --model cifar/model.safetensors --config cifar/config.json --input cifar/input.npy"

start "tables"
spikeq $golden --threads 1 --batch 1
exits 0
is_silent
prints_part "model     cifar/model.safetensors (config)"
prints_part "input     npy float32 [2,3,32,32], as stored"
prints_part "samples   2 in "
prints_part "(1 thread, "
prints_part "patch_embed.proj_lif "
prints_part "block.1.mlp.fc2_linear "
prints_part "block.0.attn.ssa           (q k^T) v            8311.5        96109.0"
prints_part "sum of additions                                           35924285.5"
leaves
finish

start "tables are the same however the run was done"
spikeq $golden --threads 1 --batch 1 --isa scalar --schedule step
grep -v '^samples ' "$top/out" >"$top/tables"
spikeq $golden --threads 3 --schedule layer
grep -v '^samples ' "$top/out" | cmp -s - "$top/tables" || complain "they differ"
finish

start "--quiet"
spikeq $golden --quiet
exits 0
is_silent
prints_nothing
leaves
finish

start "--quiet --json --report writes the file alone"
spikeq $golden --quiet --json --report r.json
exits 0
is_silent
prints_nothing
leaves r.json
finish

start "--json and --report hold the same"
spikeq $golden --json --report r.json
exits 0
is_silent
sed -n '/"timing"/q;p' "$top/out" >json
sed -n '/"timing"/q;p' r.json | cmp -s - json || complain "they differ"
grep -q '"format"' json || complain "no report"
leaves json r.json
finish

start "--report and --dump replace what was there by --force"
echo old >r.json
mkdir d
echo old >d/logits.npy
spikeq $golden --quiet --report r.json --dump d --force
exits 0
grep -q '"format"' r.json || complain "the old report is still there"
tail -c 80 d/logits.npy >got
tail -c 80 cifar/logits.npy | cmp -s - got || complain "the old logits are still there"
leaves d got r.json
finish

start "--dump makes its folder"
spikeq $golden --quiet --dump d
exits 0
is_silent
holds "$(ls -A d | wc -l)" 21
leaves d
finish

start "a report through a link goes where the link leads"
echo old >target
ln -s target link
spikeq $golden --quiet --report link --force
exits 0
[ -L link ] || complain "the link was replaced"
grep -q '"format"' target || complain "nothing was written to its target"
leaves link target
finish

start "--report -: standard output"
spikeq $golden --quiet --report -
exits 0
prints_part '"format"'
leaves
finish

start "labels and accuracy"
printf '\0\0\010\001\0\0\0\002\003\005' >labels
spikeq $golden --labels labels --threads 1
exits 0
is_silent
prints_part "accuracy  "
finish

start "--limit"
spikeq $golden --limit 1
exits 0
prints_part "npy float32 [2,3,32,32], first 1, as stored"
finish

start "--set overrides"
spikeq $golden --set T=2 --set v_threshold=100
exits 0
prints_part "patch_embed.proj_lif2        32768    0.000    0.000   0.000"
finish

start "options may be shortened and come in any order"
spikeq run --input cifar/input.npy --qui --mod=cifar/model.safetensors --conf cifar/config.json
exits 0
is_silent
finish

start "frames"
spikeq run --model dvs/model.safetensors --config dvs/config.json --input dvs/input.npy --limit 1
exits 0
is_silent
prints_part "input     npy float32 [2,4,2,128,128], first 1, as stored"
finish

for arguments in "$golden --json" "inspect --json cifar/input.npy" \
    "inspect --json cifar/model.safetensors" "inspect --json cifar/checkpoint.pth.tar"; do
    start "is JSON: ${arguments%% *} ${arguments##* }"
    spikeq $arguments
    exits 0
    is_silent
    python3 -m json.tool <"$top/out" >/dev/null 2>"$top/err" || complain "$(cat "$top/err")"
    finish
done

# SIGINT from outside: 130, one line, a valid partial report. 800 samples take long enough to be hit.
start "SIGINT"
# A background job of a shell ignores SIGINT; one of python does not.
python3 - "$spikeq" 2>"$top/err" <<'END'
import os, signal, subprocess, sys, time
golden = open("cifar/input.npy", "rb").read()
head = golden[:128].replace(b"(2, 3, 32, 32), }  ", b"(800, 3, 32, 32), }")
open("long.npy", "wb").write(head + golden[128:] * 400)
signal.signal(signal.SIGINT, signal.default_int_handler)
run = subprocess.Popen([sys.argv[1], "run", "--model", "cifar/model.safetensors", "--config",
                        "cifar/config.json", "--input", "long.npy", "--threads", "1", "--batch",
                        "1", "--quiet", "--report", "r.json", "--dump", "d"],
                       stderr=subprocess.PIPE)
while not os.path.exists("d/.logits.npy.partial"):
    time.sleep(0.01)
time.sleep(0.3)
run.send_signal(signal.SIGINT)
sys.stderr.write(run.communicate()[1].decode())
sys.exit(run.returncode)
END
status=$?
exits 130
says_like "spikeq run: interrupted after * of 800 samples"
grep -q '"complete":.*false' r.json || complain "the report does not say that it is partial"
holds "$(ls -A d | grep -c partial)" 0
leaves d long.npy r.json
finish
