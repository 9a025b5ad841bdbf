#!/bin/bash
# endpoints.sh – ten thousand endpoints, a hundred of which never answer (half of them do not even take a connection).
. "$(dirname "$0")/lib.sh"

count=${BENCH_ENDPOINTS:-10000}
holes=${BENCH_HOLES:-100}
key=$(account_new owner)
server_start
say "$count endpoints, $holes of them black holes, 1,000 events a second"
measure holes "$port" "$key" "$("$bench" port)" "$count" "$holes" 1000 "$((${BENCH_SECONDS:-10} * 2))"
latencies() { sed -n 's/.*p99 \([0-9.]*\) ms.*/\1/p' "$folder/words"; }
row "$count endpoints, none of them a black hole, 1,000 events/s: p99" "$(latencies | sed -n 2p)" " ms"
row "the same with $holes black holes: p99 of the others" "$(latencies | sed -n 3p)" " ms"
row "times as long" "$(sed -n 's/.*p99 of the healthy ones: \([0-9.]*\) times.*/\1/p' "$folder/words")" "" most 2
say "memory afterwards"
echo "  $(memory_mb) MB"
row "memory with $count endpoints" "$(memory_mb)" " MB"
