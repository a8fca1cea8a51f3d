# Recordings of event cameras, and folders, as the input of other commands than run and events; dots() and its
# network, and text(), are those of events.sh.
# needs: python3 sqlite3
# shellcheck shell=sh disable=SC2154,SC2086 # options are split on purpose
dvs="--model dvs/model.safetensors"
with_config="$dvs --config dvs/config.json"
size="--size 128x128"

# Two recordings in class folders, events ever closer in time, so that no two rules make the same
# frames; a.db is a run of what is named, by these options.
record_set() {
    mkdir -p set/a set/b
    dots 60 | awk '{ $1 = int(sqrt($1 * 1000)); print }' >set/a/1.txt
    dots 90 | awk '{ $1 = int(sqrt($1 * 1000)); print }' >set/b/1.txt
    printf 'set/a/1.txt 3\nset/b/1.txt 2\n' >list.txt
    input=$1
    shift
    "$spikeq" run $with_config --input $input --quiet --trace a.db "$@" || complain "not recorded"
}

# note: what a.db tells of its frames.
note() { sqlite3 a.db "SELECT value FROM meta WHERE key = 'input_frames'"; }

verified() { # NAME, INPUT, rule and options as they were recorded
    start "replay: recordings, $1"
    shift
    record_set "$@" $size
    spikeq replay a.db $dvs --from input --input $1 --verify
    exits 0
    is_silent
    prints_part "verified  "
    prints_part ": all equal, logits too"
    finish
}
verified "a folder" set --frames number:4
verified "a list" list.txt --frames time:4 --tolerate
verified "one file" set/b/1.txt --frames tonic-event-bins:4 --view canonical
verified "binned and padded" set --frames number:4 --bin 2 --pad corner --crop center

start "replay: what a trace tells of its frames"
record_set set $size --frames duration:2000 --bin 2 --pad corner --tolerate --limit 1
holds "$(note)" '{"rule":"duration:2000:new","bin":2,"pad":"corner","width":128,"height":128,"tolerate":true}'
finish

start "replay: recordings, other frames than were recorded"
record_set set $size --frames number:4
spikeq replay a.db $dvs --from input --input set --frames number:4 $size --verify --quiet
exits 0
spikeq replay a.db $dvs --from input --input set --frames time:4 --verify
exits 1
prints_part "patch_embed.proj_lif"
spikeq replay a.db $dvs --from input --input set --frames time:4 --bin 2 --pad center --trace b.db --quiet
exits 0
is_silent
spikeq replay b.db $dvs --from input --input set --verify --quiet
exits 0
spikeq inspect b.db
prints_part 'input_frames         {"rule":"time:4","bin":2,"pad":"center","width":128,"height":128}'
prints_part "input_description    2 recordings in 2 class folders, frames time:4, bin 2, pad center"
finish

start "replay: recordings, only some samples"
record_set set $size --frames number:4
spikeq replay a.db $dvs --from input --input set --samples 1 --verify
exits 0
prints_part "samples   1 in "
finish

start "replay: the recorded events of a recording"
record_set set $size --frames number:4
spikeq replay a.db $dvs --from input --verify --quiet
exits 0
is_silent
finish

start "replay: another recording"
record_set set $size --frames number:4
printf '5000000 1 1 1\n' >>set/b/1.txt
spikeq replay a.db $dvs --from input --input set
exits 1
says_like "spikeq replay: set: is not the recorded input: its SHA-256 is ????????????..., a.db was recorded from ????????????..."
finish

start "replay: recordings that changed their labels"
record_set list.txt $size --frames number:4
printf 'set/a/1.txt 3\nset/b/1.txt 1\n' >list.txt
spikeq replay a.db $dvs --from input --input list.txt
exits 1
says_like "spikeq replay: list.txt: is not the recorded input: *"
finish

start "replay: recordings that need a rule"
record_set dvs/input.npy
spikeq replay a.db $dvs --from input --input set
exits 2
says "spikeq replay: set/a/1.txt: holds no frames (.npz with frames.npy, or .npy [T,C,H,W]); --frames RULE makes them from recordings"
finish

start "replay: a stream"
record_set set/b/1.txt $size --frames duration:60 --stream
holds "$(note)" '{"rule":"duration:60:new","bin":1,"width":128,"height":128,"stream":true}'
spikeq replay a.db $dvs --from input --verify --quiet
exits 0
spikeq replay a.db $dvs --from input --input set/b/1.txt
exits 1
says "spikeq replay: a.db: was recorded from a stream: its events are taken from the trace, without --input"
record_set set/b/1.txt $size --frames duration:30 --stream --carry --force
spikeq replay a.db $dvs --from block.0 --verify
exits 1
says "spikeq replay: a.db: was recorded with --carry: membranes went on from sample to sample, and are not in the trace; record it without --carry"
finish

