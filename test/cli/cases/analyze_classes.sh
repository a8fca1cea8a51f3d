# spikeq analyze --class-names and --raster-sample: names in every table, and what is refused.
# shellcheck shell=sh disable=SC2154 # out and top are of run_cli.sh
record_labelled() {
    /usr/bin/python3 -c "import numpy; numpy.save('labels.npy', numpy.array([3, 7]))"
    spikeq run --model cifar/model.safetensors --config cifar/config.json --input cifar/input.npy \
        --labels labels.npy --trace a.db --quiet
    exits 0
}

start "analyze --class-names names the classes in tables, JSON, CSV and page"
printf 'n%s\r\n' 0 1 2 '3, three' 4 5 6 7 8 9 >names.txt
record_labelled
spikeq analyze a.db --class-names names.txt --json a.json --csv csv --html a.html
exits 0
is_silent
prints_part "classes, the hardest first"
prints_part "3 n3, three "
prints_part "7 n7 "
holds "$(/usr/bin/python3 -c "
import json
trace = json.load(open('a.json'))['traces'][0]
print(len(trace['class_names']), trace['class_names'][3], sum(trace['confusion']['cells']['samples']))")" \
    "10 n3, three 2"
holds "$(grep -c ',"n3, three"' csv/labels.csv)" 19
holds "$(sed 1d csv/confusion.csv | cut -d, -f2,5,6 | grep -c '^3,"n3, three"')" 1
grep -q '"n3, three"' a.html || complain "the page has no names"
finish

start "analyze --class-names: the file must fit the trace"
record_labelled
printf 'a\nb\n' >two.txt
printf 'a\n\nb\n' >gap.txt
spikeq analyze a.db --class-names two.txt --json a.json
exits 1
says "spikeq analyze: two.txt: 2 names, but a.db has 10 classes; expected one name a line, class 0 first"
prints_nothing
spikeq analyze a.db --class-names gap.txt --json a.json
exits 1
says "spikeq analyze: gap.txt: line 2 is empty; expected one name of a class a line"
spikeq analyze a.db --class-names none.txt --json a.json
exits 1
says "spikeq analyze: none.txt: cannot be opened: No such file or directory"
leaves a.db gap.txt labels.npy two.txt
finish

start "analyze --raster-sample chooses the sample whose spikes are kept"
record_labelled
spikeq analyze a.db --raster-sample 1 --csv csv
exits 0
holds "$(sed 1d csv/raster.csv | cut -d, -f3 | sort -u)" 1
spikeq analyze a.db --raster-sample 2 --json a.json
exits 2
says "spikeq analyze: a.db: --raster-sample 2 is not among the samples that are analysed"
spikeq analyze a.db --samples 1 --raster-sample 0 --json a.json
exits 2
says "spikeq analyze: a.db: --raster-sample 0 is not among the samples that are analysed"
finish

start "analyze keeps the warnings in JSON and page"
sed '0,/{/s//{"assumed": "heads",/' cifar/config.json >mine.json
spikeq run --model cifar/model.safetensors --config mine.json --input cifar/input.npy --quiet --trace a.db
spikeq analyze a.db --json a.json --html a.html
exits 0
holds "$(/usr/bin/python3 -c "
import json
print([one['name'] for one in json.load(open('a.json'))['warnings']])")" "['assumed-configuration']"
grep -q '"warnings":\[{"name":"assumed-configuration"' a.html || complain "the page has no warnings"
finish

start "analyze: --class-names and --raster-sample that would change nothing are refused"
record_labelled
spikeq analyze a.db --raster-sample 1
exits 2
says "spikeq analyze: --raster-sample goes with --json, --csv or --html; tables have no raster; see spikeq analyze --help"
spikeq run --model cifar/model.safetensors --config cifar/config.json --input cifar/input.npy \
    --trace counts.db --trace-detail counts --quiet
spikeq analyze counts.db --raster-sample 1 --json a.json
exits 2
says "spikeq analyze: counts.db: --raster-sample 1: the trace holds counts only, no spikes"
printf '%s\n' 0 1 2 3 4 5 6 7 8 9 >names.txt
cat >raster.csv <<END
sample,timestep,population,index
0,0,p,1
END
spikeq import raster.csv -o bare.db --quiet
spikeq analyze bare.db --class-names names.txt --json a.json
exits 2
says "spikeq analyze: bare.db: --class-names names.txt: no sample has a label or a prediction to name; record with --labels"
leaves a.db bare.db counts.db labels.npy names.txt raster.csv
finish
