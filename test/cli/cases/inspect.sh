# spikeq inspect: what any file is, what spikeq run says of it, and which command takes it.
# needs: python3
# shellcheck shell=sh disable=SC2154
bugcases=$root/test/bugcases

# is NAME FILE LINE...: what inspect prints of a file ends in these lines.
is() {
    start "inspect: $1"
    "$2"
    spikeq inspect "$file"
    exits 0
    is_silent
    shift 2
    printf '%s\n' "$@" >"$top/want"
    tail -n $# "$top/out" | cmp -s - "$top/want" || complain "stdout: $(tail -n $# "$top/out")"
    rm -rf ./*.csv ./*.txt ./*.json ./*.png ./*.jpg ./*.bin ./*.h5 ./*.npy classes
    leaves
    finish
}

a_config() { file=cifar/config.json; }
a_report() { spikeq run --quiet --model cifar/model.safetensors --config cifar/config.json \
    --input cifar/input.npy --report r.json && file=r.json; }
a_profile() { file=p.json && cp "$root/configs/hardware/fp32_45nm.json" p.json; }
rates() { file=rates.csv && printf 'name,rate\npatch_embed.proj_lif,0.1\n' >rates.csv; }
layers() { file=t.csv && printf 'name,kind,dense,rate\na,conv,100,0.1\n' >t.csv; }
theirs() { file=o.csv && printf 'name,ops\na,100\n' >o.csv; }
spikes() { file=s.csv && printf 'sample,timestep,population,index\n0,0,a,1\n' >s.csv; }
cifar_batch() { file=b.bin && { printf '\003' && head -c 3072 /dev/zero; } >b.bin &&
    cat b.bin b.bin >bb.bin && mv bb.bin b.bin; }
png() { file=a.png && cp "$bugcases/clean/cats/a.png" a.png; }
labels() { file=l.npy && cp "$root/test/golden/cifar-2-64/labels.npy" l.npy 2>/dev/null ||
    { printf "\223NUMPY\001\000\166\000%-117s\n" "{'descr': '|u1', 'fortran_order': False, 'shape': (2,), }" >l.npy && printf '\001\002' >>l.npy; }; }
images() { file=cifar/input.npy; }

is "a configuration" a_config "cifar/config.json: a configuration: config, architecture spikformer-cifar10, depth 2, dim 64" \
    "next      spikeq run --config cifar/config.json --model MODEL --input FILE"
an_architecture() { file=a.json && cp "$root/configs/architectures/spikformer-imagenet.json" a.json; }
is "an architecture" an_architecture "a.json: an architecture: spikformer-imagenet" \
    "next      spikeq graph a.json --config NAME"
is "a report" a_report "r.json: a report of spikeq run" "next      spikeq energy r.json"
is "a hardware profile" a_profile "p.json: a hardware profile" \
    "next      spikeq energy REPORT --hardware p.json"
is "firing rates" rates "rates.csv: a table of firing rates" \
    "next      spikeq energy --rates rates.csv --config NAME"
is "a table of layers" layers "t.csv: a table of layers" "next      spikeq energy --table t.csv"
is "figures of another tool" theirs "o.csv: a table of another tool's figures" \
    "next      spikeq energy REPORT --compare o.csv"
is "a list of spikes" spikes "s.csv: a CSV list of spikes" \
    "next      spikeq import s.csv --format csv -o TRACE"
is "a CIFAR batch" cifar_batch "b.bin: a CIFAR-10 batch of 2 images" \
    "next      spikeq run --model MODEL --input b.bin"
is "a picture" png "a.png: a PNG image, 8x8" "next      spikeq run --model MODEL --input a.png"
is "labels" labels "next      spikeq run --model MODEL --input SAMPLES --labels l.npy"
a_raster() { file=r.npy && printf "\223NUMPY\001\000\166\000%-117s\n" "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 3), }" >r.npy && printf '\001\000\001\001\000\001' >>r.npy; }
sonata() { spikeq run --quiet --model cifar/model.safetensors --config cifar/config.json \
    --input cifar/input.npy --trace t.db --limit 1 && spikeq export t.db --to hdf5 -o s.h5 && rm t.db && file=s.h5; }
is "a raster" a_raster "r.npy: npy uint8 [2,3]" "next      spikeq import r.npy --population NAME -o TRACE"
is "SONATA spikes" sonata "s.h5: a SONATA spike file (HDF5)" \
    "next      spikeq import s.h5 --format sonata -o TRACE"
is "images" images "cifar/input.npy: npy float32 [2,3,32,32]" \
    "next      spikeq run --model MODEL --input cifar/input.npy"

start "inspect: a folder of classes, and a list"
mkdir -p classes/a classes/b
cp "$root"/test/golden/*/*.png classes/a 2>/dev/null
printf '\211PNG\r\n\032\n' >classes/a/x.png
printf '\211PNG\r\n\032\n' >classes/b/y.png
spikeq inspect classes
exits 0
prints_part "files in 2 classes"
prints_part "next      spikeq run --model MODEL --input classes"
printf 'classes/a/x.png 0\nclasses/b/y.png 1\n' >list.txt
spikeq inspect list.txt
exits 0
prints_part "list.txt: a list of 2 files"
spikeq inspect --json list.txt
exits 0
prints_part '"next":	"spikeq run --model MODEL --input list.txt'
leaves classes list.txt
finish

start "inspect: a configuration with a slip says so"
printf '{"haeds": 4}' >c.json
spikeq inspect c.json
exits 1
says 'spikeq inspect: ./c.json: no key is called "haeds"; did you mean "heads"?'
leaves c.json
finish

start "inspect: what only begins like a picture is refused"
printf '\211PNG\r\n\032\n' >a.png
spikeq inspect a.png
exits 1
says_like "spikeq inspect: a.png: a damaged PNG image: *"
prints_nothing
leaves a.png
finish

# Checkpoints: the summary is last, the verdict is that of run.
start "inspect: a checkpoint ends in its summary"
spikeq inspect cifar/model.safetensors
exits 0
is_silent
tail -n 5 "$top/out" >tail.txt
grep -q '^cifar/model.safetensors: safetensors, ' tail.txt || complain "no summary: $(cat tail.txt)"
grep -q '^verdict   spikeq run takes it once "heads", "T", "image_size" are given: --config NAME or --set heads=N --set T=N --set image_size=N$' tail.txt || complain "no verdict: $(cat tail.txt)"
leaves tail.txt
finish

start "inspect --config: a configuration to be filled in"
spikeq inspect "$bugcases/net.safetensors" --config
exits 0
is_silent
cp "$top/out" own.json
spikeq run --model "$bugcases/net.safetensors" --config own.json --input "$bugcases/in.npy"
exits 1
says 'spikeq run: own.json: "heads" is "?": fill in its value'
sed 's/"heads":	"?"/"heads": 2/; s/"T":	"?"/"T": 2/; s/"image_\(.*\)":	"?"/"image_\1": 8/' own.json >two.json
spikeq run --model "$bugcases/net.safetensors" --config two.json --input "$bugcases/in.npy"
exits 1
says 'spikeq run: two.json: "mean" is "?": fill in its value, a number a channel, or null where the input is stored normalised'
sed 's/"mean":	"?"/"mean": null/; s/"std":	"?"/"std": null/' two.json >own.json
spikeq run --quiet --model "$bugcases/net.safetensors" --config own.json --input "$bugcases/in.npy"
exits 0
leaves own.json two.json
finish

start "inspect --weights: another network of the file"
spikeq inspect "$bugcases/two.pth"
exits 0
says "spikeq inspect: warning: $bugcases/two.pth: holds 2 networks that fit: student, teacher (an average); student runs, the weights that the others average; --weights NAME chooses [several-networks]"
prints_part "unused: another network of the file, an average of weights"
prints_part "2 networks: student, teacher (an average); student runs, the weights that the others average"
spikeq inspect "$bugcases/two.pth" --weights teacher --json
exits 0
is_silent
prints_part '"root":	"teacher."'
leaves
finish

refuse 2 "inspect: --weights of no such network" "spikeq inspect: $bugcases/two.pth: --weights ema names none of its networks; they are: student, teacher (an average)" inspect "$bugcases/two.pth" --weights ema
refuse 1 "inspect: --config of something else" "spikeq inspect: cifar/config.json: not a checkpoint: it looks like plain text; expected .safetensors or what torch.save() writes" inspect --config cifar/config.json
refuse 2 "inspect: --config with --json" "spikeq inspect: --json, --config and --digest exclude each other; see spikeq inspect --help" inspect --config --json cifar/model.safetensors

# A tensor that no Spikformer has: Spike-driven Transformers look like one otherwise. The header of
# the file is edited in place, one name for another of the same length.
start "inspect and run give one verdict of what is no Spikformer"
sed 's/block.0.mlp.fc2_bn.running_var/block.0.mlp.fc2_bn.running_vax/' "$bugcases/net.safetensors" >x.safetensors
spikeq run --model x.safetensors --config "$bugcases/net.json" --input "$bugcases/in.npy"
exits 1
verdict=$(sed 's/^spikeq run: //' "$top/err")
case $verdict in *"of another network, record the spikes in its own framework and give them to spikeq import"*) ;; *) complain "no way out: $verdict" ;; esac
spikeq inspect x.safetensors
exits 0
is_silent
prints_part "verdict   spikeq run refuses it: $verdict"
prints_part "next      record its spikes in its own framework, then spikeq import"
spikeq inspect --json x.safetensors
prints_part '"runs":	false'
spikeq inspect --config x.safetensors
exits 1
says "spikeq inspect: $verdict"
leaves x.safetensors
finish

