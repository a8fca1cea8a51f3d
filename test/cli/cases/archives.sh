# Tar archives as the input: the same samples, labels, digest and spikes as the folder that they were made of;
# labels of WebDataset; resuming; what is refused, by archive and member.
# needs: python3 sqlite3 zstd xz
# shellcheck shell=sh disable=SC2086,SC2154,SC2034 # options are split on purpose
bug=$root/test/bugcases
run="run --model $bug/net.safetensors --config $bug/net.json"

# sha256 REPORT: of the input.
sha256() { sed -n 's/.*"sha256":[^"]*"\([0-9a-f]*\)".*/\1/p' "$1" | tail -n 1; }

# many "N...": class folders of three images for each N.
many() {
    mkdir -p set/cats set/dogs
    for i in $1; do
        cp "$bug/clean/cats/a.png" "set/cats/a$i.png"
        cp "$bug/clean/cats/b.png" "set/cats/b$i.png"
        cp "$bug/clean/dogs/c.png" "set/dogs/c$i.png"
    done
}

# archive NAME.tar[.COMPRESSION] FOLDER: of what is in the folder, in the order of the names.
archive() {
    tar --sort=name -caf "$1" -C "$2" .
}

start "archives: the spikes, labels and digest of the folder, however it was packed"
many "1 2 3 4 5 6"
"$spikeq" $run --input set --dump a --report a.json --quiet
for file in set.tar set.tar.gz set.tar.zst set.tar.xz set.tgz set.tar.bz2; do
    archive $file set
    for batch in "--threads 1 --batch 1" "--threads 3 --batch 7"; do
        spikeq $run --input $file --dump b --report b.json --force $batch
        exits 0
        is_silent
        prints_part "input     18 images in 2 class folders, /255, normalised"
        diff -r a b >"$top/diff" || complain "$file: $(head -n 3 "$top/diff")"
        holds "$(sha256 b.json)" "$(sha256 a.json)"
    done
done
for format in v7 ustar oldgnu gnu pax; do
    tar --sort=name --format=$format -cf f.tar set
    spikeq $run --input f.tar --dump b --report b.json --force --quiet
    exits 0
    diff -r a b >"$top/diff" || complain "$format: $(head -n 3 "$top/diff")"
    holds "$(sha256 b.json)" "$(sha256 a.json)"
