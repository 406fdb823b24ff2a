#!/usr/bin/env bash
# Everything the precision study measures on one host: its GPUs' limits, the checkpoints, then sweeps.
# Usage: hopper_host.sh WORK SEED "DEVICES FORMATS SEQUENCES"...
#   WORK/site, WORK/client   as hopper_sweep.sh wants them
#   SEED                     of the prompts, another for each visit: it names the limits' files, too
#   DEVICES                  0, or 0,1 for tensor parallelism over both
#   FORMATS                  bf16,fp8,nvfp4 in the order wanted; each has a server of its own
#   SEQUENCES                such as 1,16,64 8192/1024@1,8: loads as hopper_sweep.sh reads them, on one server
# Plans that share no GPU run side by side; a plan waits for the earlier ones that use a GPU of its own. One
# that fails says so and the others go on. What is there already (limits, checkpoints) is kept.
# Environment: GPU, LENGTH and REQUESTS as in hopper_sweep.sh. When all is done, WORK/done appears.
#
# A host with two H200s, in half an hour:
#   GPU=h200 LENGTH=10240 REQUESTS=5 scripts/hopper_host.sh /scratch 5 \
#     "0 bf16 1,16,32,64,128 8192/1024@1,4,8,12,16,24,32" "1 fp8,nvfp4 1,16,32,64,128" "0,1 bf16 1,32,64,128"
set -euo pipefail
work=$1 seed=$2; shift 2
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$work/logs" "$work/models"
say() { echo "$(date +%T) $*" | tee -a "$work/progress"; }

limits() {  # GPU: before anything else runs there
  local file=$work/logs/limits-$seed-gpu$1.json
  [[ -s $file ]] && return
  CUDA_VISIBLE_DEVICES=$1 python3 "$here/gpu_limits.py" > "$file.tmp" && mv "$file.tmp" "$file"
  say "gpu $1: limits measured"
}

checkpoint() {  # FORMAT DEVICES: made whole or not at all
  local made=$work/models/qwen3-8b-$1
  [[ -d $made ]] && return
  CUDA_VISIBLE_DEVICES=${2%%,*} python3 "$here/random_checkpoint.py" "$1" "$made.tmp-$2" || return
  mv -T "$made.tmp-$2" "$made" 2> /dev/null || rm -rf "$made.tmp-$2"  # another plan was first
  say "$1: checkpoint made"
}

plan() {  # NUMBER DEVICES FORMATS SEQUENCES
  local format
  for format in ${3//,/ }; do
    checkpoint "$format" "$2" || { say "$format: no checkpoint could be made"; continue; }
    DEVICES=$2 PORT=$((8000 + $1)) "$here/hopper_sweep.sh" "$work" "$4" "$seed" "$format" \
      >> "$work/logs/plan-$1.log" 2>&1 || say "plan $1, $format: ended with $?"
  done
}

declare -A after=()  # GPU -> the last process that uses it
devices=$(for each in "$@"; do tr , '\n' <<< "${each%% *}"; done | sort -u)
measuring=()
for gpu in $devices; do limits "$gpu" & measuring+=($!); done
for one in "${measuring[@]}"; do wait "$one" || { say "a GPU's limits could not be measured"; exit 1; }; done
number=0
for each in "$@"; do
  number=$((number + 1))
  read -r used formats sequences <<< "$each"
  before=()
  for gpu in ${used//,/ }; do before+=(${after[$gpu]:-}); done
  (
    for process in "${before[@]}"; do tail --pid="$process" -f /dev/null; done
    plan "$number" "$used" "$formats" "$sequences"
  ) &
  for gpu in ${used//,/ }; do after[$gpu]=$!; done
done
wait
say "all plans ended"
touch "$work/done"
