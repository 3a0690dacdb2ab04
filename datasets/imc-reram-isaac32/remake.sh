#!/bin/sh
# Remakes the tables of this folder, and prints the fit behind the profile's fitted part and the learning curves:
#   sh datasets/imc-reram-isaac32/remake.sh .build/release/flashnas
set -eu
flashnas=${1:?usage: remake.sh FLASHNAS}
folder=$(dirname "$0")
plan=$(mktemp)
trap 'rm -f "$plan"' EXIT
for table in fit:40:1:dense3-fashion test:200:2:dense3-fashion curve:60:3:dense3-fashion curve-cifar:60:3:dense3-cifar; do
  IFS=: read -r name count seed space <<EOF
$table
EOF
  "$flashnas" sample --space "$space" -n "$count" --seed "$seed" --format csv -o "$plan"
  "$flashnas" simulate --space "$space" --hardware imc-reram-isaac32 --points "$plan" --format csv \
    -o "$folder/$name.csv"
done
set -- --feature output_pixels --feature tiles_128x4x96 --feature streamed_elements_128x32 \
  --feature 'tiles_128x4x96*output_pixels'
"$flashnas" fit hardware "$folder/fit.csv" --space dense3-fashion "$@"
for space in fashion cifar; do
  table=$folder/curve.csv
  if test $space = cifar; then table=$folder/curve-cifar.csv; fi
  "$flashnas" fit hardware "$table" --space "dense3-$space" --learning-curve 25 --draws 200 \
    --feature crossbars_128x4 --feature streamed_elements_128x65536 "$@"
done
