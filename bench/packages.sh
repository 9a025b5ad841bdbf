# packages.sh – what a change and a read of a package cost, by the number of its documents. Part of scripts/bench.
node bench/packages.mjs build/greffier
