#!/bin/bash
# backlog.sh – a million deliveries wait for an endpoint that is paused: what that costs, and what comes of it after a restart.
. "$(dirname "$0")/lib.sh"

count=${BENCH_BACKLOG:-1000000}
lanes=${BENCH_BACKLOG_LANES:-$((count / 4))}
seconds=${BENCH_SECONDS:-10}
key=$(account_new owner)
server_start
receiver=$("$bench" port)
fresh=$("$bench" port)
waiting=$(endpoint_new Backlog "$receiver" '"PACKAGE_COMPLETE"')
endpoint_new Fresh "$fresh" '"DOCUMENT_SIGNED"' >/dev/null
act() { call -X POST "$url/api/notifications/endpoints/$waiting/$1" >/dev/null; }
# At a tenth of what the machine can do: what is felt here is the backlog.
fresh_latency() {
	say "events of another endpoint, 500 a second, $1"
	measure latency "$port" "$key" events "$fresh" 500 "$seconds"
	row "events of another endpoint at 500/s, $1: p50 $(percentile p50) ms, p99" "$(percentile p99)" " ms" "${@:2}"
}

fresh_latency "before"
act pause
say "$count deliveries to a paused endpoint, in $lanes lanes (by the producer API, 500 a request)"
measure fill "$port" "$key" "$count" "$lanes"
row "backlog made: $count deliveries, 500 events a request" "$(rate)" /s
# Until the last lanes are put off.
while used=$(awk '{print $14 + $15}' "/proc/$server/stat"); [ "$used" != "${before:-}" ]; do
	before=$used
	sleep 1
done
say "memory with $count deliveries waiting"
echo "  $(memory_mb) MB"
row "memory with $count deliveries waiting" "$(memory_mb)" " MB" most 256
fresh_latency "with $count deliveries waiting"

say "searches of the log with it, one after another, the slowest of three each"
slowest=0
for search in "" state=PENDING state=DELIVERED state=FAILED "endpointId=$waiting" "endpointId=$waiting&state=PENDING" \
	packageId=benchlane0000000000000000007 name=PACKAGE_CREATE error=TIMEOUT httpStatus=503 "since=$(date -u +%FT%TZ)" \
	from=40000; do
	took=$(for _ in 1 2 3; do
		call -o "$folder/answer" -w '%{time_total}\n' "$url/api/notifications/deliveries?$search"
	done | sort -n | tail -n 1 | awk '{printf "%.0f", $1 * 1000}')
	echo "  $took ms   ${search:-(no filter)}   $(sed 's/,"results".*/}/' "$folder/answer")"
	[ "$took" -le "$slowest" ] || slowest=$took
done
row "search of the log with them, the slowest of twelve" "$slowest" " ms"
took=$(call -o "$folder/answer" -w '%{time_total}\n' "$url/api/notifications/endpoints/$waiting" | awk '{printf "%.0f", $1 * 1000}')
echo "  $took ms   the endpoint   $(sed 's/.*\("queue":{[^}]*}\).*/\1/' "$folder/answer")"
row "the endpoint with its queue counted" "$took" " ms"

act resume # nobody listens yet: a few attempts fail
sleep 1
say "restart, and what waits is delivered"
server_stop
since=$("$bench" clock)
"$bench" drain "$receiver" "$((seconds * 3))" "$count" "$since" >"$folder/drained" &
drain=$!
others+=("$drain")
server_start
fresh_latency "while it drains"
wait "$drain"
cat "$folder/drained"
row "restart to first delivery" "$(sed -n 's/.*first delivery after \([0-9.]*\) s.*/\1/p' "$folder/drained")" " s" most 2
row "then delivered to the one endpoint, beside those events, $(sed -n 's/.*, \([0-9]* twice, [0-9]* out of order\).*/\1/p' "$folder/drained")" "$(sed -n 's/.*then \([0-9]*\) a second.*/\1/p' "$folder/drained")" /s
say "memory while it drains"
echo "  $(memory_mb) MB"
row "memory while they are delivered" "$(memory_mb)" " MB" most 256
