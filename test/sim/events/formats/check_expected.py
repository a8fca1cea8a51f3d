"""Recordings of event cameras against values that other readers gave: check_expected.py SPIKEQ ROOT.

ROOT holds events/expected/*.json for the recordings in data/events, and events/synthetic/expected
for those in events/synthetic. A test is one recording, one view of it or one set of frames: counts,
first and last event, SHA-256 of the canonical dump and of the frames, splits, and which rules raise
an error. The last line counts them.
"""
import glob
import hashlib
import json
import os
import subprocess
import sys
import tempfile

import numpy as np

SPIKEQ, ROOT = sys.argv[1:3]
passed = failed = 0

RULES = {
    "tonic_n_time_bins_": "tonic-time-bins:",
    "tonic_n_event_bins_": "tonic-event-bins:",
    "tonic_event_count_": "tonic-count:",
    "tonic_time_window_": "tonic-window:",
}


def rule_of(key):
    """'half_number_T4' -> ('number:4', 2)"""
    if key.startswith("half_"):
        return rule_of(key[5:])[0], 2
    for begin, rule in RULES.items():
        if key.startswith(begin):
            return rule + key[len(begin):].replace("_overlap_", ":").replace("_", ":"), 1
    return key.replace("_T", ":").replace("_", ":"), 1


def check(name, pairs):
    global passed, failed
    wrong = [f"{key}: {got!r}, expected {want!r}" for key, got, want in pairs if got != want]
    passed += not wrong
    failed += bool(wrong)
    for line in wrong:
        print(f"FAIL {name}: {line[:300]}")


def spikeq(*arguments):
    return subprocess.run([SPIKEQ, "events", *arguments], capture_output=True, text=True)


def report(path, *arguments):
    run = spikeq(path, "--json", "--force", *arguments)
    return (json.loads(run.stdout) if run.returncode == 0 else None), run


def check_events(path, want, view, events, digest, dump):
    got, run = report(path, "--dump-events", dump, *(["--view", view] if view else []))
    if got is None:
        return check(f"{path} {view}", [("error", run.stderr, "")])
    pairs = [("events", got["events"], events),
             ("sha256", hashlib.sha256(open(dump, "rb").read()).hexdigest(), digest)]
    if view is None:
        keys = ["on", "H", "W", "t_first", "t_last", "t_min", "t_max", "monotonic", "x_max", "y_max",
                "x_min", "y_min", "equal_neighbours", "first", "last"]
        pairs += [(key, got.get(key), want.get(key)) for key in keys]
    return check(f"{path} {view or ''}", pairs)


def check_frames(path, key, want, npy):
    rule, step = rule_of(key)
    got, run = report(path, "--frames", rule, "--bin", str(step), "-o", npy)
    name = f"{path} {key}"
    if "error" in want:
        one_line = run.stderr.count("\n") == 1
        return check(name, [("exit", run.returncode, 1), ("one line", one_line, True)])
    if got is None:
        return check(name, [("error", run.stderr, "")])
    frames, said = np.load(npy), got["frames"]
    pairs = [("shape", list(frames.shape), want["shape"]), ("dtype", str(frames.dtype), "int32"),
             ("sha256", hashlib.sha256(frames.tobytes()).hexdigest(), want["sha256_int32"]),
             ("sum", said["sum"], want["sum"]), ("max", said["max"], want["max"])]
    pairs += [(part, said[part], want[part]) for part in ("left", "right", "per_frame")
              if part in want]
    return check(name, pairs)


def check_recording(path, expected, folder):
    want = json.load(open(expected))
    dump, npy = os.path.join(folder, "events.bin"), os.path.join(folder, "frames.npy")
    check_events(path, want, None, want["events"], want["sha256"], dump)
    for view, other in want.get("other_views", {}).items():
        check_events(path, want, view, other["events"], other["sha256"], dump)
    for key, frames in want.get("frames", {}).items():
        check_frames(path, key, frames, npy)


def check_container(path, same, folder):
    """The same events in another container."""
    want = json.load(open(same))
    check_events(path, want, None, want["events"], want["sha256"],
                 os.path.join(folder, "events.bin"))


with tempfile.TemporaryDirectory() as folder:
    for recordings, expected in (("data/events", "events/expected"),
                                 ("events/synthetic", "events/synthetic/expected")):
        for json_path in sorted(glob.glob(os.path.join(ROOT, expected, "*.json"))):
            name = os.path.basename(json_path)[:-len(".json")]
            check_recording(os.path.join(ROOT, recordings, name), json_path, folder)
    for json_path in sorted(glob.glob(os.path.join(ROOT, "events/synthetic/*.containers.json"))):
        stem = json_path[:-len(".containers.json")]
        same = os.path.join(ROOT, "events/synthetic/expected",
                            json.load(open(json_path))["same_events_as"] + ".json")
        for path in sorted(glob.glob(stem + "*")):
            if path.endswith((".txt", ".npy", ".npz")):
                check_container(path, same, folder)

print(f"{passed} passed, {failed} failed")
sys.exit(failed != 0)
