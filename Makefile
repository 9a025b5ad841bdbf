# Greffier. Everything here installs what it needs (packaging/debian-packages.txt), and nothing else.
#
#   make          build/greffier, the release build
#   make run      builds and starts the server; PORT= and DATA= change where
#   make test     every test, under sanitizers, on SQLite and PostgreSQL
#   make torture  the long forms: kills, power cuts, faults, upgrades, clocks, nodes; PART=, SEED=, COUNT=
#   make lint     clang-tidy, the layout check, the console's types
#   make bench    the figures of docs/benchmarks.md, on this machine: nine minutes; BENCH_QUICK=1: one
#   make screenshots  photographs every page of the console and compares; ONLY= a pattern of names, BASE= a folder of pictures
#   make fuzz     fuzzes what strangers send; SECONDS_EACH= per target
#   make format   lays the code out
#   make install  into PREFIX (default /usr/local), with the manual page

PORT ?= 8080
DATA ?= ./data
PREFIX ?= /usr/local
SECONDS_EACH ?= 60

.PHONY: all run test torture lint bench screenshots fuzz format install clean packages packages-to-run

all: packages-to-run build/build.ninja
	@ninja -C build greffier

packages:
	@scripts/install-packages

packages-to-run:
	@scripts/install-packages run

build/build.ninja: | packages-to-run
	@meson setup build --buildtype=release -Dtests=false >/dev/null

run: all
	@exec build/greffier serve --demo --listen 127.0.0.1:$(PORT) --data $(DATA)

test: packages
	@scripts/test

torture: packages
	@SEED=$(SEED) COUNT=$(COUNT) scripts/torture $(PART)

lint: packages
	@scripts/lint

bench: packages all
	@ninja -C build
	@scripts/bench

screenshots: packages
	@ONLY='$(ONLY)' BASE='$(BASE)' scripts/screenshots

fuzz: packages
	@scripts/fuzz $(SECONDS_EACH)

format: packages
	@clang-format -i $$(git ls-files '*.c')

install: all
	@install -D -m 755 build/greffier $(DESTDIR)$(PREFIX)/bin/greffier
	@mkdir -p $(DESTDIR)$(PREFIX)/share/man/man1
	@build/greffier man > $(DESTDIR)$(PREFIX)/share/man/man1/greffier.1

clean:
	@rm -rf build build-*
