#!/bin/sh
# Time per addition of Spikingformer and Spike-driven Transformer against Spikformer of the same size, and peak
# memory; ROUNDS rounds in turn (default 7). Prints, judges nothing.
exec "$(dirname "$0")/numpy.sh" relatives.py "${ROUNDS:-7}"
