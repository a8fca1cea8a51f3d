# Checkpoints with more in them than one network of float32.
# shellcheck shell=sh disable=SC2154
bugcases=$root/test/bugcases

# The network of net.safetensors, with something beside it that plays no part: every spike and logit.
for model in complex.pth ndarray.pth fromtype.pth f8beside.safetensors; do
    start "$model has the spikes and logits of its network"
    spikeq run --quiet --config "$bugcases/net.json" --input "$bugcases/in.npy" \
        --model "$bugcases/net.safetensors" --dump want
    exits 0
    spikeq run --quiet --config "$bugcases/net.json" --input "$bugcases/in.npy" \
        --model "$bugcases/$model" --dump got
    exits 0
    is_silent
    diff -rq want got >diff || complain "$(cat diff)"
    leaves diff got want
    finish
done

# two.pth: the network of net.safetensors as student, another one as teacher.
two="--model $bugcases/two.pth --config $bugcases/net.json --input $bugcases/in.npy"
several="warning: $bugcases/two.pth: holds 2 networks that fit: student, teacher (an average); student runs, the weights that the others average; --weights NAME chooses [several-networks]"

start "of two networks the plain one runs, and run, report and trace say so"
spikeq run $two --report r.json --trace t.db --dump got
exits 0
says "spikeq run: $several"
prints_part "weights   student of student, teacher (an average): the weights that the others average"
grep -q '"weights":	"student"' r.json || complain "the report does not name the weights"
grep -q '"networks":	"student, teacher (an average)"' r.json || complain "nor the networks"
grep -q '"several-networks"' r.json || complain "nor the warning"
spikeq run --quiet --model "$bugcases/net.safetensors" --config "$bugcases/net.json" \
    --input "$bugcases/in.npy" --dump want
diff -rq want got >diff || complain "$(cat diff)"
spikeq inspect --json t.db
prints_part '"model_root":	"student."'
prints_part '"model_networks":	"student, teacher (an average)"'
prints_part '"model_weights":	"student"'
leaves diff got r.json t.db want
finish

start "--weights chooses without a warning, and a replay takes what was recorded"
spikeq run $two --weights teacher --trace t.db
exits 0
is_silent
prints_part "weights   teacher of student, teacher (an average): --weights names it"
spikeq replay t.db --model "$bugcases/two.pth" --from input --input "$bugcases/in.npy" --verify
exits 0
is_silent
prints_part "all equal"
spikeq replay t.db --model "$bugcases/two.pth" --weights student --from input \
    --input "$bugcases/in.npy" --verify
[ "$status" -ne 0 ] || complain "the student's spikes are not the teacher's"
prints_part "two.pth (other weights of the file than the recorded ones)"
leaves t.db
finish

start "analyze takes the weights that were recorded"
spikeq run $two --quiet --weights teacher --trace t.db
spikeq analyze t.db --model "$bugcases/two.pth" --config "$bugcases/net.json" --json a.json
exits 0
grep -q several-networks "$top/err" && complain "a warning, though the trace tells"
spikeq analyze t.db --model "$bugcases/two.pth" --config "$bugcases/net.json" --weights teacher --json b.json
cmp -s a.json b.json || complain "other weights than those that were recorded"
spikeq analyze t.db --model "$bugcases/two.pth" --config "$bugcases/net.json" --weights student --json c.json
exits 1
grep -q 't.db was recorded of other weights of this file, "teacher.", not "student."; --weights chooses' "$top/err" ||
    complain "stderr: $(cat "$top/err")"
leaves a.json b.json t.db
finish

start "--weights in energy and quantize"
spikeq energy $two --weights student --format json
exits 0
grep -q several-networks "$top/err" && complain "a warning, though one was named"
mv "$top/out" student.json
spikeq energy $two --weights teacher --format json
exits 0
grep -q several-networks "$top/err" && complain "a warning, though one was named"
cmp -s "$top/out" student.json && complain "teacher and student cost the same"
spikeq quantize --model "$bugcases/two.pth" --config "$bugcases/net.json" --weights teacher \
    --bits 8 -o q.safetensors
exits 0
grep -q several-networks "$top/err" && complain "a warning, though one was named"
spikeq quantize --model "$bugcases/two.pth" --config "$bugcases/net.json" --weights student \
    --bits 8 -o s.safetensors
cmp -s q.safetensors s.safetensors && complain "teacher and student are one"
leaves q.safetensors s.safetensors student.json
finish

refuse 2 "--weights of no such network" "spikeq run: $bugcases/two.pth: --weights ema names none of its networks; they are: student, teacher (an average)" run $two --weights ema
refuse 2 "energy: --weights without a model" "spikeq energy: --weights goes with --model; see spikeq energy --help" energy r.json --weights ema
refuse 2 "replay: --weights without a model" "spikeq replay: --weights goes with --model; see spikeq replay --help" replay t.db --weights ema
refuse 2 "analyze: --weights without a model" "spikeq analyze: --weights goes with --model; see spikeq analyze --help" analyze t.db --weights ema
refuse 1 "--strict: two networks that fit are an error" "spikeq run: $(echo "$several" | sed 's/^warning: //; s/\]$/: --strict makes this warning an error]/')" run $two --strict

# The image's size is the input's where neither the weights nor a configuration tell it.
start "an own size needs heads and T; the image's size is the input's"
spikeq run --model cifar/model.safetensors --input cifar/input.npy
exits 1
says 'spikeq run: cifar/model.safetensors: the weights do not determine "heads", "T"; give --config NAME or --set heads=N --set T=N'
heads=$(sed -n 's/.*"heads": *\([0-9]*\).*/\1/p' cifar/config.json) T=$(sed -n 's/.*"T": *\([0-9]*\).*/\1/p' cifar/config.json)
spikeq run --quiet --model cifar/model.safetensors --input cifar/input.npy --set "heads=$heads" --set "T=$T" --dump got --report r.json
exits 0
spikeq run --quiet --model cifar/model.safetensors --input cifar/input.npy --config cifar/config.json --dump want
diff -rq want got >diff || complain "$(cat diff)"
grep -q '"image size 32x32: as the input has it"' r.json || complain "the report does not say whose size it is"
spikeq quantize --model cifar/model.safetensors --calibrate cifar/input.npy --set "heads=$heads" --set "T=$T" --bits 8
exits 0
leaves diff got r.json want
finish

start "import --model: the sizes are the checkpoint's"
spikeq import cifar/spikes.npz --model cifar/model.safetensors -o t.db
exits 1
says 'spikeq import: cifar/model.safetensors: the weights do not determine "heads", "T", "image_size"; give --config NAME or --set heads=N --set T=N --set image_size=N'
spikeq import cifar/spikes.npz --model cifar/model.safetensors --set "heads=$heads" --set "T=$T" --set image_size=32 -o t.db
exits 0
spikeq import cifar/spikes.npz --config cifar/config.json -o u.db
exits 0
spikeq diff t.db u.db
exits 0
spikeq energy t.db --format csv
exits 0
grep -v '^#' "$top/out" >t.csv
spikeq energy u.db --format csv
grep -v '^#' "$top/out" | cmp -s - t.csv || complain "other prices"
spikeq import cifar/spikes.npz --model cifar/model.safetensors --config cifar/config.json -o v.db
exits 0
spikeq import dvs/spikes.npz --model cifar/model.safetensors --config cifar/config.json -o w.db
exits 1
leaves t.csv t.db u.db v.db
finish

refuse 2 "import: --weights without a model" "spikeq import: --weights goes with --model" import cifar/spikes.npz -o t.db --weights ema
