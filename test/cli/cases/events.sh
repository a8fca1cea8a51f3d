# spikeq events: recordings of event cameras, their dumps and frames.
# needs: python3
# shellcheck shell=sh disable=SC2154

# Four events, one of them on the last pixel of 34x34.
text() { printf '# t x y p\n10 1 2 1\n20 3 2 0\n20 33 33 1\n50 1 2 1\n'; }

start "events: text"
text >a.txt
spikeq events a.txt
exits 0
is_silent
prints <<END
a.txt: text, 34x34 (by its events), view as stored
events    4 (3 ON, 1 OFF)
time      10 .. 50 us, 0.000040 s
pixels    x 1..33, y 2..33
END
rm a.txt
finish

start "events: frames, bin and file"
text >a.txt
spikeq events a.txt --frames number:3 --bin 2 -o f.npy
exits 0
is_silent
prints <<END
a.txt: text, 34x34 (by its events), view as stored
events    4 (3 ON, 1 OFF)
time      10 .. 50 us, 0.000040 s
pixels    x 1..33, y 2..33
frames    number:3, bin 2: [3,2,17,17], 4 events, at most 1 in a pixel
       0  events 0..1  OFF 0  ON 1
       1  events 1..2  OFF 1  ON 0
       2  events 2..4  OFF 0  ON 2
END
holds "$(wc -c <f.npy)" "$((128 + 3 * 2 * 17 * 17 * 4))"
leaves a.txt f.npy
spikeq events a.txt --frames number:3 -o f.npy
exits 2
says "spikeq events: f.npy: already exists; --force replaces it"
leaves a.txt f.npy
finish

start "events: the canonical dump"
text >a.txt
spikeq events a.txt --dump-events e.bin --json
exits 0
is_silent
holds "$(od -An -tx1 -v e.bin | tr -d ' \n')" \
    0a0000000000000001000200011400000000000000030002000014000000000000002100210001320000000000000001000200"01"
leaves a.txt e.bin
finish

start "events: a FIFO"
mkfifo pipe
text >pipe &
spikeq events pipe --size 34x34 --dump-events e.bin
wait
exits 0
is_silent
prints_part "pipe: text, 34x34, view as stored"
holds "$(wc -c <e.bin)" 52
finish

start "events: a pipe whose sensor is not told"
mkfifo pipe
text >pipe &
spikeq events pipe
wait
exits 2
says "spikeq events: pipe: text does not give the sensor's size; give --size WIDTHxHEIGHT"
prints_nothing
finish

start "events: frames of a pipe"
mkfifo pipe
text >pipe &
spikeq events pipe --size 34x34 --frames number:2
wait
exits 2
says "spikeq events: pipe: frames need a file, which is read twice; spikeq run bins streams"
finish

start "events: time backwards"
printf '10 1 2 1\n9 1 2 1\n' >a.txt
spikeq events a.txt
exits 1
says "spikeq events: a.txt: byte 9: time runs backwards, from 10 to 9 us; --tolerate keeps the order of the file"
prints_nothing
spikeq events a.txt --tolerate
exits 0
prints_part "tolerated 1 event earlier than the one before"
finish

start "events: outside the sensor"
text >a.txt
spikeq events a.txt --size 30x40
exits 1
says "spikeq events: a.txt: byte 28: pixel (33,33) is outside the sensor, 30x40; --tolerate drops such events, --size sets another size"
spikeq events a.txt --size 30x40 --tolerate
exits 0
prints_part "dropped   1 events outside the sensor"
finish

start "events: cut short"
printf '\001\002\200\000\005\001\002' >a.bin
spikeq events a.bin
exits 1
says "spikeq events: a.bin: byte 5: the recording is cut short: 2 of a record's 5 bytes; --tolerate uses the events before it"
spikeq events a.bin --tolerate --dump-events e.bin
exits 0
prints_part "damaged   at byte 5: the recording is cut short: 2 of a record's 5 bytes; 2 bytes were not used"
holds "$(wc -c <e.bin)" 13
finish

