#!/bin/sh
# api.sh FOLDER [HEADER]: the reference of the C interface as FOLDER/html, by doxygen, of the comments in sim/spikeq.h.
# A warning of doxygen's is a failure: everything in the header has words.
here=$(dirname "$0")
folder=$1 header=${2:-$here/../../sim/spikeq.h}
mkdir -p "$folder" || exit
{
    cat "$here/Doxyfile"
    echo "INPUT = \"$header\""
    echo "INPUT_FILTER = \"python3 -B $here/header.py\""
    echo "OUTPUT_DIRECTORY = \"$folder\""
    echo "PROJECT_NUMBER = $(sed -n 's/^VERSION *:= *//p' "$here/../../Makefile")"
} | doxygen -
