"""Options of spikeq by pairs: pairwise.py SPIKEQ GOLDEN_FOLDER

Every two values of every two options of a recorded run meet in some run (pairs.py), and so every two
ways of recording meet every reader. What must not depend on an option does not: reports, dumps,
digests, tables, prices; what a combination cannot do is refused as documented. Last line: "N passed,
N failed".
"""
import functools
import pathlib
import shutil
import sys
import tempfile

import readers
import replay_pairs
import shard_pairs
import stream_pairs
from command import Command, Inputs, Wrong, need
from pairs import covering_rows
from recordings import Recordings

ISA = ["scalar", "avx2", "avx512", "auto"]

PARAMETERS = {
    "net": ["cifar-2-40", "dvs-1-32", "imagenet-1-48"],
    "arith": ["f32", "fixed", "fixed --weight-bits 5 --scale layer --rounding down"],
    "isa": ISA,
    "schedule": ["layer", "step"],
    "threads": [1, 3],
    "batch": [1, 2, 7],
    "limit": [None, 5],
    "labels": [False, True],
    "digest": ["", "content", "names"],
    "begin": ["new", "force", "nothing --resume", "cut --resume", "whole --resume"],
    "detail": ["spikes", "counts"],
    "populations": ["*", "block.*", "patch_embed.*,*.?_lif"],
    "samples": ["", "1:4", "3:", "2"],
    "codec": ["none", "zlib", "zstd"],
    "dump": [False, True],
    "plan": [False, True],
    "profile": [False, True],
    "output": ["text", "json", "quiet"],
    "report": [False, True],
    "strict": [False, True],
    "ranks": [None, 3],
}


def excluded(row):
    """--resume goes with none of --dump, --force and --profile; a profile goes to a text or a report. Ranks go with no
    --dump, nor with what one process began."""
    if row.get("ranks") and (row.get("dump") or row.get("begin", "").startswith("cut")):
        return True
    resumes = "--resume" in row.get("begin", "") and bool(row.get("dump") or row.get("profile"))
    return resumes or (bool(row.get("profile")) and row.get("output") == "quiet" and row.get("report") is False)


def runs_here(command, inputs, isa):
    """Whether this processor has the instruction set."""
    status, _, err = command.try_(
        "run", *inputs.network("cifar-2-40"), "--input", inputs.input("cifar-2-40", 0, 1),
        "--quiet", "--isa", isa
    )  # fmt: skip
    need(status == 0 or "this processor does not have it" in err, err)
    return status == 0


def check_row(recordings, row):
    """The run, then every reader of what it recorded."""
    recordings.record(row)
    for check in readers.CHECKS:
        check(recordings, row)


def tests(recordings, isa):
    """Every test of this page: its name, and the function."""
    families = [
        ("run", {**PARAMETERS, "isa": isa}, excluded, check_row),
        ("replay", {**replay_pairs.PARAMETERS, "isa": isa}, replay_pairs.excluded, replay_pairs.check),
        ("shard", shard_pairs.PARAMETERS, shard_pairs.excluded, shard_pairs.check),
        ("stream", stream_pairs.PARAMETERS, stream_pairs.excluded, stream_pairs.check),
    ]
    for name, parameters, cannot_be, check in families:
        for row in covering_rows(parameters, cannot_be):
            yield f"{name} {row}", functools.partial(check, recordings, row)
    for refused in readers.REFUSED:
        yield refused.__name__, functools.partial(refused, recordings)


def main():
    program, golden = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
    folder = tempfile.mkdtemp()
    passed = failed = skipped = 0
    try:
        command, inputs = Command(program, folder), Inputs(golden, folder, 6)
        here = [isa for isa in ISA if runs_here(command, inputs, isa)]
        for isa in sorted(set(ISA) - set(here)):
            print(f"skip: pairs of options with --isa {isa}: this processor cannot run it")
            skipped += 1
        recordings = Recordings(command, inputs)
        for name, test in tests(recordings, here):
            try:
                test()
                passed += 1
            except Wrong as wrong:
                failed += 1
                print(f"FAIL {name}: {wrong}")
    finally:
        shutil.rmtree(folder)
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return failed > 0


sys.exit(main())