start "events: an old DAT without any header is told by --format"
for t in 1 2 3; do printf '%b' "\\000$t\\0000\\0000\\0000\\0005\\0300\\0001\\0020"; done >a.dat
spikeq events a.dat --format dat
exits 0
is_silent
prints <<END
a.dat: Prophesee DAT 2, 34x34 (by its events), view as stored
events    3 (3 ON, 0 OFF)
time      1 .. 3 us, 0.000002 s
pixels    x 5..5, y 7..7
END
finish

start "events: damage leaves no file"
printf '\001\002\200\000\005\001\002' >a.bin
spikeq events a.bin --dump-events e.bin --frames number:1 -o f.npy
exits 1
leaves a.bin
finish

start "events: a rule whose own tool raises an error"
printf '1 1 1 1\n1 1 1 0\n' >a.txt
spikeq events a.txt --frames time:2 -o f.npy
exits 1
says "spikeq events: a.txt: time:2: a window is 0 us long, so that no frame is defined; take another rule"
leaves a.txt
finish

if [ -c /dev/full ]; then
    start "events: a full disk"
    text >a.txt
    spikeq events a.txt --dump-events /dev/full
    exits 1
    says "spikeq events: /dev/full: cannot be written: No space left on device"
    prints_nothing
    finish
fi

refuse 2 "events: no file" "spikeq events: give one recording; see spikeq events --help" events
refuse 2 "events: a file without a rule" "spikeq events: --bin and -o need --frames RULE; see spikeq events --help" \
    events a -o f.npy
refuse 2 "events: no such size" "spikeq events: --size 5: expected WIDTHxHEIGHT, such as 240x180; see spikeq events --help" \
    events a --size 5
refuse 1 "events: no such file" "spikeq events: a.raw: cannot be opened: No such file or directory" events a.raw
refuse 1 "events: a directory" "spikeq events: cifar: is a directory; give one recording" events cifar
refuse 2 "events: no such rule" "spikeq events: frames fast: expected number:T, time:T, duration:US[:new|:old], timesteps, tonic-time-bins:N, tonic-event-bins:N, tonic-count:N[:OVERLAP][:incomplete] or tonic-window:US[:OVERLAP][:incomplete]" \
    events cifar --frames fast
refuse 2 "events: an address that is none" "spikeq events: tcp://localhost: expected tcp://HOST:PORT, or tcp://[IPV6]:PORT" \
    events tcp://localhost

# Events of a 128x128 sensor, one a ms, for the network dvs: T = 4.
dots() { seq 0 "$1" | awk '{ print $1 * 1000, $1 % 128, ($1 * 7) % 128, $1 % 2 }'; }

start "run: recordings by a rule"
mkdir -p set/a set/b
dots 40 >set/a/1.txt
dots 80 >set/b/1.txt
spikeq run --model dvs/model.safetensors --config dvs/config.json --input set --frames number:4 \
    --size 128x128 --json
exits 0
is_silent
prints_part '"description":	"2 recordings in 2 class folders, frames number:4, bin 1"'
prints_part '"events":	122'
finish

start "run: a stream on standard input"
dots 100 | "$spikeq" run --model dvs/model.safetensors --config dvs/config.json --input - --size 128x128 \
    --frames duration:10000 --json --report r.json >"$top/out" 2>"$top/err"
status=$?
exits 0
is_silent
holds "$(wc -l <"$top/out")" 10
holds "$(sed -n '6s/, "class.*//p' "$top/out")" '{"sample": 1, "timestep": 1'
holds "$(grep -o '"frames_left":.[0-9]*' r.json)" '"frames_left":	2'
holds "$(grep -o '"samples":.[0-9]*' r.json | head -n 1)" '"samples":	2'
finish

start "run: a stream that is cut short"
{ dots 50; printf '51000 3'; } | "$spikeq" run --model dvs/model.safetensors --config dvs/config.json \
    --input - --size 128x128 --frames duration:10000 --json >"$top/out" 2>"$top/err"
status=$?
exits 0
says_like 'spikeq run: note: -: the stream ended within a record, at byte *: expected a line "t x y p", t in whole us, p 0, 1 or -1'
holds "$(wc -l <"$top/out")" 5
finish

