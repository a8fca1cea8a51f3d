# spikeq graph, and architectures of the user's own: they run without a line of C.
# needs: python3
# shellcheck shell=sh disable=SC2154,SC2086 # options are split on purpose
own=$root/configs/architectures/spikformer-cifar10.json
flat=$root/test/reference/flat_graph.py

sizes() { # sizes ARCHITECTURE [MORE]: a configuration in c.json
    printf '{"architecture": "%s", "depth": 2, "dim": 32, "heads": 2, "mlp_hidden": 64, "T": 4,
        "in_channels": 3, "image_height": 32, "image_width": 32, "classes": 8%s}\n' "$1" "$2" >c.json
}

start "graph: a checkpoint, node by node"
spikeq graph cifar/model.safetensors --config cifar/config.json
exits 0
is_silent
prints_part "architecture spikformer-cifar10, configuration config, T = 4"
prints_part "66 nodes in 28 steps, 19 populations, 159744 neurons, 160216 weights"
# 77244416 dense additions a sample, as spikeq run says, of 4 timesteps
prints_part "dense: 19311104 synaptic operations and 212064 multiply-accumulates (MAC) a timestep, 640 MAC a sample"
line=$(grep ' block.0.mlp.fc1_linear ' "$top/out" | tr -s ' ')
holds "$line" " 16 block.0.mlp.fc1_linear linear block 0 fc1 reals 256x8x8 block.0.mid 16384 256 1048576"
line=$(grep ' block.1.out ' "$top/out" | tr -s ' ' | head -n 1)
holds "$line" " 27 block.1.out add block 1 residual counts 0..6 64x8x8 block.1.mid, block.1.mlp.fc2_lif"
holds "$(awk '$1 == 2 { print $2 }' "$top/out" | tr '\n' ' ')" \
    "patch_embed.proj_conv patch_embed.proj_bn patch_embed.proj_lif "
leaves
finish

start "graph: a configuration, a trace, a report and an architecture say the same"
spikeq run --quiet --model cifar/model.safetensors --config cifar/config.json --input cifar/input.npy \
    --limit 1 --trace t.db --report r.json
exits 0
for source in "cifar/model.safetensors --config cifar/config.json" cifar/config.json t.db r.json \
    "$own --config cifar/config.json" "cifar/config.json --architecture spikformer-cifar10"; do
    spikeq graph $source
    exits 0
    is_silent
    [ -f want ] || cp "$top/out" want
    cmp -s want "$top/out" || complain "$source: $(diff want "$top/out" | head -n 3)"
done
rm t.db r.json want
leaves
finish

start "graph --json is an architecture"
spikeq graph dvs/config.json --json
exits 0
is_silent
cp "$top/out" flat.json
for source in flat.json "dvs/model.safetensors --config dvs/config.json --architecture flat.json"; do
    spikeq graph $source --json
    exits 0
    cmp -s flat.json "$top/out" || complain "$source: $(diff flat.json "$top/out" | head -n 3)"
done
spikeq run --quiet --model dvs/model.safetensors --config dvs/config.json --input dvs/input.npy --dump a
spikeq run --quiet --model dvs/model.safetensors --config dvs/config.json --input dvs/input.npy --dump b \
    --architecture flat.json
exits 0
diff -r a b >/dev/null || complain "the flat list computes something else"
rm -r flat.json a b
leaves
finish

start "graph --dot, --mermaid: ids are escaped"
sed 's/"id": "mean"/"id": "a\\"b\\\\c<#>"/' "$own" >own.json
spikeq graph own.json --config cifar/config.json --dot
exits 0
prints_part 'digraph "spikformer-cifar10" {'
prints_part ' [label="a\"b\\c<#>\nmean_tokens\n64x1x1"];'
prints_part '  n2 -> n3 [label="reals", style=dashed];'
spikeq graph own.json --config cifar/config.json --mermaid
exits 0
prints_part 'flowchart TD'
prints_part '["a#quot;b#92;c#lt;#35;#gt;<br>mean_tokens<br>64x1x1"]'
prints_part '|"counts 0..2"|'
rm own.json
leaves
finish

start "graph: assumed keys are warned of"
spikeq graph spikformer-10-512-imagenet
exits 0
prints_part "assumed: heads"
says_like "spikeq graph: warning: * \[assumed-configuration\]"
spikeq graph spikformer-10-512-imagenet --strict
exits 1
prints_nothing
finish

refuse 2 "graph: no source" "spikeq graph: give one checkpoint, configuration, architecture, trace or report; see spikeq graph --help" graph
refuse 2 "graph: two forms" "spikeq graph: --json, --dot and --mermaid exclude each other; see spikeq graph --help" \
    graph cifar/config.json --json --dot
refuse 2 "graph: weights of a configuration" \
    "spikeq graph: cifar/config.json: is a configuration; --weights goes with a checkpoint" \
    graph cifar/config.json --weights ema
refuse 1 "graph: an architecture without sizes" \
    "spikeq graph: $own: nothing tells \"heads\", \"T\", \"image_size\"; give --config NAME or --set heads=N --set T=N --set image_size=N" \
    graph "$own"
refuse 2 "architecture: of nothing" "spikeq import: --architecture needs --config or --model" \
    import cifar/input.npy -o t.db --architecture spikformer-cifar10
refuse 2 "architecture: of a report" "spikeq energy: --architecture goes with --model or --rates; see spikeq energy --help" \
    energy r.json --architecture spikformer-cifar10

start "architecture: of other weights"
spikeq run --model cifar/model.safetensors --config cifar/config.json --input cifar/input.npy \
    --architecture spikformer-cifar10dvs
