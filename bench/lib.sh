# lib.sh – what the parts of the bench share: a server with a data folder of its own, and the table of figures.
# Each part is a script that sources this; scripts/bench sets BENCH_DATABASE and BENCH_TABLE and runs them.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
ulimit -n "$(ulimit -H -n)" # ten thousand endpoints

bench=build/bench/greffier-bench
folder=$(mktemp -d -p "${BENCH_FOLDER:-.}" .bench-XXXXXX)
server=
others=() # processes of the part's own
cleanup() {
	for process in $server "${others[@]}"; do
		kill "$process" 2>/dev/null || true
		wait "$process" 2>/dev/null || true
	done
	rm -rf "$folder"
}
trap cleanup EXIT

settings=(--data "$folder/data" --database "${BENCH_DATABASE:-}")
mkdir "$folder/data"

# An account, its API key on standard output.
account_new() {
	build/greffier account create --name Bench --owner-email "$1@bench.example" --json "${settings[@]}" 2>/dev/null |
		sed 's/.*"apiKey":"\([^"]*\)".*/\1/'
}

port=0
server_start() {
	: >"$folder/log"
	build/greffier serve --listen "127.0.0.1:$port" --token-rate 0 --endpoints-limit 100000 "${settings[@]}" 2>"$folder/log" &
	server=$!
	export BENCH_SERVER=$server
	while port=$(sed -n 's/.*listening on 127.0.0.1:\([0-9]*\).*/\1/p' "$folder/log"); [ -z "$port" ]; do
		kill -0 "$server" || { cat "$folder/log" >&2; exit 1; }
		sleep 0.02
	done
	url=http://127.0.0.1:$port
}
server_stop() {
	kill "$server"
	wait "$server" || true
	server=
}
memory_mb() { awk '/VmRSS/ {printf "%.1f", $2 / 1024}' "/proc/$server/status"; }

call() { curl -sf -H "Authorization: Basic $key" -H 'Content-Type: application/json' "$@"; }
# The text of a member of the JSON on standard input.
member() { sed "s/.*\"$1\":\"\([^\"]*\)\".*/\1/"; }
# An endpoint: its name, its port, the types of events that go to it ("A","B"). Its id on standard output.
endpoint_new() {
	call "$url/api/notifications/endpoints" -d "{\"name\":\"$1\",\"url\":\"http://127.0.0.1:$2/\",\"events\":[$3]}" | member id
}

# say WHAT: what is measured next. measure ARGUMENT…: runs the program, shows its words and keeps them for the two below.
say() { echo "$*:"; }
measure() {
	"$bench" "$@" >"$folder/words"
	cat "$folder/words"
}
rate() { sed -n 's/^ *\([0-9]*\) a second.*/\1/p' "$folder/words" | tail -n 1; }
percentile() { sed -n "s/.*$1 \([0-9.]*\) ms.*/\1/p" "$folder/words" | tail -n 1; }

# row WHAT VALUE [UNIT [LIMIT AIM]]: a line of the table. LIMIT: `least` or `most`.
row() {
	awk -v what="$1" -v value="$2" -v unit="${3:-}" -v limit="${4:-}" -v aim="${5:-}" 'BEGIN {
		reached = limit == "" ? "" : (limit == "least" ? value >= aim : value <= aim) ? "reached" : "**not reached**"
		split(unit, parts, ",") # "/s, 0 lost": what is aimed at is the number
		aimed = parts[1]
		sign = limit == "least" ? "≥ " : limit == "most" ? "≤ " : ""
		printf "| %s | %s%s | %s | %s |\n", what, thousands(value), unit, aim == "" ? "" : sign thousands(aim) aimed, reached
	}
	function thousands(number,   text) {
		if (number !~ /^[0-9]+$/) return number
		for (text = ""; length(number) > 3; number = substr(number, 1, length(number) - 3))
			text = "," substr(number, length(number) - 2) text
		return number text
	}' >>"$BENCH_TABLE"
}
