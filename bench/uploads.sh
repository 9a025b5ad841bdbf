# uploads.sh – what a document of 16 MiB costs, and what it costs the calls of others meanwhile. Part of scripts/bench.
node bench/uploads.mjs build/greffier