exits 1
says_like "spikeq run: cifar/model.safetensors: no tensor \"block.0.attn.q_conv.weight\"; *"
leaves
finish

start "architecture: without recognise no weights are found"
sed '/"recognise": {/,/}/d' "$own" >own.json
spikeq run --model cifar/model.safetensors --config cifar/config.json --input cifar/input.npy \
    --architecture own.json
exits 1
says "spikeq run: own.json: weights cannot be found without \"recognise\": {\"TENSOR\": axes, ...}, tensors that every checkpoint of this architecture has"
rm own.json
leaves
finish

start "configs --architectures"
spikeq configs --architectures
exits 0
is_silent
holds "$(cut -d ' ' -f 1 "$top/out" | tr '\n' ' ')" \
    "$(cd "$root/configs/architectures" && ls | sed 's/\.json$//' | tr '\n' ' ')"
finish

start "architecture: one of the user's folder, by its name"
mkdir "$top/configs/architectures"
sed 's/"layout": "cifar10",//' "$own" >"$top/configs/architectures/zebra.json"
for chosen in "--architecture zebra" "--set architecture=zebra"; do
    spikeq run --model cifar/model.safetensors --config cifar/config.json --input cifar/input.npy \
        $chosen --limit 1 --json
    exits 0
    tr -d ' \t' <"$top/out" | grep -q '"architecture":"zebra"' || complain "another architecture ran"
done
rm -r "$top/configs/architectures"
leaves
finish

# variant NAME [OPTION...]: own.json, c.json and the program on stdin, which changes the nodes `a`, make a
# network that every command takes, equal to NumPy's in every population.
variant() {
    start "architecture: $1"
    shift
    { echo 'import json'
        echo "a = json.load(open('$own')); a['name'] = 'mine'; del a['layout']; n = a['nodes']"
        cat
        echo "json.dump(a, open('own.json', 'w'))"; } >change.py
    python3 change.py || complain "the change failed"
    sizes own.json "$more"
    spikeq graph c.json --json "$@"
    exits 0
    cp "$top/out" graph.json
    /usr/bin/python3 -B "$flat" make graph.json net >"$top/out" 2>&1 || complain "$(tail -n 1 "$top/out")"
    # The architecture by option, of a configuration that names another.
    sizes spikformer-cifar10
    model="--model net/model.safetensors --config c.json --architecture own.json $*"
    run="$model --input net/input.npy --quiet"
    spikeq run $run --dump a --isa scalar --threads 1 --report r.json
    exits 0
    holds "$(/usr/bin/python3 -B "$flat" check net a 2>&1 | tail -n 1)" equal
    spikeq run $run --dump b --schedule step --threads 2 --batch 1 --trace t.db
    exits 0
    diff -r a b >/dev/null || complain "the step schedule computes something else"
    spikeq graph t.db
    exits 0
    prints_part "architecture mine"
    spikeq energy r.json --convention exact --format csv
    exits 0
    cp "$top/out" prices
    spikeq energy t.db --convention exact --format csv
    exits 0
    cmp -s prices "$top/out" || complain "trace and report have other prices"
    spikeq analyze t.db --json a.json
    exits 0
    spikeq replay t.db $model --from input --input net/input.npy --verify --quiet
    exits 0
    spikeq replay t.db --model net/model.safetensors --from "$begin" --verify --quiet
    exits 0
    spikeq inspect net/model.safetensors --architecture own.json
    exits 0
    prints_part "architecture mine"
    rm own.json # trace and report hold their graph
    for source in t.db r.json; do
        spikeq graph $source
        exits 0
        prints_part "architecture mine, "
    done
    rm -r change.py c.json graph.json net a b r.json t.db prices a.json
    leaves
    finish
}

more= begin=block.1
variant "three stages, pools behind the first and the last" <<'END'
stem = n[1]
stem["in"] = ["", "1", "2"]
stem["do"][0][3]["channels"] = "{dim >> (2 - n)}"
stem["do"][3:] = [{"if": "n != 1", "do": [["x", "maxpool", "x", {"id": "patch_embed.maxpool{s}"}]]}]
END

variant "no position embedding" <<'END'
n[2:6] = []
END

variant "an addition of three streams" <<'END'
block = n[6]["do"]
block[3]["do"][2][0] = "p"
block[4][2] = "x p"
block[7][2] = "x y p"
END

begin=layers.1
variant "layers of other names" <<'END'
text = json.dumps(a)
for old, new in (("patch_embed.", "stem."), ("block.", "layers."), (".attn.", ".mix."),
                 ('"head"', '"readout"'), ('"head.', '"readout.'), ("of head.", "of readout.")):
    text = text.replace(old, new)
a = json.loads(text)
END

begin=block.1 more=', "late_heads": 4'
variant "heads of each block, by a key of its own" --set late_heads=4 <<'END'
a["ask"].append("late_heads")
block = n[6]["do"]
late = json.loads(json.dumps(block[1]))
late[3]["heads"] = "{late_heads}"
block[1] = {"if": "i = 0", "do": [block[1]], "else": [late]}
END

start "architecture: a key of its own is missing"
sed 's/"heads": "{heads}"/"heads": "{late_heads}"/; s/"ask": \[/&"late_heads", /' "$own" >own.json
spikeq run --model cifar/model.safetensors --config cifar/config.json --input cifar/input.npy --architecture own.json
exits 1
says "spikeq run: config config: the weights do not tell \"late_heads\", which spikformer-cifar10 asks for; give --set late_heads=VALUE"
spikeq run --quiet --model cifar/model.safetensors --config cifar/config.json --input cifar/input.npy \
    --architecture own.json --set late_heads=2
exits 0
is_silent
rm own.json
leaves
finish
