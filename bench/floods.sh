#!/bin/bash
# floods.sh – how long an ordinary call takes while strangers flood the server (tests/floods.test.mjs has the bounds on memory).
# The floods run on this machine, too, at the lowest priority: what they take from others should be what the server spends on them.
. "$(dirname "$0")/lib.sh"

seconds=${BENCH_SECONDS:-10}

key=$(account_new owner)
server_start
head -c 60000000 /dev/zero >"$folder/large"

# 99th percentile, in milliseconds, of calls that come fifty a second.
p99() {
	curl -sf -H "Authorization: Basic $key" --rate 50/s -o /dev/null -w '%{time_total}\n' "$url/api/packages?n=[1-$((seconds * 50))]" |
		sort -n | awk '{ms[NR] = $1 * 1000} END {printf "%.2f", ms[int(NR * 0.99)]}'
}

# Each floods until it is killed. curl stops sending when it is refused.
pour() { while :; do curl -s -o /dev/null --data-binary "@$folder/large" "$@"; done; }
forms() { pour "$url/oauth2/token"; }
tokens() { pour -H 'Content-Type: application/json' "$url/apitoken/clientApp/accessToken"; }
uploads() { pour -H 'Content-Type: application/json' -H 'Authorization: Basic d3Jvbmc=' "$url/api/packages"; }
halves() {
	while :; do
		descriptors=()
		for _ in {1..500}; do
			exec {descriptor}<>"/dev/tcp/127.0.0.1/$port" && descriptors+=("$descriptor")
			printf 'POST /api/packages HTTP/1.1\r\nHost: x\r\n' >&"$descriptor"
		done
		for descriptor in "${descriptors[@]}"; do exec {descriptor}>&-; done
	done 2>/dev/null
}

say "an ordinary call (\`GET /api/packages\`), nothing else"
alone=$(p99)
echo "  p99 $alone ms"
row "an ordinary call, 50/s: p99" "$alone" " ms"
for flood in forms tokens uploads halves; do
	say "the same, beside a flood of $flood"
	pids=()
	for _ in 1 2 3 4; do
		(renice -n 19 -p "$BASHPID" >/dev/null && "$flood") &
		pids+=($!)
	done
	others=("${pids[@]}")
	beside=$(p99)
	for pid in "${pids[@]}"; do
		kill "$pid"
		wait "$pid" 2>/dev/null || true
	done
	others=()
	times=$(awk -v beside="$beside" -v alone="$alone" 'BEGIN {printf "%.1f", beside / alone}')
	echo "  p99 $beside ms, $times times; the server has $(memory_mb) MB"
	row "beside a flood of $flood ($beside ms)" "$times" " times" most 5
done
