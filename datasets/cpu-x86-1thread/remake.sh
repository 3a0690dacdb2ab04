#!/bin/sh
# Measures the plan of this folder anew, on this machine and its processor:
#   sh datasets/cpu-x86-1thread/remake.sh .build/release/flashnas FOLDER
set -eu
flashnas=${1:?usage: remake.sh FLASHNAS FOLDER}
folder=${2:?usage: remake.sh FLASHNAS FOLDER}
mkdir -p "$folder"
"$flashnas" sample --space dense3-fashion --design sobol -n 60 --seed 3 --format csv -o "$folder/plan.csv"
for table in measurements repeat; do
  "$flashnas" measure --space dense3-fashion --points "$folder/plan.csv" --threads 1 --warmup 2 --repeats 12 \
    --rounds 40 --format csv -o "$folder/$table.csv"
done
