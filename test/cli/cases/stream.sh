# Streams into spikeq run: SIGINT, what the trace notes at its end, options that go with files only.
# shellcheck shell=sh disable=SC2086,SC2154,SC2034
stream="run --model dvs/model.safetensors --config dvs/config.json --size 128x128 --frames duration:5000"

# N events, a frame each but for the last, which shows that the one before is complete.
frames() { i=0; while [ "$i" -lt "$1" ]; do echo "$((i * 5000 + i)) 3 4 1"; i=$((i + 1)); done; }

# The counts of the report "$1" as the trace notes them.
counts() { sed -n '/"recordings":	{/,/^		}/p' "$1" | tr -d ' \t\n' | sed 's/^"recordings"://; s/,$//'; }

# interrupt N STEPS: run a stream whose writer stays after N events; SIGINT when so many timesteps
# are told.
interrupt() {
    mkfifo pipe
    rm -f "$top/opened"
    { : >"$top/opened"; frames "$1"; exec sleep 60; } >pipe &
    writer=$!
    "$spikeq" $stream --input pipe --report r.json --trace t.db --json >"$top/out" 2>"$top/err" </dev/null &
    runner=$!
    tries=0
    until { [ -e "$top/opened" ] && [ "$(wc -l <"$top/out")" -ge "$2" ]; } || [ "$tries" -ge 200 ]; do
        sleep 0.05
        tries=$((tries + 1))
    done
    before=$(date +%s)
    kill -INT "$runner"
    wait "$runner"
    status=$?
    [ "$(($(date +%s) - before))" -le 5 ] || complain "it took $(($(date +%s) - before)) s to end"
    kill "$writer"
    wait "$writer" 2>/dev/null
    rm pipe
}

start "stream: SIGINT between two samples"
interrupt 5 4
exits 130
says "spikeq run: interrupted after 1 sample"
holds "$(wc -l <"$top/out")" 4
holds "$(grep -c '"complete":	false' r.json)" 1
spikeq inspect t.db
prints_part "t.db: spikeq trace, version 2, incomplete: 1 sample of a stream"
prints_part "run_samples          unknown"
prints_part "input_recordings     $(counts r.json)"
prints_part '{"recordings":1,"events":5,"in_frames":5,'
leaves r.json t.db
finish

start "stream: SIGINT within a sample"
interrupt 8 7
exits 130
says "spikeq run: interrupted after 1 sample"
holds "$(grep -c '"frames_left":	3' r.json)" 1
finish

start "stream: SIGINT before any sample"
interrupt 3 2
exits 130
says "spikeq run: interrupted after 0 samples"
holds "$(grep -m 1 '"samples":' r.json)" '	"samples":	0,'
leaves r.json
finish

start "stream: SIGINT before its first byte"
interrupt 0 0
exits 130
says "spikeq run: pipe: interrupted before it began"
holds "$(grep -m 1 '"complete":' r.json)" '	"complete":	false,'
leaves r.json
finish

start "stream: SIGINT before anybody connects"
"$spikeq" $stream --input tcp-listen://127.0.0.1:0 --quiet >"$top/out" 2>"$top/err" </dev/null &
runner=$! tries=0
# It is spikeq by now, no longer the shell that starts it, and catches SIGINT.
until { [ "$(readlink -f "/proc/$runner/exe")" = "$(readlink -f "$spikeq")" ] &&
    grep -q '^SigCgt:.*[2367abef]$' "/proc/$runner/status"; } || [ "$tries" -ge 200 ]; do
    sleep 0.05
    tries=$((tries + 1))
done
kill -INT "$runner"
wait "$runner"
status=$?
exits 130
says "spikeq run: tcp-listen://127.0.0.1:0: interrupted before it began"
prints_nothing
finish

start "stream: a trace is as long as the stream was"
frames 9 | "$spikeq" $stream --input - --trace t.db --report r.json --quiet --limit 5
spikeq inspect t.db --json
exits 0
prints_part '"complete":	true'
prints_part '"samples_planned":	2'
prints_part '"run_samples":	"2"'
prints_part '"frames_left":	1'
spikeq replay t.db --json
exits 0
counts r.json >want
counts "$top/out" >got
cmp -s want got || complain "replay tells other counts: $(cat got)"
[ "$(wc -c <want)" -gt 50 ] || complain "no counts in the report: $(cat want)"
leaves got r.json t.db want
finish

start "stream: --dump with --limit"
frames 9 >a.txt
for samples in 2 1; do
    frames "$((4 * samples + 1))" | "$spikeq" $stream --input - --quiet --dump "d$samples" --limit 2
done
spikeq $stream --input a.txt --stream --quiet --dump file --limit 2
exits 0
for file in file/*; do cmp -s "$file" "d2/${file#file/}" || complain "$file differs"; done
holds "$(head -c 128 d1/logits.npy | tr -d ' \n' | tail -c 9)" "(1,10,),}"
leaves a.txt d1 d2 file
finish

refuse 2 "stream: --dump without --limit" \
    "spikeq run: -: the length of arrays must be known; --dump of a stream needs --limit N" \
    $stream --input - --dump d
refuse 2 "stream: --labels" "spikeq run: -: the samples of a stream have no labels; leave out --labels" \
    $stream --input - --labels l.idx
refuse 2 "stream: --resume" \
    "spikeq run: -: a stream cannot be read again; --resume takes files only" \
    $stream --input - --trace t.db --resume

start "recordings: their counts are in the trace"
mkdir set
frames 4 >set/a.txt
frames 7 >set/b.txt
spikeq run --model dvs/model.safetensors --config dvs/config.json --size 128x128 --frames number:4 \
    --input set --trace t.db --report r.json --quiet
exits 0
spikeq inspect t.db
prints_part "input_recordings     $(counts r.json)"
prints_part '{"recordings":2,"events":11,"in_frames":11,'
leaves r.json set t.db
finish
