# Help texts, version, and output that cannot be written.
# shellcheck shell=sh disable=SC2086,SC2154,SC2034,SC2010,SC2012 # options are split on purpose
start "--help"
spikeq --help
exits 0
is_silent
prints_part "usage: spikeq COMMAND [OPTION...]"
for command in run synthesize energy analyze replay import export events inspect graph diff configs; do
    prints_part "  $command "
done
finish

start "help is --help"
spikeq --help
cp "$top/out" "$top/usage"
spikeq help
exits 0
prints <"$top/usage"
finish

start "--version: the first line"
spikeq --version
exits 0
is_silent
version=$(sed -n 's/^VERSION *:= *//p' "$root/Makefile")
holds "$(head -n 1 "$top/out")" "spikeq $version"
finish

start "run --help names every option"
spikeq run --help
exits 0
is_silent
for option in model input labels config set limit batch threads schedule isa dump report json quiet; do
    prints_part "  --$option"
done
finish

start "run --help wins over what is missing"
spikeq run --threads 2 --help
exits 0
prints_part "usage: spikeq run --model FILE --input FILE"
finish

start "inspect --help"
spikeq inspect --help
exits 0
is_silent
prints_part "usage: spikeq inspect [--json | --config | --digest] [--weights NAME] FILE"
finish

start "configs --help"
spikeq configs --help
exits 0
is_silent
prints_part "usage: spikeq configs"
finish

start "configs lists the published sizes"
spikeq configs
exits 0
is_silent
n_files=$(ls "$root"/configs/models/*.json | wc -l)
holds "$(wc -l <"$top/out")" "$n_files"
prints_part "spikformer-4-384-cifar10 "
finish

start "configs: a folder of one's own comes first"
printf '{"layout": "cifar10", "T": 9, "heads": 5, "source": "mine"}' >"$top/configs/models/spikformer-4-384-cifar10.json"
spikeq configs
rm "$top/configs/models/spikformer-4-384-cifar10.json"
exits 0
holds "$(wc -l <"$top/out")" "$n_files"
holds "$(grep -c 'spikformer-4-384-cifar10 .*T=9 .*heads=5 .*mine' "$top/out")" 1
finish

# A full disk behind stdout: exit status 1 and a sentence, never success.
if [ -c /dev/full ]; then
    golden="run --model cifar/model.safetensors --config cifar/config.json --input cifar/input.npy"
    for arguments in "--help" "--version" "run --help" "inspect --help" "configs" "configs --help" \
        "inspect cifar/input.npy" "inspect cifar/model.safetensors" "inspect --json cifar/input.npy" \
        "$golden" "$golden --json"; do
        start "stdout is full: $arguments"
        "$spikeq" $arguments >/dev/full 2>"$top/err"
        status=$?
        exits 1
        says_like "spikeq*: standard output: cannot be written: No space left on device"
        finish
    done
else
    skip "stdout is full" "no /dev/full here"
fi