start "replay: a folder of images"
mkdir -p images/a
echo iVBORw0KGgoAAAANSUhEUgAAACAAAAAgCAIAAAD8GO2jAAAAKklEQVR42mM4YV5BU8QwasGoBaMWjFowasGoBaMWjFowasGoBaMWDBULACEn3EzUwO3KAAAAAElFTkSuQmCC |
    base64 -d >images/a/1.png
"$spikeq" run --quiet --model cifar/model.safetensors --config cifar/config.json --input images --trace a.db \
    --set mean=0,0,0 --set std=1,1,1
spikeq replay a.db --model cifar/model.safetensors --from input --input images --verify
exits 0
prints_part "verified  76 frames of 19 computed populations: all equal, logits too"
mv images/a/1.png images/a/2.png
mv images/a images/b
spikeq replay a.db --model cifar/model.safetensors --from input --input images --verify --quiet
exits 0
cp images/b/2.png images/b/3.png
spikeq replay a.db --model cifar/model.safetensors --from input --input images
exits 1
says_like "spikeq replay: images: is not the recorded input: *"
finish

refuse 2 "replay: options for recordings without an input" \
    "spikeq replay: --input is missing: options for recordings say how to read it; see spikeq replay --help" \
    replay a.db $dvs --from input --frames number:4

start "energy: recordings, the same price as of their trace"
record_set set $size --frames number:4 --bin 2 --pad center
spikeq energy a.db --format csv --switch integers=units
exits 0
tail -n +2 "$top/out" >a.csv
spikeq energy $with_config --input set --frames number:4 --bin 2 --pad center $size \
    --format csv --switch integers=units
exits 0
is_silent
tail -n +2 "$top/out" >b.csv
[ "$(wc -l <a.csv)" -gt 5 ] || complain "no prices"
cmp -s a.csv b.csv || complain "$(diff a.csv b.csv | head -n 5)"
spikeq energy $with_config --input set/b/1.txt --frames duration:60 --stream $size
exits 0
is_silent
finish

refuse 2 "energy: recordings, no such place" \
    "spikeq energy: --crop left: expected center or corner" \
    energy $with_config --input dvs/input.npy --frames number:4 --crop left
refuse 2 "energy: options for recordings without a model" \
    "spikeq energy: options for recordings go with --model and --input; see spikeq energy --help" \
    energy a.json --frames number:4

# frames FILE: what it bins into by number:4, as an array of one sample.
frames() {
    "$spikeq" events $1 --frames number:4 $size -o f.npy >/dev/null
    printf '\223NUMPY\001\000\166\000'
    printf '%-117s\n' "{'descr': '<i4', 'fortran_order': False, 'shape': (1, 4, 2, 128, 128), }"
    tail -c +129 f.npy
}

start "quantize: recordings, as the frames that they bin into"
record_set set/b/1.txt $size --frames number:4
frames set/b/1.txt >frames.npy
n=0
for samples in "frames.npy" "set/b/1.txt --frames number:4 $size" "set/b/1.txt --frames time:4 $size"; do
    spikeq quantize $with_config --bits 4 --calibrate $samples
    exits 0
    is_silent
    n=$((n + 1))
    sed '/^samples/d' "$top/out" >table$n
done
[ "$(wc -l <table1)" -gt 15 ] || complain "no table"
cmp -s table1 table2 || complain "$(diff table1 table2)"
cmp -s table1 table3 && complain "the rule plays no part"
finish

refuse 2 "quantize: options for recordings without any" \
    "spikeq quantize: options for recordings go with --calibrate; see spikeq quantize --help" \
    quantize $with_config --bits 4 --tolerate

start "inspect: a recording, as events tells it"
text >a.txt
spikeq inspect a.txt
exits 0
is_silent
prints <<END
a.txt: text, 34x34 (by its events), view as stored
events    4 (3 ON, 1 OFF)
time      10 .. 50 us, 0.000040 s
pixels    x 1..33, y 2..33
next      spikeq run --model MODEL --input a.txt --frames RULE
END
spikeq events a.txt --json
cp "$top/out" events.json
spikeq inspect --json a.txt
exits 0
prints <events.json
printf '60 1 2' >>a.txt
spikeq inspect a.txt
exits 0
prints_part 'damaged   at byte 48: expected a line "t x y p", t in whole us, p 0, 1 or -1; 6 bytes were not used'
finish

start "inspect: five bytes a record are no recording yet"
printf '\001\002\200\000\005\001\002\200\000\006' >a.bin
spikeq inspect a.bin
exits 1
says "spikeq inspect: a.bin: not a checkpoint: neither .safetensors nor what torch.save() writes"
prints_nothing
spikeq events a.bin
exits 0
finish
