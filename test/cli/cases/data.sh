# What files hold: exit status 1, one line with the file and what to do, no file left behind.
# shellcheck shell=sh disable=SC2086,SC2154,SC2034,SC2010,SC2012 # options are split on purpose
model="--model cifar/model.safetensors"
config="--config cifar/config.json"
input="--input cifar/input.npy"

refuse 1 "model: missing" "spikeq run: none.pth: cannot be opened: No such file or directory" run --model none.pth $config $input
refuse 1 "model: a folder" "spikeq run: cifar: is a directory; name the checkpoint in it" run --model cifar $config $input
refuse 1 "model: a device" "spikeq run: /dev/null: is a pipe or a device; save it as a regular file first" run --model /dev/null $config $input
refuse 1 "input: missing" "spikeq run: none.npy: cannot be opened: No such file or directory" run $model $config --input none.npy
refuse 1 "input: a folder that holds other files" "spikeq run: cifar/checkpoint.pth: is neither a PNG nor a JPEG image" run $model $config --input cifar
refuse 1 "labels: missing" "spikeq run: none.idx: cannot be opened: No such file or directory" run $model $config $input --labels none.idx
refuse 1 "config: missing" "spikeq run: ./none.json: cannot be opened: No such file or directory" run $model --config ./none.json $input
refuse 1 "config: none that fits" "spikeq run: cifar/model.safetensors: the weights do not determine \"heads\", \"T\"; give --config NAME or --set heads=N --set T=N" run $model $input
refuse 1 "config: of another layout" "spikeq run: cifar/model.safetensors: no tensor \"block.0.attn.q_conv.weight\": the weights are those of the architecture spikformer-cifar10, the configuration says spikformer-cifar10dvs; wrong --config?" run $model --config dvs/config.json $input
refuse 1 "config: of another depth" "spikeq run: cifar/model.safetensors: tensor \"block.*.attn.q_linear.weight\" gives depth = 2, the configuration says 1; wrong --config?" run $model --config odd/config.json $input
refuse 1 "set: unknown key" "spikeq run: --set: no key is called \"haeds\"; did you mean \"heads\"?" run $model $config $input --set haeds=4
refuse 1 "set: out of range" "spikeq run: --set: \"T\" is 0; it must lie in 1..1024" run $model $config $input --set T=0
refuse 1 "input: images of another size" "spikeq run: odd/input.npy: holds float32 [3,3,28,20]; the network takes images [B,3,32,32]: only uint8 images are padded or resized" run $model $config --input odd/input.npy
refuse 1 "input: frames for images" "spikeq run: dvs/input.npy: holds float32 [2,4,2,128,128]; the network takes images [B,3,32,32]: are these frames? Then the architecture is another" run $model $config --input dvs/input.npy
refuse 1 "input: images for frames" "spikeq run: cifar/input.npy: holds float32 [2,3,32,32]; the network takes frames [B,4,2,128,128]: a dimension is missing, of the samples or the timesteps" run --model dvs/model.safetensors --config dvs/config.json $input
refuse 1 "input: frames of another T" "spikeq run: dvs/input.npy: holds float32 [2,4,2,128,128]; the network takes frames [B,5,2,128,128]: --set T=4 runs as many timesteps as there are frames" run --model dvs/model.safetensors --config dvs/config.json --input dvs/input.npy --set T=5
refuse 1 "labels: no list" "spikeq run: cifar/input.npy: holds [2,3,32,32]; labels are one list of 2 integers" run $model $config $input --labels cifar/input.npy
refuse 1 "input: a checkpoint" "spikeq run: cifar/model.safetensors: not an input: neither .npy nor IDX (plain or gzipped)" run $model $config --input cifar/model.safetensors
refuse 1 "model: an array" "spikeq run: cifar/input.npy: not a checkpoint: it looks like a NumPy array (.npy); expected .safetensors or what torch.save() writes" run --model cifar/input.npy $config $input
refuse 1 "inspect: missing" "spikeq inspect: none: cannot be opened: No such file or directory" inspect none
printf 'some words\n' >"$top/words.txt"
refuse 1 "inspect: a text" "spikeq inspect: ../words.txt: not a checkpoint: it looks like plain text; expected .safetensors or what torch.save() writes" inspect ../words.txt
refuse 1 "dump: a file" "spikeq run: cifar/input.npy: is not a folder; a dump is files in a folder" run $model $config $input --dump cifar/input.npy
refuse 1 "dump: no folder to make it in" "spikeq run: no/such: the folder cannot be made: No such file or directory" run $model $config $input --dump no/such
refuse 1 "report: no folder" "spikeq run: no/such.json: cannot be written: No such file or directory" run $model $config $input --report no/such.json
refuse 1 "report: a folder" "spikeq run: .: cannot be written: Is a directory" run $model $config $input --report .

