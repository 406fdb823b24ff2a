#!/usr/bin/env bash
# One repeat of the precision study on one host: for each format a fresh vLLM server, its sweeps, the logs.
# Usage: hopper_sweep.sh WORK LOADS REPEAT FORMAT[:LOADS]...
#   WORK/site        vLLM and what it needs (PYTHONPATH of the server)
#   WORK/client      what Isoline needs beside the host's own packages
#   LOADS            streams such as 1,4,16,64 at 1024 tokens in and out; ISL/OSL@1,4,16 at others; more than one
#                    sequence, with a space between, is measured on one server, one after the other
# Environment:
#   DEVICES          GPUs of the host that serve, such as 0 (default) or 0,1: as many as the tensor parallelism
#   PORT, STORE      of the server (8001) and for the points (WORK/store): two sweeps run side by side with their own
#   LENGTH           the server's --max-model-len (4096)
#   REQUESTS         requests a stream (6)
#   GPU              hardware as the catalog names it (h100)
#   PATIENCE         seconds a server may take until it serves (400)
#   AFTER            a command that runs beside the last format's server once its sweeps have ended
# Logs go to WORK/logs; WORK/progress says how far it is.
set -euo pipefail
work=$1 loads=$2 repeat=$3; shift 3
here=$(cd "$(dirname "$0")/.." && pwd)
devices=${DEVICES:-0} port=${PORT:-8001}
url=http://127.0.0.1:$port
tp=$(tr , '\n' <<< "$devices" | wc -l)
# Over several GPUs vLLM would compile a fused all-reduce at its first use, and that and PyTorch's symmetric memory
# take NVLink multicast, which virtual machines on a shared host must leave alone.
parallel=() flags=
if ((tp > 1)); then
  export VLLM_ALLREDUCE_USE_SYMM_MEM=0
  parallel=(--compilation-config '{"pass_config":{"fuse_allreduce_rms":false}}')
  flags=",flags=fuse_allreduce_rms=false"
fi
mkdir -p "$work/logs"
say() { echo "$(date +%T) gpu $devices $*" | tee -a "$work/progress"; }
stop() { kill -- -"$server" 2> /dev/null || kill "$server" || true; }  # the server with all it started
isoline() { PYTHONPATH="$work/client:$here/src" python3 -m isoline "$@"; }
declare -A precision=([bf16]=bf16 [fp8]=fp8 [nvfp4]=fp4)
declare -A weights=([bf16]=bf16 [fp8]=fp8_e4m3 [nvfp4]=nvfp4)
declare -A activations=([bf16]=bf16 [fp8]=fp8_e4m3 [nvfp4]=bf16)

sweep() {  # FORMAT SEQUENCE NAME: one sequence on the server that is up
  local format=$1 isl=1024 osl=1024 streams=$2 code=0
  [[ $2 == *@* ]] && { streams=${2#*@} isl=${2%%/*}; osl=${2#*/} osl=${osl%%@*}; }
  isoline bench "$url" --model qwen3-8b-random --isl "$isl" --osl "$osl" --lengths uniform \
    --concurrency "$streams" --requests-per-stream "${REQUESTS:-6}" --warmup-requests 2 --seed "$repeat" \
    --store "${STORE:-$work/store}" --dataset hopper --telemetry "nvml=${devices//,/+},prometheus=$url/metrics" \
    --slo ttft=2,tpot=0.05 --format json \
    --recipe "model=qwen-3-8b,hardware=${GPU:-h100},engine=vllm,engine_version=0.22.1,precision=${precision[$format]},weight_format=${weights[$format]},activation_format=${activations[$format]},kv_format=bf16,gpus=$tp,tp=$tp,checkpoint=random weights of Qwen3-8B dimensions ($format)$flags" \
    > "$work/logs/sweep-$3-$isl.json" 2>> "$work/logs/bench-$3.log" || code=$?
  say "$3 $isl/$osl: sweep ended with $code"
}

for wanted in "$@"; do
  format=${wanted%%:*} own=$loads
  [[ $wanted == *:* ]] && own=${wanted#*:}
  name=$format-$repeat-tp$tp-gpu${devices//,/}
  model=$work/models/qwen3-8b-$format log=$work/logs/vllm-$name.log
  say "$name: starting vLLM"
  CUDA_VISIBLE_DEVICES=$devices PYTHONPATH=$work/site VLLM_FLASH_ATTN_VERSION=3 VLLM_USE_FLASHINFER_SAMPLER=0 \
    HF_HUB_OFFLINE=1 VLLM_NO_USAGE_STATS=1 PYTHONUNBUFFERED=1 setsid python3 -m vllm.entrypoints.cli.main serve \
    "$model" --served-model-name qwen3-8b-random --port "$port" --max-model-len "${LENGTH:-4096}" \
    --tensor-parallel-size "$tp" --no-enable-prefix-caching --gpu-memory-utilization 0.85 "${parallel[@]}" > "$log" 2>&1 &
  server=$! given_up=$((SECONDS + ${PATIENCE:-400}))
  until curl -sf "$url/health" > /dev/null; do
    kill -0 "$server" 2> /dev/null || { say "$name: vLLM ended"; tail -40 "$log"; exit 1; }
    if ((SECONDS > given_up)); then
      say "$name: vLLM does not serve after ${PATIENCE:-400} s"; tail -40 "$log"
      stop
      exit 1
    fi
    sleep 1
  done
  say "$name: serving"
  for sequence in $own; do sweep "$format" "$sequence" "$name"; done
  if [[ -n ${AFTER:-} && $wanted == "${!#}" ]]; then
    bash -c "$AFTER" >> "$work/logs/after.log" 2>&1 || say "after: ended with $?"
  fi
  stop
  wait "$server" 2> /dev/null || true
done
say finished
