#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# needs_no_libcuda.sh PROGRAM...: fails if a program, or a library that the loader finds for it, lists libcuda as needed.
faults=0
for program in "$@"; do
  files=$(ldd "$program" | awk '$2 == "=>" && $3 ~ /^\// {print $3}')
  # What the loader does not list cannot be looked at: without these two the test would see nothing.
  echo "$files" | grep -q libc.so && echo "$files" | grep -q libcublasLt || {
    echo "$program: ldd does not show the libraries that it must have"
    faults=1
  }
  for file in "$program" $files; do
    needed=$(readelf -d "$file") || { echo "$file: cannot be read"; faults=1; continue; }
    echo "$needed" | grep -q 'NEEDED.*\[libcuda\.so' || continue
    echo "$file needs libcuda"
    faults=1
  done
done
exit $faults
