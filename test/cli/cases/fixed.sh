# Fixed point: run --arith fixed, quantize, and what they refuse.
# shellcheck shell=sh disable=SC2086,SC2154,SC2034,SC2010,SC2012 # options are split on purpose
see="see spikeq run --help"
quantize="quantize --model odd/model.safetensors --config odd/config.json"
odd="--config odd/config.json --input odd/input.npy"
run="run --model odd/model.safetensors $odd"

refuse 2 "run: --arith" "spikeq run: --arith f16: expected f32 or fixed" $run --arith f16
refuse 2 "run: --weight-bits without --arith" "spikeq run: --arith fixed is missing: bits, scale and rounding are settings of it" $run --weight-bits 8
for bad in 3 17 x ''; do
    refuse 2 "run: --weight-bits '$bad'" "spikeq run: --weight-bits $bad: expected a whole number from 4 to 16; $see" $run --arith fixed --weight-bits "$bad"
done
refuse 2 "run: --membrane-bits" "spikeq run: --membrane-bits 32: expected a whole number from 8 to 31; $see" $run --arith fixed --membrane-bits 32
refuse 2 "run: --pixel-max" "spikeq run: --pixel-max -1: expected a number above 0, up to 65536; $see" $run --arith fixed --pixel-max -1
refuse 2 "run: --scale" "spikeq run: --scale row: expected channel or layer" $run --arith fixed --scale row
refuse 2 "run: --rounding" "spikeq run: --rounding up: expected nearest or down" $run --arith fixed --rounding up
refuse 1 "run: a membrane too small for its layer" "spikeq run: odd/model.safetensors: patch_embed.proj_conv: membranes of channel 0 reach 18268160 in units of their last place (0 guard bits), 16 bits hold 32767; use fewer --weight-bits or --pixel-bits, or more --membrane-bits" $run --arith fixed --weight-bits 16 --membrane-bits 16
refuse 1 "run: a pixel beyond its range" "spikeq run: sample 0: a pixel is -1.25, pixels of 12 bits were prepared for magnitudes up to 1; use --pixel-max" $run --arith fixed --pixel-max 1

refuse 2 "quantize: no --model" "spikeq quantize: --model is missing; see spikeq quantize --help" quantize --bits 8
refuse 2 "quantize: no --bits" "spikeq quantize: --bits is missing; see spikeq quantize --help" $quantize
for bad in 3 17 '' 8, ,8 8,x; do
    start "quantize: --bits '$bad'"
    spikeq $quantize --bits "$bad"
    exits 2
    says_like "spikeq quantize: --bits*expected*4 to 16*; see spikeq quantize --help"
    finish
done
refuse 2 "quantize: -o with a sweep" "spikeq quantize: -o goes with one width of --bits" $quantize --bits 4,8 -o q
refuse 2 "quantize: --choose error needs data" "spikeq quantize: --choose error needs --calibrate" $quantize --bits 8 --choose error
refuse 2 "quantize: --labels without data" "spikeq quantize: --labels goes with --calibrate; see spikeq quantize --help" $quantize --bits 8 --labels l
refuse 2 "quantize: --format" "spikeq quantize: --format xml: expected table, markdown or json" $quantize --bits 8 --format xml
refuse 1 "quantize: no such model" "spikeq quantize: m: cannot be opened: No such file or directory" quantize --model m --bits 8

start "quantize writes a model that runs as the trained one does in its settings"
spikeq $quantize --bits 6 --calibrate odd/input.npy -o q.safetensors
exits 0
is_silent
prints_part "written   q.safetensors"
prints_part "patch_embed.proj_lif "
spikeq run --model q.safetensors $odd --dump a --quiet
exits 0
spikeq $run --arith fixed --weight-bits 6 --dump b --quiet
exits 0
diff -r a b >/dev/null || complain "the dumps differ"
spikeq run --model q.safetensors $odd --arith fixed --weight-bits 6 --quiet
exits 0
spikeq run --model q.safetensors $odd --arith fixed --weight-bits 8
exits 1
says "spikeq run: q.safetensors: was quantised with other settings than asked for: fixed weights=6 scale=channel rounding=nearest membrane=31 pixels=12 max=8; leave them out, or quantise the trained checkpoint again"
spikeq run --model q.safetensors $odd --arith f32
exits 1
says "spikeq run: q.safetensors: holds fixed-point weights, which --arith f32 cannot run; give the trained checkpoint"
spikeq quantize --model q.safetensors --config odd/config.json --bits 8
exits 1
says "spikeq quantize: q.safetensors: holds fixed-point weights already; give the trained checkpoint"
spikeq inspect q.safetensors
exits 0
prints_part "Spikformer, architecture spikformer-cifar10, 1-48"
rm -r a b
cp q.safetensors first
spikeq $quantize --bits 6 -o q.safetensors
exits 2
says "spikeq quantize: q.safetensors: exists; --force replaces it"
spikeq $quantize --bits 6 -o q.safetensors --force
exits 0
cmp -s q.safetensors first || complain "the file is not the same again"
leaves first q.safetensors
finish

start "quantize: a sweep, and scales by error"
spikeq $quantize --bits 4,8,16 --calibrate odd/input.npy --choose error --format json
exits 0
is_silent
prints_part '"neuron_timesteps":'
spikeq $quantize --bits 16 --calibrate odd/input.npy --format markdown
exits 0
prints_part "| fixed | 16 | - | 0.000 % | 0.00 % |"
leaves
finish

start "a trace of fixed point replays in it"
spikeq $run --arith fixed --weight-bits 5 --rounding down --trace t --quiet
exits 0
spikeq replay t --model odd/model.safetensors --from block.0 --verify
exits 0
prints_part "all equal, logits too"
spikeq $quantize --bits 8 -o q
spikeq replay t --model q --from block.0 --verify
exits 1
says_like 'spikeq replay: t: was recorded in the arithmetic "fixed weights=5 *", q runs in "fixed weights=8 *"; give the model that was recorded'
leaves q t
finish

start "fixed point: threads, batch, schedule, instruction set change nothing"
spikeq $run --arith fixed --weight-bits 7 --threads 1 --batch 1 --isa scalar --dump a --quiet
spikeq $run --arith fixed --weight-bits 7 --threads 4 --batch 3 --schedule step --dump b --quiet
exits 0
diff -r a b >/dev/null || complain "the dumps differ"
rm -r a b
leaves
finish
