#!/bin/bash
# access.sh – tokens and authenticated calls, beside nginx serving a constant.
. "$(dirname "$0")/lib.sh"

accounts=${BENCH_ACCOUNTS:-100} # of 1,000 client apps each
many="$((accounts * 1000)) client apps"

key=$(account_new owner)
server_start
sleep 1
say "idle memory"
echo "  $(memory_mb) MB"
row "idle memory" "$(memory_mb)" " MB" most 30
row "binary (libraries are Debian's, shared)" "$(stat -c %s build/greffier | awk '{printf "%.1f", $1 / 1048576}')" " MB" most 10

app=$(call "$url/api/account/authentication/clientApps" -d '{"name":"Bench"}')
id=$(member clientId <<<"$app")
secret=$(member secret <<<"$app")
echo "{\"clientId\":\"$id\",\"secret\":\"$secret\",\"type\":\"OWNER\"}" >"$folder/one"
say "token requests, 1 client app"
measure tokens "$port" "$folder/one"
row "token requests (\`POST /apitoken/clientApp/accessToken\`), 1 client app" "$(rate)" /s least 20000
"$bench" tokens "$port" "$folder/one" "$folder/one.tokens" >/dev/null

# nginx serving a constant of the same size, in the same run: what a server in C can do on this machine.
constant=$("$bench" port)
size=$(call "$url/api/sysinfo" | wc -c)
mkdir "$folder/nginx"
cat >"$folder/nginx/nginx.conf" <<CONF
daemon off;
pid nginx.pid;
worker_processes 1;
events { worker_connections 1024; }
http {
	access_log off;
	client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
	keepalive_requests 100000000;
	server { listen 127.0.0.1:$constant; location / { default_type application/json; return 200 "$(head -c "$size" /dev/zero | tr '\0' x)"; } }
}
CONF
/usr/sbin/nginx -p "$(realpath "$folder/nginx")" -c nginx.conf -e error.log &
others+=($!)
sleep 1
nginx_rates=()
beside_nginx() {
	say "nginx (1 worker) serving a constant of $size bytes"
	measure get "$constant" /
	nginx_rates+=("$(rate)")
}
share() { awk -v one="$1" -v other="${nginx_rates[-1]}" 'BEGIN {printf "%.2f", one / other}'; }

beside_nginx
say "authenticated GET answered from memory, 1 client app"
measure get "$port" /api/sysinfo "$folder/one.tokens"
row "authenticated \`GET\` answered from memory (\`/api/sysinfo\`), API token, 1 client app: $(rate)/s, of nginx" "$(share "$(rate)")" "" least 0.4
beside_nginx
echo "Basic $key" >"$folder/key"
say "the same GET, authenticated by an API key"
measure get "$port" /api/sysinfo "$folder/key"
row "the same, API key: $(rate)/s, of nginx" "$(share "$(rate)")" "" least 0.4
jwt=$(curl -sf "$url/oauth2/token" -u "$id:$secret" -d grant_type=client_credentials | member access_token)
echo "Bearer $jwt" >"$folder/jwt"
say "the same GET, authenticated by an OAuth 2.0 access token"
measure get "$port" /api/sysinfo "$folder/jwt"
row "the same, OAuth 2.0 access token: $(rate)/s, of nginx" "$(share "$(rate)")" "" least 0.4

say "making $many"
for i in $(seq "$accounts"); do account_new "owner$i"; done >"$folder/keys"
measure apps "$port" "$folder/keys" 1000 "$folder/many"
row "client apps made by REST, durable and on record in the audit log" "$(rate)" /s
say "token requests, $many, each for the first time (read from the database)"
measure tokens "$port" "$folder/many" "$folder/many.tokens"
row "token requests, $many, each for the first time since the start" "$(rate)" /s
say "token requests, $many in turn"
measure tokens "$port" "$folder/many"
row "token requests, $many in turn" "$(rate)" /s least 20000
beside_nginx
say "authenticated GET answered from memory, $many in turn"
measure get "$port" /api/sysinfo "$folder/many.tokens"
row "authenticated \`GET\` answered from memory, $many in turn: $(rate)/s, of nginx" "$(share "$(rate)")" "" least 0.4
row "nginx serving a constant, each time" "$(IFS=,; sed 's/,/, /g' <<<"${nginx_rates[*]}")" /s
say "memory with $many in use"
echo "  $(memory_mb) MB"
row "memory with $many in use" "$(memory_mb)" " MB"