start "config: unknown name lists the known ones"
spikeq run $model --config cifar100-big $input
exits 1
says_like "spikeq run: no configuration is called \"cifar100-big\" in models/ of $SPIKEQ_CONFIGS:*; known: cml-*, ...; a file of your own is given as a path with '/' or .json"
finish

# data NAME LINE FILE ARGUMENT...: as refuse 1, in the folder where FILE was just made.
data() {
    want_line=$2 made=$3
    name=$1
    shift 3
    spikeq "$@"
    exits 1
    says "$want_line"
    prints_nothing
    leaves $made
    finish
}

start
: >empty
data "model: empty" "spikeq run: empty: is empty; was it downloaded completely?" empty run --model empty $config $input

start
: >empty
data "input: empty" "spikeq run: empty: the file is empty" empty run $model $config --input empty

start
: >empty.json
data "config: empty" "spikeq run: empty.json: the file is empty" empty.json run $model --config empty.json $input

for n in 7 8 100 4096 20000; do
    start "model: cut off after $n bytes"
    head -c $n cifar/model.safetensors >cut.safetensors
    spikeq run --model cut.safetensors $config $input
    exits 1
    says_like "spikeq run: cut.safetensors: *"
    prints_nothing
    leaves cut.safetensors
    finish
    start "model: a .pth cut off after $n bytes"
    head -c $n cifar/checkpoint.pth >cut.pth
    spikeq run --model cut.pth $config $input
    exits 1
    says_like "spikeq run: cut.pth: *"
    leaves cut.pth
    finish
done

start
head -c 20000 cifar/input.npy >cut.npy
data "input: cut off" "spikeq run: cut.npy: truncated: it has 20000 bytes and its shape [2,3,32,32] needs 24704" cut.npy run $model $config --input cut.npy

# A pickle that would run "touch owned" in Python: cos\nsystem\n(S'touch owned'\ntR.
start
printf '\200\002cos\nsystem\n(X\013\0\0\0touch ownedtR.' >hostile.pth
data "model: a hostile pickle" "spikeq run: hostile.pth: refused: the pickle names os.system at byte 2, which is not on the list of what a checkpoint may hold; nothing was executed; if you trust its source, save the bare model.state_dict() instead" hostile.pth run --model hostile.pth $config $input

start
printf '\200\002cos\nsystem\n(X\013\0\0\0touch ownedtR.' >hostile.pth
data "inspect: a hostile pickle" "spikeq inspect: hostile.pth: refused: the pickle names os.system at byte 2, which is not on the list of what a checkpoint may hold; nothing was executed; if you trust its source, save the bare model.state_dict() instead" hostile.pth inspect hostile.pth

start
printf '\0\0\010\001\0\0\0\003\003\005\001' >labels
data "labels: more than images" "spikeq run: labels: holds 3 labels for 2 samples" labels run $model $config $input --labels labels

start
printf '\0\0\010\001\0\0\0\001\003' >labels
data "labels: fewer than images" "spikeq run: labels: holds 1 label for 2 samples" labels run $model $config $input --labels labels

start
printf '\0\0\010\001\0\0\0\002\003\012' >labels
data "labels: no such class" "spikeq run: labels: label 1 is 10; the network has the classes 0..9" labels run $model $config $input --labels labels

start
{ printf '\0\0\010\004\0\0\0\001\0\0\0\001\0\0\0\040\0\0\0\040' && head -c 1024 /dev/zero; } >grey
data "input: one channel for three" "spikeq run: grey: holds uint8 [1,1,32,32]; the network takes images [B,3,32,32]: another number of channels" grey run $model $config --input grey

