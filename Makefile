# Greffier. Each target installs the packages it needs: from Debian those of packaging/debian, from npm those of
# package-lock.json; and says so. Without a terminal nothing else is printed.
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

.PHONY: all run test torture lint bench screenshots fuzz format install clean packages-run packages-test packages-lint packages-fuzz

QUIET := $(if $(MAKE_TERMOUT),,--quiet)

all: packages-run build/build.ninja
	@scripts/npm-packages web
	@ninja -C build $(QUIET) greffier

packages-run:
	@scripts/install-packages run

packages-test:
	@scripts/install-packages run test

packages-lint:
	@scripts/install-packages run test lint

packages-fuzz:
	@scripts/install-packages run test fuzz

build/build.ninja: | packages-run
	@meson setup build --buildtype=release -Dtests=false >/dev/null || { tail -n 5 build/meson-logs/meson-log.txt; exit 1; }

run: all
	@exec build/greffier serve --demo --listen 127.0.0.1:$(PORT) --data $(DATA)

test: packages-test
	@scripts/test

torture: packages-test
	@SEED=$(SEED) COUNT=$(COUNT) scripts/torture $(PART)

lint: packages-lint
	@scripts/lint

bench: all
	@ninja -C build $(QUIET)
	@scripts/bench

screenshots: packages-test
	@ONLY='$(ONLY)' BASE='$(BASE)' scripts/screenshots

fuzz: packages-fuzz
	@scripts/fuzz $(SECONDS_EACH)

format: packages-lint
	@clang-format -i $$(git ls-files '*.c')

install: all
	@install -D -m 755 build/greffier $(DESTDIR)$(PREFIX)/bin/greffier
	@mkdir -p $(DESTDIR)$(PREFIX)/share/man/man1
	@build/greffier man > $(DESTDIR)$(PREFIX)/share/man/man1/greffier.1

clean:
	@rm -rf build build-*