start "inspect: a trace of many timesteps shows ten of each population"
spikeq run --model cifar/model.safetensors --config cifar/config.json --set T=40 \
    --input cifar/input.npy --limit 1 --trace t.db
exits 0
[ "$(grep '^patch_embed.proj_lif ' "$top/out" | wc -w)" -eq 14 ] || complain "run: $(grep '^patch_embed.proj_lif ' "$top/out")"
spikeq inspect t.db
exits 0
[ "$(grep '^patch_embed.proj_lif ' "$top/out" | wc -w)" -eq 17 ] || complain "inspect: $(grep '^patch_embed.proj_lif ' "$top/out")"
leaves t.db
finish

# A Spike-Driven Transformer has tensors of the same names, with other axes.
start "inspect and run give one verdict of a relative with a Spikformer's names"
python3 - <<'END'
data = open("odd/model.safetensors", "rb").read()
n = int.from_bytes(data[:8], "little")
header = data[8:8 + n].decode()
name = '"block.0.attn.q_linear.weight":'
at = header.index(name)
end = header.index("]", header.index('"shape"', at))
header = header[:end] + ",1,1" + header[end:]
header += " " * (-len(header) % 8)
open("sdt.safetensors", "wb").write(len(header).to_bytes(8, "little") + header.encode() + data[8 + n:])
END
spikeq inspect sdt.safetensors
exits 0
prints_part "no architecture that is known"
relative="sdt.safetensors: tensor \"block.0.attn.q_linear.weight\" has 4 axes, that of spikformer-cifar10 2; this is the state dict of a relative, none of cml-spikingformer-cifar, "
prints_part "verdict   spikeq run refuses it: $relative"
spikeq run --model sdt.safetensors --config odd/config.json --input odd/input.npy
exits 1
says_like "spikeq run: $relative*"
leaves sdt.safetensors
finish
