# Synthetic checkpoints: rates that are reached, the same file everywhere, what is refused, and the sign.
# needs: python3
# shellcheck shell=sh disable=SC2086,SC2154,SC2034 # options are split on purpose
see="see spikeq synthesize --help"
fashion="--config $root/configs/models/fashion-2-64.json"
make="synthesize $fashion --rate 0.1 -o m.safetensors"

# reached JSON: the populations that are further than a hundredth from their rate.
reached() {
    python3 - "$@" <<'PYTHON'
import json, sys
off = [p["name"] for p in json.load(open(sys.argv[1]))["populations"]
       if abs(p["reached"] - p["wanted"]) > 0.0101 * p["wanted"]]
print(*off)
PYTHON
}

# same_rates JSON REPORT: a run on the same samples has the rates that the synthesis says, to the last digit.
same_rates() {
    python3 - "$@" <<'PYTHON'
import json, sys
made, ran = (json.load(open(path))["populations"] for path in sys.argv[1:])
made = {p["name"]: p["reached"] for p in made}
ran = {p["name"]: p["rate"] for p in ran}
print("same" if made == ran and ran else {n for n in made | ran if made.get(n) != ran.get(n)})
PYTHON
}

refuse 2 "synthesize: no --config" "spikeq synthesize: --config is missing; $see" synthesize --rate 0.1 -o m
refuse 2 "synthesize: no --rate" "spikeq synthesize: --rate is missing; $see" synthesize $fashion -o m
refuse 2 "synthesize: no -o" "spikeq synthesize: --output is missing; $see" synthesize $fashion --rate 0.1
for bad in 0 1 -0.1 1.5 x nan '' 'a=0' '=0.1'; do
    start "synthesize: --rate '$bad'"
    spikeq synthesize $fashion --rate "$bad" -o m
    exits 2
    says_like "spikeq synthesize: --rate $bad: *"
    leaves
    finish
done
refuse 2 "synthesize: no such population" "spikeq synthesize: --rate no_*=0.1: no population of that name, expected one such as patch_embed.proj_lif" synthesize $fashion --rate 0.2 --rate 'no_*=0.1' -o m
refuse 2 "synthesize: a population without rate" "spikeq synthesize: no firing rate is given for patch_embed.proj_lif; --rate R gives one to every population" synthesize $fashion --rate 'block.*=0.1' -o m
refuse 2 "synthesize: --isa" "spikeq synthesize: isa mmx: not one of auto, scalar, avx2, avx512" $make --isa mmx
refuse 2 "synthesize: --seed" "spikeq synthesize: --seed x: expected a whole number from 0 to 18446744073709551615; $see" $make --seed x
refuse 2 "synthesize: --limit" "spikeq synthesize: --limit: at most 4096 samples calibrate" $make --limit 5000
refuse 2 "synthesize: recordings without --input" "spikeq synthesize: options for recordings go with --input; $see" $make --frames number:4
refuse 2 "synthesize: noise that is not there" "spikeq synthesize: --save-input saves the noise that --input takes the place of: give one of them" $make --input n.npy --save-input m.npy
refuse 1 "synthesize: no such table" "spikeq synthesize: t.csv: cannot be opened: No such file or directory" $make --rates t.csv
refuse 1 "synthesize: no such configuration" "spikeq synthesize: ./c.json: cannot be opened: No such file or directory" synthesize --config ./c.json --rate 0.1 -o m

start "synthesize: tables of rates"
printf 'name,rate\nblock.9.attn.q_lif,0.1\n' >t.csv
spikeq $make --rates t.csv
exits 1
says "spikeq synthesize: t.csv: line 2: block.9.attn.q_lif: no population of that name, expected one such as patch_embed.proj_lif"
printf 'name,rate\nblock.0.attn.q_lif,1\n' >t.csv
spikeq $make --rates t.csv
exits 1
says "spikeq synthesize: t.csv: line 2: block.0.attn.q_lif: rate 1, expected one above 0 and below 1"
printf 'name,rate\nblock.0.mlp.fc1_lif,0.3\nblock.1.mlp.fc1_lif,0.4\n' >t.csv
spikeq $make --rates t.csv --rate 'block.1.*.fc1_lif=0.25' --json
exits 0
is_silent
prints_part '"wanted":	0.3'
prints_part '"wanted":	0.25'
holds "$(grep -c '"wanted":	0.4' "$top/out")" 0
rm t.csv m.safetensors
leaves
finish