start "run: a stream that is damaged"
{ dots 20; echo '51000 x'; dots 50; } | "$spikeq" run --model dvs/model.safetensors --config dvs/config.json \
    --input - --size 128x128 --frames duration:10000 >"$top/out" 2>"$top/err"
status=$?
exits 1
says_like 'spikeq run: -: byte *: expected a line "t x y p", t in whole us, p 0, 1 or -1; --tolerate uses the events before it'
finish

# killed_at BYTES: run a stream whose writer is killed so many bytes into a DAT recording, 39 of head and 50
# events of 8, one in 4 us.
killed_at() {
    python3 -c 'import struct, sys
head = b"% Version 2\n% Width 128\n% Height 128\n" + bytes([12, 8])
events = b"".join(struct.pack("<II", 4 * i, i | i << 14 | i % 2 << 28) for i in range(50))
sys.stdout.buffer.write((head + events)[:int(sys.argv[1])])' "$1" >part.dat
    mkfifo pipe
    { cat part.dat; exec sleep 60; } >pipe &
    writer=$!
    { sleep 0.5; kill -9 "$writer"; } &
    spikeq run --model dvs/model.safetensors --config dvs/config.json --input pipe --frames duration:20 \
        --json --report r.json --trace t.db
    wait
    exits 0
    holds "$(wc -l <"$top/out")" 8
    holds "$(grep -c '"complete":	true' r.json)" 1
    rm pipe part.dat
}

start "run: a writer that is killed between two records"
killed_at $((39 + 40 * 8))
is_silent
holds "$(grep -c '"damaged":	0' r.json)" 1
leaves r.json t.db
finish

start "run: a writer that is killed within a record"
killed_at $((39 + 40 * 8 + 3))
says "spikeq run: note: pipe: the stream ended within a record, at byte 359: the recording is cut short: 3 of a record's 8 bytes"
holds "$(grep -c '"damaged":	1' r.json)" 1
holds "$(grep -c '"end":	"byte 359: ' r.json)" 1
spikeq inspect t.db
prints_part "t.db: spikeq trace, version 2, complete: 2 samples"
leaves r.json t.db
finish

start "run: a writer that is killed"
mkfifo pipe
{ dots 30; exec sleep 60; } >pipe &
writer=$!
{ sleep 0.5; kill "$writer"; } &
spikeq run --model dvs/model.safetensors --config dvs/config.json --input pipe --size 128x128 \
    --frames duration:5000 --json
wait
exits 0
is_silent
holds "$(wc -l <"$top/out")" 6
finish

start "run: a rule that needs the whole recording"
dots 10 >a.txt
spikeq run --model dvs/model.safetensors --config dvs/config.json --input a.txt --stream --size 128x128 \
    --frames number:4
exits 2
says "spikeq run: a.txt: number:4 needs the whole recording; a stream is binned by duration:US"
finish

refuse 2 "run: options for recordings without a rule" \
    "spikeq run: options for recordings, but no --frames RULE to bin them by" \
    run --model dvs/model.safetensors --config dvs/config.json --input dvs/input.npy --bin 2
refuse 2 "run: recordings for a network that takes images" \
    "spikeq run: cifar/input.npy: --frames makes frames of 2 polarities; this network takes images" \
    run --model cifar/model.safetensors --config cifar/config.json --input cifar/input.npy --frames number:4

start "run: what replay --stream sends"
spikeq run --model dvs/model.safetensors --config dvs/config.json --input dvs/input.npy --trace a.db --quiet
exits 0
for form in text binary; do
    mkfifo pipe
    "$spikeq" replay a.db --stream pipe --form $form >/dev/null 2>&1 &
    spikeq run --model dvs/model.safetensors --config dvs/config.json --input pipe --frames timesteps \
        --trace b.db --force --quiet
    wait
    exits 0
    spikeq diff a.db b.db
    exits 0
    prints_part "spikes: all equal"
    prints_part "compared: 2 samples of 4 timesteps"
    rm pipe
done
printf '1 2 3 1\n' >a.txt
spikeq events a.txt --frames timesteps
exits 1
says "spikeq events: a.txt: timesteps: only address events have timesteps, so that no frame is defined; take another rule"
finish
