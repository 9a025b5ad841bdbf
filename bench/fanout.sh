#!/bin/bash
# fanout.sh – how long another account's call takes while one account appends 500 events for 300 endpoints. The endpoints are
# paused: what is measured is the making of 150,000 deliveries, not their requests.
. "$(dirname "$0")/lib.sh"

seconds=${BENCH_SECONDS:-10}
events=500
endpoints=300

other=$(account_new other)
key=$(account_new owner)
server_start

# Milliseconds of packages that the other account creates, fifty a second: p99 and the longest. They go one after the other, so a
# call that takes long keeps others back: those count as well, each 20 ms shorter than the one before.
calls() {
	curl -sf -H "Authorization: Basic $other" -H 'Content-Type: application/json' -d '{"name":"Beside"}' --rate 50/s \
		-o /dev/null -w '%{time_total}\n' "$url/api/packages?n=[1-$((seconds * 50))]" |
		awk '{for (ms = $1 * 1000; ms > 0; ms -= 20) print ms}' | sort -n |
		awk '{ms[NR] = $1} END {printf "%.2f %.0f\n", ms[int(NR * 0.99)], ms[NR]}'
}

# Deliveries are made in the order of the endpoints' ids: of the last one, how many there are.
made() { call "$url/api/notifications/deliveries?endpointId=$last&to=1" | sed 's/.*"count":\([0-9]*\).*/\1/'; }
append() {
	call -o /dev/null -w '%{time_total}' --data-binary "@$folder/events" "$url/api/notifications/events" >"$folder/answered"
}
follow() {
	while [ "$(made)" -lt "$events" ]; do sleep 0.2; done
	date +%s.%N >"$folder/finished"
}

for ((i = 0; i < endpoints; i++)); do
	id=$(endpoint_new "$i" 1 '"DOCUMENT_SIGNED"')
	call -o /dev/null -X POST "$url/api/notifications/endpoints/$id/pause"
	echo "$id"
done | LC_ALL=C sort >"$folder/ids"
last=$(tail -n 1 "$folder/ids")
{
	printf '{"events":[{"name":"DOCUMENT_SIGNED","packageId":"package-0"}'
	for ((i = 1; i < events; i++)); do printf ',{"name":"DOCUMENT_SIGNED","packageId":"package-%d"}' "$((i % 50))"; done
	printf ']}'
} >"$folder/events"

say "a package of another account, 50 a second, nothing else"
read -r alone longest < <(calls)
echo "  p99 $alone ms, the longest $longest ms"
row "another account's call (a package), 50/s: p99" "$alone" " ms"
say "the same, while $events events for $endpoints endpoints are appended"
begun=$(date +%s.%N)
append &
appending=$!
follow &
others=("$!")
read -r beside longest < <(calls)
wait "$appending"
wait "${others[0]}"
others=()
answered=$(awk '{printf "%.0f", $1 * 1000}' "$folder/answered")
took=$(awk -v begun="$begun" '{printf "%.1f", $1 - begun}' "$folder/finished")
times=$(awk -v beside="$beside" -v alone="$alone" 'BEGIN {printf "%.1f", beside / alone}')
echo "  p99 $beside ms, $times times, the longest $longest ms; the append was answered after $answered ms, all deliveries were made after $took s"
row "while $events events × $endpoints endpoints are appended ($beside ms, the longest $longest ms)" "$times" " times"
row "that append is answered after" "$answered" " ms"
row "its $((events * endpoints)) deliveries are made within" "$took" " s"
