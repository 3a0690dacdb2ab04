#!/bin/sh
# Builds the fuzzer and runs it on every reader, SECONDS (60) in all; ends with 1 at the first crash, hang or leak of
# memory. New inputs are kept in Fuzz/corpus, a failing one in Fuzz/crashes.
set -eu
cd "$(dirname "$0")"
readers='csv samples hardware-samples problem sweep space network hardware accuracy-model hardware-model result certificate expression unit onnx agreement-log request'
seconds=${1:-60}
each=$(((seconds + 16) / 17))

"${SWIFT:-swift}" build --product FlashFuzz -Xswiftc -sanitize=fuzzer
mkdir -p crashes
for reader in $readers; do
  mkdir -p "corpus/$reader"
  seeds="corpus/$reader"
  for folder in "../Tests/Malformed/$reader" "seeds/$reader"; do
    if [ -d "$folder" ]; then seeds="$seeds $folder"; fi
  done
  case $reader in
    problem) seeds="$seeds ../problems" ;;
    sweep) seeds="$seeds ../examples/sweep" ;;
    hardware) seeds="$seeds ../hardware-profiles" ;;
  esac
  echo "fuzzing $reader for $each s"
  log="crashes/$reader.log"
  # shellcheck disable=SC2086 # the names of the folders have no spaces
  if FLASHNAS_FUZZ=$reader SWIFT_BACKTRACE=enable=no .build/debug/FlashFuzz $seeds \
    -max_total_time="$each" -timeout=10 -rss_limit_mb=2048 -max_len=4096 -seed="${SEED:-1}" -verbosity=1 \
    -print_final_stats=1 -artifact_prefix="crashes/$reader-" >"$log" 2>&1; then
    sed -n 's/^stat::number_of_executed_units: */  inputs: /p' "$log"
    rm "$log"
  else
    tail -n 30 "$log" >&2
    echo "$reader: failed; the input is in Fuzz/crashes, the log in Fuzz/$log" >&2
    exit 1
  fi
done