start
{ printf '\0\0\010\004\0\0\0\001\0\0\0\003\0\0\0\034\0\0\0\034' && head -c 2352 /dev/zero; } >small
data "input: small images need a fit" "spikeq run: small: holds uint8 [1,3,28,28]; the network takes images [B,3,32,32]: --set fit=pad or --set fit=crop brings them to size" small run $model $config --input small

# NaN is found when its sample is read: the run has begun, and nothing of it may stay.
start
{ head -c 128 cifar/input.npy && printf '\0\0\300\177' && tail -c +133 cifar/input.npy; } >nan.npy
data "input: not a number" "spikeq run: nan.npy: sample 0, channel 0, row 0, column 0 is NaN" nan.npy run $model $config --input nan.npy --dump d --report r.json

# The disk is full: /dev/full behind a link of our own, which must stay.
if [ -c /dev/full ]; then
    start
    ln -s /dev/full full
    data "report: disk full" "spikeq run: full: cannot be written: No space left on device" full run $model $config $input --report full
fi

# Files may not grow: a report of which only the beginning fits must not stay.
start "report: no room for all of it"
(
    trap '' XFSZ
    ulimit -f 1
    exec "$spikeq" run $model $config $input --report r.json
) >"$top/out" 2>"$top/err"
status=$?
exits 1
says "spikeq run: r.json: cannot be written: File too large"
prints_nothing
leaves
finish

start "dump: a folder that cannot be written"
if [ "$(id -u)" -ne 0 ]; then
    mkdir -m 500 closed
    spikeq run $model $config $input --dump closed --report closed/r.json
    exits 1
    says_like "spikeq run: closed*: cannot be *: Permission denied"
    leaves closed
    finish
else
    skip "$name" "root may write everywhere"
fi

start "labels and images the wrong way round"
spikeq run $model $config --input cifar/logits.npy
exits 1
says_like "spikeq run: cifar/logits.npy: holds float32 \\[2,10\\]; the network takes images \\[B,3,32,32\\]*"
finish

frames="run --model dvs/model.safetensors --config dvs/config.json --quiet"
refuse 1 "input: other files for a network of frames" \
    "spikeq run: cifar/checkpoint.pth: the archive has no readable member frames.npy" \
    $frames --input cifar

start "input: a tree of one sample's frames a file"
mkdir tree tree/a tree/b
for i in 0 1; do
    {
        printf '\223NUMPY\001\000\166\000'
        printf "%-117s\n" "{'descr': '<f4', 'fortran_order': False, 'shape': (4, 2, 128, 128), }"
        tail -c "+$((129 + i * 524288))" dvs/input.npy | head -c 524288
    } >"tree/$(echo a b | cut -d ' ' -f $((i + 1)))/sample.npy"
done
spikeq $frames --input dvs/input.npy --dump whole
exits 0
spikeq $frames --input tree --dump parts --report r.json
exits 0
is_silent
for file in whole/*; do cmp -s "$file" "parts/${file#whole/}" || complain "$file differs"; done
grep -q '"2 files in 2 class folders, frames as stored"' r.json || complain "$(grep description r.json)"
grep -q '"accuracy"' r.json || complain "no labels"
leaves parts r.json tree whole
finish

start "inspect: an archive of arrays"
spikeq inspect odd/spikes.npz
exits 0
is_silent
prints_part 'odd/spikes.npz: npz, 12 arrays'
prints_part '  "patch_embed.proj_lif"                     uint8     [3,3,6,28,20]'
finish

start "inspect: an archive of arrays, as JSON"
spikeq inspect --json odd/spikes.npz
exits 0
prints_part '			"name":	"block.0.attn.q_lif",'
prints_part '			"shape":	[3, 3, 35, 144]'
finish

start "inspect: an archive cut short"
head -c 3000 odd/spikes.npz >cut.npz
spikeq inspect cut.npz
exits 1
says "spikeq inspect: cut.npz: begins like a zip archive but cannot be read as one (Not a zip archive); is the file truncated?"
leaves cut.npz
finish
