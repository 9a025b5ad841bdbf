#!/bin/bash
# events.sh – events accepted, delivered, and how long it takes.
. "$(dirname "$0")/lib.sh"

count=${BENCH_EVENTS:-50000}
key=$(account_new owner)
server_start
receiver=$("$bench" port)

say "events accepted, durable: a package's creation each (POST /api/packages)"
measure accept "$port" "$key" packages
row "events accepted, durable: the creation of a package each" "$(rate)" /s least 10000
say "events accepted, durable: by the producer API, one a request (POST /api/notifications/events)"
measure accept "$port" "$key" events
row "events accepted, durable: by the producer API, one a request" "$(rate)" /s least 10000
say "events accepted, durable: by the producer API, 100 a request"
measure accept "$port" "$key" batches
row "events accepted, durable: by the producer API, 100 a request" "$(rate)" /s least 10000

endpoint_new Bench "$receiver" '"PACKAGE_CREATE","DOCUMENT_SIGNED"' >/dev/null
# deliver WHAT LOAD COUNT LANES [LIMIT AIM]
deliver() {
	say "end to end (accepted, durable, delivered, attempt on record): $1"
	measure deliver "$port" "$key" "$2" "$receiver" "$3" "$4"
	row "end to end: $1" "$(rate)" "/s, $(sed -n 's/.*received in [0-9.]* s, \(.* out of order\).*/\1/p' "$folder/words")" "${@:5}"
	for _ in $(seq 600); do
		pending=$(call "$url/api/notifications/deliveries?state=PENDING&to=1" | sed 's/.*"count":\([0-9]*\).*/\1/')
		[ "$pending" != 0 ] || break
		sleep 0.1
	done
	echo "  deliveries without a verdict afterwards: $pending"
}
deliver "$count packages created, a lane each" packages "$count" 1 least 5000
deliver "$count events of a producer, 1,000 lanes" events "$count" 1000 least 5000
deliver "$count events of a producer, 100 a request, 1,000 lanes" batches "$count" 1000 least 5000
deliver "$((count / 10)) events of a producer, 1 lane: each waits for the one before" events "$((count / 10))" 1

for load in packages events; do
	say "request sent to notification received, at 1,000 events/s ($load)"
	measure latency "$port" "$key" "$load" "$receiver" 1000 "${BENCH_SECONDS:-10}"
	row "request sent → notification received, at 1,000 events/s ($load), p50" "$(percentile p50)" " ms" most 5
	row "the same, p99" "$(percentile p99)" " ms" most 25
done
say "memory afterwards"
echo "  $(memory_mb) MB"
row "memory afterwards" "$(memory_mb)" " MB"
