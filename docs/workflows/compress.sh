#!/bin/sh
# compress.sh CODEC IN OUT: one input, one output, rootae's exit code, and no question.
# The output appears once every value was read back within its bound, or not at all.
set -eu
export OMP_NUM_THREADS=1 # the slot has one core
exec rootae compress "$2" -o "$3" --codec "$1" --lossy --force --quiet < /dev/null