start "synthesize: rates are reached, and a run on the same samples has them to the last digit"
spikeq $make --seed 7 --save-input n.npy --json
exits 0
is_silent
cp "$top/out" made.json
holds "$(reached made.json)" ""
spikeq run --model m.safetensors $fashion --input n.npy --json
exits 0
cp "$top/out" report.json
holds "$(same_rates made.json report.json)" same
holds "$(grep -c '"name":	"synthetic-weights"' report.json)" 1
cp m.safetensors first.safetensors
spikeq $make --seed 7 --force --isa scalar
exits 0
cmp -s m.safetensors first.safetensors || complain "another file with --isa scalar"
spikeq $make --seed 8 --force
exits 0
cmp -s m.safetensors first.safetensors && complain "the same file of another seed"
spikeq $make
exits 2
says "spikeq synthesize: m.safetensors: already exists; --force replaces it"
rm m.safetensors first.safetensors made.json report.json n.npy
leaves
finish

start "synthesize: the sign goes with the weights"
spikeq synthesize $fashion --rate 0.2 -o m.safetensors --save-input n.npy
exits 0
sign="its weights are synthetic (spikeq synthesize $(sed -n 's/^VERSION *:= *//p' "$root/Makefile"), seed 0, rate 0.2 on 4 samples of uniform noise): firing rates were chosen, and predictions mean nothing [synthetic-weights]"
spikeq run --model m.safetensors $fashion --input n.npy --limit 1 --quiet --trace t.db
exits 0
says "spikeq run: warning: m.safetensors: $sign"
spikeq inspect m.safetensors
exits 0
says "spikeq inspect: warning: m.safetensors: $sign"
spikeq energy t.db
exits 0
says "spikeq energy: warning: m.safetensors: $sign"
spikeq quantize --model m.safetensors $fashion --bits 8 -o q.safetensors
exits 0
spikeq run --model q.safetensors $fashion --input n.npy --limit 1 --quiet
exits 0
says "spikeq run: warning: q.safetensors: $sign"
spikeq run --model m.safetensors $fashion --input n.npy --limit 1 --quiet --strict
exits 1
says "spikeq run: m.safetensors: ${sign%]}: --strict makes this warning an error]"
rm m.safetensors q.safetensors n.npy t.db
leaves
finish

# Every architecture, at sizes that are quick. The rest of a line: what follows from its inputs.
while read -r config sets; do
    follows=${sets#*|}
    start "synthesize: $config"
    spikeq synthesize --config "$root/configs/models/$config.json" ${sets%|*} --rate 0.15 --limit 2 -o m.safetensors --save-input n.npy --json
    exits 0
    cp "$top/out" made.json
    holds "$(reached made.json)" "$follows"
    spikeq run --model m.safetensors --config "$root/configs/models/$config.json" ${sets%|*} --input n.npy --json
    exits 0
    cp "$top/out" report.json
    holds "$(same_rates made.json report.json)" same
    rm m.safetensors n.npy made.json report.json
    leaves
    finish
done <<END
spikformer-8-384-imagenet --set depth=1 --set image_size=64|
spikformer-2-256-cifar10dvs-t10 --set depth=1 --set T=4 --set image_size=64|
cml-spikingformer-2-256-dvs128gesture-t10 --set depth=1 --set T=4|
spikingformer-8-384-imagenet --set depth=1 --set image_size=64|
sdt-2-256-cifar10dvs-t10 --set depth=1 --set T=4 --set image_size=64|
sdt-8-384-imagenet --set depth=1 --set image_size=64|
qkformer-4-384-cifar10 |stage1.0.tssa.attn_lif stage2.0.tssa.attn_lif
spikingresformer-ti-cifar10 |
sew-resnet-18-imagenet --set image_size=64|
ms-resnet-18-imagenet --set image_size=64|
max-former-10-384-imagenet --set image_size=64|
sdt-v3-5m-imagenet --set image_size=64|
END

start "synthesize: the file holds the parameters of the official module"
for config in fashion-2-64 fashion-sdt-1-64 fashion-spikingformer-1-64 qkformer-4-384-cifar10; do
    spikeq graph "$root/configs/models/$config.json" --json
    count=$(python3 -B "$root/test/reference/parameters.py" "$top/out")
    spikeq synthesize --config "$root/configs/models/$config.json" --rate 0.1 --limit 1 -o m.safetensors --force
    exits 0
    prints_part "written   m.safetensors, $count parameters"
done
rm m.safetensors
leaves
finish

start "synthesize: PyTorch takes every tensor"
if /usr/bin/python3 -c 'import torch, numpy' 2>/dev/null; then
    for config in fashion-2-64 fashion-spikingformer-1-64 fashion-sdt-1-64; do
        spikeq synthesize --config "$root/configs/models/$config.json" --rate 0.1 -o m.safetensors --save-input n.npy --json --force
        exits 0
        cp "$top/out" made.json
        holds "$(/usr/bin/python3 -B "$root/test/reference/check_synthetic.py" "$root/configs/models/$config.json" m.safetensors n.npy made.json)" same
    done
    rm -f m.safetensors n.npy made.json
    leaves
    finish
else
    skip "$name" "needs PyTorch"
fi
