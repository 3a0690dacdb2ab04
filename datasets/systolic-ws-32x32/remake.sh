#!/bin/sh
# Remakes the tables of a profile's folder, and prints the fit behind the profile's fitted part and the learning curve:
#   sh datasets/systolic-ws-32x32/remake.sh .build/release/flashnas [systolic-os-32x32]
set -eu
flashnas=${1:?usage: remake.sh FLASHNAS [PROFILE]}
profile=${2:-systolic-ws-32x32}
folder=$(dirname "$0")/../$profile
plan=$(mktemp)
trap 'rm -f "$plan"' EXIT
for table in fit:40:1 test:200:2 curve:60:3; do
  name=${table%%:*} rest=${table#*:}
  "$flashnas" sample --space dense3-fashion -n "${rest%:*}" --seed "${rest#*:}" --format csv -o "$plan"
  "$flashnas" simulate --space dense3-fashion --hardware "$profile" --points "$plan" --format csv \
    -o "$folder/$name.csv"
done
"$flashnas" fit hardware "$folder/fit.csv" --space dense3-fashion --feature folds_32x32 \
  --feature macs_in1_out32
"$flashnas" fit hardware "$folder/curve.csv" --space dense3-fashion --quantity cycles --learning-curve 25 --draws 200 \
  --feature folds_32x32 --feature macs_in1_out32 --feature macs_in8_out16 --feature streamed_elements_32x32
