#!/bin/sh
# The Python package beside the command; a PyTorch model that is recorded beside one that is not; the import
# (test/bench/python_run.py). Prints, judges nothing.
cd "$(dirname "$0")/../.." || exit 1
run() { # WHAT MODULE
    if /usr/bin/python3 -c "import $2" 2>/dev/null; then
        /usr/bin/python3 -B test/bench/python_run.py "$1"
    else
        echo "$1 from Python: $2 is not installed"
    fi
}
run run numpy
run record torch
run import numpy
