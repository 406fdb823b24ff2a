#!/usr/bin/env bash
# One repeat of the precision study on one host: for each format a fresh vLLM server, a sweep, the logs.
# Usage: hopper_sweep.sh WORK STREAMS REPEAT FORMAT...
#   WORK/site        vLLM and what it needs (PYTHONPATH of the server)
#   WORK/client      what Isoline needs beside the host's own packages
#   STREAMS          such as 1,4,16,64; FORMAT:STREAMS gives one format its own
#   ISL, OSL, LENGTH environment: tokens in and out (1024, 1024), and the server's --max-model-len (4096)
#   AFTER            environment: a command that runs beside the last format's server once its sweep has ended
# Points go to WORK/store, logs to WORK/logs; WORK/progress says how far it is.
set -euo pipefail
work=$1 streams=$2 repeat=$3; shift 3
here=$(cd "$(dirname "$0")/.." && pwd)
mkdir -p "$work/logs"
say() { echo "$(date +%T) $*" | tee -a "$work/progress"; }
isoline() { PYTHONPATH="$work/client:$here/src" python3 -m isoline "$@"; }
declare -A precision=([bf16]=bf16 [fp8]=fp8 [nvfp4]=fp4)
declare -A weights=([bf16]=bf16 [fp8]=fp8_e4m3 [nvfp4]=nvfp4)
declare -A activations=([bf16]=bf16 [fp8]=fp8_e4m3 [nvfp4]=bf16)
for wanted in "$@"; do
  format=${wanted%%:*} loads=$streams
  [[ $wanted == *:* ]] && loads=${wanted#*:}
  model=$work/models/qwen3-8b-$format log=$work/logs/vllm-$format-$repeat.log
  say "$format: starting vLLM"
  PYTHONPATH=$work/site VLLM_FLASH_ATTN_VERSION=3 VLLM_USE_FLASHINFER_SAMPLER=0 HF_HUB_OFFLINE=1 \
    VLLM_NO_USAGE_STATS=1 PYTHONUNBUFFERED=1 setsid python3 -m vllm.entrypoints.cli.main serve "$model" \
    --served-model-name qwen3-8b-random --port 8001 --max-model-len "${LENGTH:-4096}" --no-enable-prefix-caching \
    --gpu-memory-utilization 0.85 > "$log" 2>&1 &
  server=$!
  until curl -sf http://127.0.0.1:8001/health > /dev/null; do
    kill -0 "$server" 2> /dev/null || { say "$format: vLLM ended"; tail -40 "$log"; exit 1; }
    sleep 1
  done
  say "$format: serving"
  code=0
  isoline bench http://127.0.0.1:8001 --model qwen3-8b-random --isl "${ISL:-1024}" --osl "${OSL:-1024}" --lengths uniform \
    --concurrency "$loads" --requests-per-stream 6 --warmup-requests 2 --seed "$repeat" --store "$work/store" --dataset hopper \
    --telemetry nvml,prometheus=http://127.0.0.1:8001/metrics --slo ttft=2,tpot=0.05 --format json \
    --recipe "model=qwen-3-8b,hardware=${GPU:-h100},engine=vllm,engine_version=0.22.1,precision=${precision[$format]},weight_format=${weights[$format]},activation_format=${activations[$format]},kv_format=bf16,gpus=1,tp=1,checkpoint=random weights of Qwen3-8B dimensions ($format)" \
    > "$work/logs/sweep-$format-$repeat.json" 2>> "$work/logs/bench.log" || code=$?
  say "$format: sweep ended with $code"
  if [[ -n ${AFTER:-} && $wanted == "${!#}" ]]; then
    bash -c "$AFTER" >> "$work/logs/after.log" 2>&1 || say "after: ended with $?"
  fi
  kill -- -"$server" 2> /dev/null || kill "$server" || true
  wait "$server" 2> /dev/null || true
done
say finished
