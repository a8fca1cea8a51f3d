#!/bin/sh
# Events of a raw recording a second: spikeq, which decodes and checks every event, against
# numpy.frombuffer() with the same bit fields taken out, on four million events. Prints, judges nothing.
exec "$(dirname "$0")/numpy.sh" events_numpy.py
