#!/usr/bin/env bash
# What everyone reads: this server against nginx that serves the same bytes as a file, one processor each, in turns.
#
#   benches/published.sh [PROGRAM]      PROGRAM: target/release/palmares unless told otherwise
#
# Needs nginx (with gzip_static), wrk, curl, python3 and two processors: `apt-get install nginx-light wrk`.
# The results are those of the demo's Talents Cup. ROUNDS (5) and SECONDS_EACH (3) say how long each way has its turns,
# CONNECTIONS (64) how many clients keep their connections. It prints medians and the ratio to nginx.
set -euo pipefail
cd "$(dirname "$0")/.."
program=${1:-target/release/palmares}
rounds=${ROUNDS:-5} each=${SECONDS_EACH:-3} connections=${CONNECTIONS:-64}
for tool in nginx wrk curl python3 taskset; do
  command -v "$tool" >/dev/null || { echo "$tool is missing: apt-get install nginx-light wrk curl python3 util-linux" >&2; exit 2; }
done

work=$(mktemp -d)
pids=()
end() { for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done; wait 2>/dev/null || true; rm -rf "$work"; }
trap end EXIT

ours=18431 theirs=18432
taskset -c 0 env RUST_LOG=warn "$program" demo --port "$ours" >"$work/demo.log" 2>&1 &
pids+=($!)
server=$!
path=
for _ in $(seq 600); do
  kill -0 "$server" 2>/dev/null || { cat "$work/demo.log" >&2; exit 1; }
  # The demo is over when its last round is published.
  if grep -q "Ctrl-C" "$work/demo.log"; then
    slug=$(curl -s "http://127.0.0.1:$ours/api/v1/competitions" | python3 -c '
import json, sys
print([c["slug"] for c in json.load(sys.stdin)["items"] if "talents" in c["slug"]][0])')
    round=$(curl -s "http://127.0.0.1:$ours/api/v1/competitions/$slug" | python3 -c '
import json, sys
print(json.load(sys.stdin)["rounds"][0]["code"])')
    path=/api/v1/competitions/$slug/rounds/$round/results
    break
  fi
  sleep 0.5
done
[ -n "$path" ] || { echo "the demo did not end" >&2; cat "$work/demo.log" >&2; exit 1; }

mkdir "$work/www"
curl -s "http://127.0.0.1:$ours$path" -o "$work/www/results.json"
curl -s -H 'Accept-Encoding: gzip' "http://127.0.0.1:$ours$path" -o "$work/www/results.json.gz"
touch -r "$work/www/results.json" "$work/www/results.json.gz"
chmod -R a+rX "$work"
cat >"$work/nginx.conf" <<CONF
worker_processes 1;
worker_cpu_affinity 01;
pid $work/nginx.pid;
error_log $work/error.log;
daemon off;
events { worker_connections 1024; }
http {
  access_log off;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 1000000;
  open_file_cache max=10;
  open_file_cache_valid 60s;
  gzip_static on;
  default_type application/json;
  server { listen 127.0.0.1:$theirs; root $work/www; }
}
CONF
nginx -c "$work/nginx.conf" -p "$work" 2>/dev/null &
pids+=($!)
for _ in $(seq 50); do curl -s -o /dev/null "http://127.0.0.1:$theirs/results.json" && break; sleep 0.1; done

tag() { curl -s -o /dev/null -D - "${@:2}" "$1" | tr -d '\r' | sed -n 's/^[Ee][Tt][Aa][Gg]: //p'; }
rate() { taskset -c 1 wrk -t1 -c"$connections" -d"${each}s" "$@" | sed -n 's/^Requests\/sec: *//p'; }

our="http://127.0.0.1:$ours$path" their="http://127.0.0.1:$theirs/results.json"
our_tag=$(tag "$our") their_tag=$(tag "$their")
echo "$path: $(stat -c %s "$work/www/results.json") bytes, gzip $(stat -c %s "$work/www/results.json.gz")," \
  "br $(curl -s -H 'Accept-Encoding: br' "$our" | wc -c), zstd $(curl -s -H 'Accept-Encoding: zstd' "$our" | wc -c)"
for _ in $(seq "$rounds"); do
  echo "identity ours $(rate "$our")"
  echo "identity nginx $(rate "$their")"
  echo "gzip ours $(rate -H 'Accept-Encoding: gzip' "$our")"
  echo "gzip nginx $(rate -H 'Accept-Encoding: gzip' "$their")"
  echo "304 ours $(rate -H "If-None-Match: $our_tag" "$our")"
  echo "304 nginx $(rate -H "If-None-Match: $their_tag" "$their")"
done >"$work/rates"
python3 - "$work/rates" <<'PY'
import statistics, sys
rates = {}
for line in open(sys.argv[1]):
    what, who, rate = line.split()
    rates.setdefault(what, {}).setdefault(who, []).append(float(rate))
for what, by in rates.items():
    ours, nginx = statistics.median(by["ours"]), statistics.median(by["nginx"])
    print(f"{what:<10} ours {ours:>9.0f}/s   nginx {nginx:>9.0f}/s   ratio {ours / nginx:.2f} (goal ≥ 0.8)")
PY
if [ -n "${PERF:-}" ]; then
  # Where the processor's time goes while unchanged answers are asked for.
  taskset -c 1 wrk -t1 -c"$connections" -d6s -H "If-None-Match: $our_tag" "$our" >/dev/null &
  perf record -q -g -o "$work/perf.data" -p "$server" -- sleep 4 2>/dev/null
  perf report -i "$work/perf.data" --no-children --percent-limit 0.8 --stdio -g none 2>/dev/null | grep -v '^#' | grep -v '^$' | head -60
fi
