#!/usr/bin/env bash
# Our client beside `vllm bench serve` on one server under the same load, in the order A B A B, with the server's own
# counters before and after each: what do the two say of the same thing?
# Usage: client_check.sh WORK URL STREAMS REQUESTS
#   WORK/site and WORK/client as in hopper_sweep.sh; results go to WORK/logs/client-check
set -euo pipefail
work=$1 url=$2 streams=$3 requests=$4
here=$(cd "$(dirname "$0")/.." && pwd)
out=$work/logs/client-check
mkdir -p "$out"
counters() { curl -sf "$url/metrics" | grep -E '^vllm:(time_to_first_token|inter_token_latency|request_time_per_output_token|e2e_request_latency)_seconds_(sum|count)|^vllm:(prompt|generation)_tokens_total' > "$out/$1.prom"; }
for round in 1 2; do
  counters "vllm-$round-before"
  PYTHONPATH=$work/site HF_HUB_OFFLINE=1 VLLM_NO_USAGE_STATS=1 python3 -m vllm.entrypoints.cli.main bench serve \
    --backend openai --base-url "$url" --endpoint /v1/completions --model qwen3-8b-random --tokenizer "$work/models/qwen3-8b-bf16" \
    --dataset-name random --random-input-len 1024 --random-output-len 1024 --random-range-ratio 0 --ignore-eos \
    --num-prompts "$requests" --max-concurrency "$streams" --seed "$round" \
    --percentile-metrics ttft,tpot,itl,e2el --metric-percentiles 50,99 \
    --save-result --result-dir "$out" --result-filename "vllm-$round.json" > "$out/vllm-$round.log" 2>&1
  counters "vllm-$round-after"
  PYTHONPATH="$work/client:$here/src" python3 -m isoline bench "$url" --model qwen3-8b-random --isl 1024 --osl 1024 --lengths fixed \
    --concurrency "$streams" --requests "$requests" --seed "$round" --store "$out/store" --dataset client-check \
    --telemetry "prometheus=$url/metrics" --recipe "model=qwen-3-8b,hardware=${GPU:-h100},engine=vllm,engine_version=0.22.1,precision=bf16,gpus=1,tp=1" \
    --format json > "$out/isoline-$round.json" 2> "$out/isoline-$round.log"
  counters "isoline-$round-after"
done