done
( cd set && ls cats/* dogs/* | sed 's/^cats.*/& 0/; s/^dogs.*/& 1/' ) >set/list.txt
spikeq $run --input set/list.txt --report b.json --force --quiet
holds "$(sha256 b.json)" "$(sha256 a.json)"
finish

start "archives: WebDataset's labels, several archives by braces and by a list"
mkdir w
for i in 0 1 2 3 4 5; do
    cp "$bug/clean/cats/a.png" w/00$i.png
    echo $((i % 2)) >w/00$i.cls
    echo '{"key": 1}' >w/00$i.json
done
( cd w && tar -cf ../w-00.tar 000.* 001.* 002.* && tar -czf ../w-01.tar 003.* 004.* && tar -cf ../w-02.tar 005.* )
spikeq $run --input "w-{00..02}.tar" --trace a.db
exits 0
is_silent
prints_part "input     6 images, 6 other files passed over (000.json first), /255, normalised"
holds "$(sqlite3 a.db 'SELECT group_concat(label) FROM sample')" "0,1,0,1,0,1"
printf 'w-00.tar\nw-01.tar\nw-02.tar\n' >w.txt
spikeq $run --input w.txt --trace b.db --quiet
exits 0
holds "$("$spikeq" inspect --digest b.db | cut -c 1-64)" "$("$spikeq" inspect --digest a.db | cut -c 1-64)"
spikeq $run --input "w-{00..02}.tar" --limit 4 --quiet
exits 0
finish

start "archives: inspect says what they are"
many "1 2 3 4 5 6"
archive set.tar set
spikeq inspect set.tar
exits 0
prints_part "a tar archive of 18 files in 2 classes"
finish

start "archives: a replay from the input, and another archive"
many "1 2 3 4 5 6"
archive set.tar set
"$spikeq" $run --input set.tar --trace a.db --quiet
for input in set.tar set; do
    spikeq replay a.db --model $bug/net.safetensors --from input --input $input --verify
    exits 0
    prints_part ": all equal, logits too"
done
rm set/cats/a1.png
archive other.tar set
spikeq replay a.db --model $bug/net.safetensors --from input --input other.tar
exits 1
says_like "spikeq replay: other.tar: is not the recorded input: its SHA-256 is ????????????..., a.db was recorded from ????????????..."
finish

start "--input-digest names: report and trace say so, nothing is read for it, a replay knows the input by it"
many "1 2 3 4 5 6"
archive set.tar set
"$spikeq" $run --input set.tar --trace content.db --quiet
spikeq $run --input set.tar --input-digest names --trace a.db --report a.json --quiet
exits 0
is_silent
grep -q '"names_sha256":' a.json || complain "the report has no names_sha256"
holds "$(grep -c '"sha256":' a.json)" 1 # the model's
holds "$(sqlite3 a.db "SELECT count(*) FROM meta WHERE key = 'input_sha256'")" 0
holds "$(sqlite3 a.db "SELECT length(value) FROM meta WHERE key = 'input_names_sha256'")" 64
holds "$("$spikeq" inspect --digest a.db | cut -c 1-64)" "$("$spikeq" inspect --digest content.db | cut -c 1-64)"
for input in set.tar set; do
    spikeq replay a.db --model $bug/net.safetensors --from input --input $input --verify --quiet --trace c.db --force
    exits 0
done
holds "$(sqlite3 c.db "SELECT count(*) FROM meta WHERE key = 'input_names_sha256'")" 1
mv set/cats/a1.png set/cats/a0.png
spikeq replay a.db --model $bug/net.safetensors --from input --input set
exits 1
says_like "spikeq replay: set: is not the recorded input: the SHA-256 of its names and sizes is ????????????..., a.db was recorded from ????????????..."
finish

refuse 2 "--input-digest: another word" "spikeq run: --input-digest bytes: expected content or names" \
    $run --input $bug/clean --input-digest bytes --quiet
refuse 2 "--input-digest: of a stream" "spikeq run: --input-digest names: a stream is not known again by anything" \
    run --model dvs/model.safetensors --config dvs/config.json --input - --frames duration:100 --size 128x128 --input-digest names

# The second archive is damaged while the run is recorded, and is repaired then: names and sizes stay.
for form in tar tar.gz; do
    start "archives: a run resumes within the archives, $form"
    many "$(seq 1 40)" # 80 cats: more than a transaction of the trace
    ( cd set && tar -caf ../s-0.$form cats && tar -caf ../s-1.$form dogs )
    "$spikeq" $run --input "s-{0..1}.$form" --input-digest names --trace whole.db --quiet
    mkdir bad && cp -r set/dogs bad/
    printf 'XXXXXXXX' | dd of=bad/dogs/c3.png bs=1 seek=60 conv=notrunc 2>/dev/null
    cp s-1.$form good && ( cd bad && tar -caf ../s-1.$form dogs )
    spikeq $run --input "s-{0..1}.$form" --input-digest names --trace part.db --quiet
    exits 1
    cp good s-1.$form
    spikeq $run --input "s-{0..1}.$form" --input-digest content --trace part.db --quiet --resume
    exits 1
    spikeq $run --input "s-{0..1}.$form" --input-digest names --trace part.db --quiet --resume
    exits 0
    is_silent
    holds "$("$spikeq" inspect --digest part.db | cut -c 1-64)" "$("$spikeq" inspect --digest whole.db | cut -c 1-64)"
    finish
done

# hostile NAME SENTENCE PYTHON: an archive x.tar that Python's tarfile makes: member(name, data, type) adds to it.
hostile() {
    start "archives: $1"
    /usr/bin/python3 -B - <<END
import io, tarfile
image = open("$bug/clean/cats/a.png", "rb").read()
archive = tarfile.open("x.tar", "w")
def member(name, data=image, kind=tarfile.REGTYPE, link=""):
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, link
    info.size = len(data) if kind == tarfile.REGTYPE else 0
    archive.addfile(info, io.BytesIO(data))
member("a/1.png")
$3
archive.close()
END
    for file in x.tar x.tar.gz; do
        [ $file = x.tar ] || gzip -k x.tar
        spikeq $run --input $file --report r.json --trace t.db
        exits 1
        says "$(printf '%s' "spikeq run: $2" | sed "s/x\\.tar/$file/g")"
        prints_nothing
        leaves $(ls x.tar*)
    done
    finish
}
hostile "an absolute path" "x.tar: member /tmp/2.png: an absolute path" 'member("/tmp/2.png")'
hostile "a path that leads out" "x.tar: member a/../../2.png: leads out of the archive (..)" 'member("a/../../2.png")'
hostile "a symbolic link" "x.tar: member a/2.png: a link; put the file itself in its place (tar -h)" \
    'member("a/2.png", kind=tarfile.SYMTYPE, link="/etc/passwd")'
hostile "a hard link" "x.tar: member a/2.png: a hard link; put a copy of the file in its place" \
    'member("a/2.png", kind=tarfile.LNKTYPE, link="a/1.png")'
hostile "a device" "x.tar: member a/2.png: a device, pipe or socket" 'member("a/2.png", kind=tarfile.BLKTYPE)'
hostile "a pipe" "x.tar: member a/2.png: a device, pipe or socket" 'member("a/2.png", kind=tarfile.FIFOTYPE)'
hostile "the same name twice" "x.tar: member a/1.png: is there twice" 'member("a/1.png")'
hostile "an empty image" "x.tar: a/2.png: is neither a PNG nor a JPEG image" 'member("a/2.png", b"")'
hostile "a label that is no number" "x.tar: member a/1.cls: expected a class number as text" 'member("a/1.cls", b"cat")'
hostile "a label without its class" \
    "x.tar: sample 0 (x.tar: a/1.png) has the label 99; the network has the classes 0..4" 'member("a/1.cls", b"99")'
hostile "without its end" "x.tar: cut short behind member a/1.png: the blocks of zeros that end an archive are missing" \
    'archive.fileobj.flush(); archive.close = lambda: archive.fileobj.close()'
