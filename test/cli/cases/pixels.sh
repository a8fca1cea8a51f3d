# What is done to pixels: said in output, report and trace; the normalisation guard; sizes; configuration keys.
# shellcheck shell=sh disable=SC2086,SC2154,SC2034,SC2010,SC2012 # options are split on purpose
# needs: /usr/bin/python3
run="run --model cifar/model.safetensors --config cifar/config.json"
normal="--set mean=0.5,0.5,0.5 --set std=0.25,0.25,0.25"

# make NAME EXPRESSION: an array of x, random bytes [4,3,32,32].
make_array() {
    /usr/bin/python3 -c "
import numpy
x = numpy.random.RandomState(3).randint(0, 256, (4, 3, 32, 32)).astype(numpy.uint8)
f = numpy.float32
numpy.save('$1', $2)"
}

# warns NAME: one warning line of that name on stderr, and the same in the report r.json.
warns() {
    exits 0
    says_like "spikeq run: warning: *\[$1\]"
    holds "$(tr -d '\n\t' <r.json | grep -o '"warnings":[^]]*' | grep -o '"name":"[^"]*"')" "\"name\":\"$1\""
}

start "pixels: bytes, normalised and not, the same for any number of threads"
make_array x.npy x
spikeq $run $normal --input x.npy
exits 0
is_silent
prints_part "input     npy uint8 [4,3,32,32], /255, normalised"
spikeq $run --input x.npy --report r.json --trace t.db --quiet
warns pixels-not-normalised
first=$(cat "$top/err")
grep -q '"npy uint8 \[4,3,32,32\], /255, not normalised"' r.json || complain "$(grep description r.json)"
holds "$(sqlite3 t.db "select value from meta where key = 'input_description'")" \
    "npy uint8 [4,3,32,32], /255, not normalised"
holds "$(sqlite3 t.db "select count(*) from meta where key = 'warnings' and value like '%pixels-not-normalised%'")" 1
for sizes in "--threads 1" "--threads 2 --batch 1" "--threads 2 --batch 4" "--schedule step"; do
    spikeq $run --input x.npy --quiet $sizes
    says "$first"
done
spikeq $run --input x.npy --quiet --strict --report s.json --trace s.db
exits 1
says_like "spikeq run: x.npy: *: --strict makes this warning an error]"
spikeq $run --input x.npy --quiet --set mean=0,0,0 --set std=1,1,1
is_silent
leaves r.json t.db x.npy
finish

for row in "x/f(255)|pixels-not-normalised" "x.astype(f)|pixels-out-of-range" "x.astype(f)/128-1|" \
    "(x/f(255)-f(.5))/f(.25)|" "((x/f(255)-f(.5))/f(.25)-f(.5))/f(.25)|pixels-out-of-range" \
    "x.astype(numpy.float16)|pixels-out-of-range" "x.astype('>f8')|pixels-out-of-range" \
    "numpy.asfortranarray(x.astype(f))|pixels-out-of-range" "x//128|pixels-nearly-black" "x|"; do
    start "pixels: ${row%%|*} under mean 0.5, std 0.25"
    make_array x.npy "${row%%|*}"
    spikeq $run $normal --input x.npy --quiet --report r.json
    if [ -n "${row#*|}" ]; then warns "${row#*|}"; else is_silent; fi
    finish
done

start "pixels: counts of events do not warn"
spikeq run --model dvs/model.safetensors --config dvs/config.json --input dvs/input.npy --limit 1 --quiet
exits 0
is_silent
finish

start "sizes: shorter side and centre crop, said in output, report and trace"
make_array x.npy "x[:, :, :24, :]"
for how in "fit=crop|shorter side resized to 32 (bilinear, antialiased), centre crop 32x32" \
    "fit=crop --set interpolation=bicubic --set crop_pct=0.875|shorter side resized to 36 (bicubic, antialiased), centre crop 32x32" \
    "fit=crop --set resize=40|shorter side resized to 40 (bilinear, antialiased), centre crop 32x32" \
    "fit=pad|padded to 32x32"; do
    rm -f t.db
    spikeq $run $normal --input x.npy --set ${how%%|*} --report r.json --force --trace t.db
    exits 0
    is_silent
    text="npy uint8 [4,3,24,32], /255, ${how#*|}, normalised"
    prints_part "input     $text"
    grep -qF "\"$text\"" r.json || complain "$(grep description r.json)"
    holds "$(sqlite3 t.db "select value from meta where key = 'input_description'")" "$text"
done
spikeq $run $normal --input x.npy --set fit=resize --quiet --report r.json --force
warns images-stretched
grep -q "stretched to 32x32 (bilinear, no antialiasing), normalised" r.json || complain "$(grep description r.json)"
finish

# A key that is accepted changes a result, or what is said of it.
start "keys: each one that --set takes is used"
spikeq $run --input cifar/input.npy --quiet --dump plain
for key in heads=1 T=2 timesteps=2 v_threshold=1.5 attn_v_threshold=0.25 attn_scale=1 tau=3 bn_eps=0.5; do
    rm -rf other
    spikeq $run --input cifar/input.npy --quiet --dump other --set $key
    exits 0
    cmp -s plain/logits.npy other/logits.npy && complain "$key changes no logit"
done
for key in layout=imagenet depth=3 dim=128 mlp_hidden=8 mlp_ratio=1 in_channels=1 image_height=16 image_width=16 \
    image_size=16 classes=3 tau=0.5 v_reset=0.5 v_reset=null head_dim=3 tokens=3 token_grid=[3,3] patch_size=16 \
    batch=8 seed=1 input=x exact=true logits_exact=true description=x comment=x populations=[] neuron_default={} resize=40 crop_pct=1 \
    interpolation=bicubic mean=0.5,0.5,0.5 std=0.5,0.5,0.5; do
    spikeq $run --input cifar/input.npy --quiet --set $key
    exits 1
    says_like "spikeq run: *"
done
spikeq $run --input cifar/input.npy --quiet --report r.json --set name=me --set source=here
grep -q '"name":.*"me"' r.json || complain "name changes nothing"
grep -q '"source":.*"here"' r.json || complain "source changes nothing"
rm -r plain other r.json
# shellcheck disable=SC2119
leaves
finish

start "keys: what says the same as weights is compared with them"
sed 's/"dim": [0-9]*,//; s/"mlp_ratio": [0-9]*,//; s/"head_dim": 16/"head_dim": 8/' cifar/config.json >c.json
spikeq run --model cifar/model.safetensors --config c.json --input cifar/input.npy
exits 1
says_like "spikeq run: config *: \"head_dim\" is 8, but dim / heads is 64 / 4 = 16"
sed 's/"layout": "cifar10",//; s/"patch_size": [0-9]*/"patch_size": 16/' cifar/config.json >c.json
spikeq run --model cifar/model.safetensors --config c.json --input cifar/input.npy
exits 1
says_like "spikeq run: config *: \"patch_size\" is 16, but architecture spikformer-cifar10 makes it 4"
finish

start "keys: nothing is normalised or resized of event counts"
spikeq run --model dvs/model.safetensors --config dvs/config.json --input dvs/input.npy --set fit=pad
exits 1
says_like "spikeq run: config *: fit would change nothing: spikformer-cifar10dvs takes frames of event counts*"
finish

start "keys: batch norm is folded into a model of integers"
"$spikeq" quantize --model odd/model.safetensors --config odd/config.json --bits 8 -o q.safetensors >"$top/q" 2>&1
spikeq run --model q.safetensors --config odd/config.json --input odd/input.npy --set bn_eps=0.5
exits 1
says_like "spikeq run: q.safetensors: --set bn_eps would change nothing: *"
spikeq run --model q.safetensors --config odd/config.json --input odd/input.npy --set v_threshold=2 --quiet
exits 0
leaves q.safetensors
finish
