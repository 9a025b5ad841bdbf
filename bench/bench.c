/* bench.c – load and receiver in one process, so that one clock measures both ends. scripts/bench
 * calls it. */
#include <stdio.h>
#include <string.h>

#include "base/ensure.h"
#include "base/macros.h"
#include "bench/modes.h"
#include "crypto/random.h"

static const struct {
	const char *name, *arguments;
	int count; /* of arguments, at least */
	void (*run)(struct loop *loop, int argc, char **argv);
	const char *help;
} modes[] = {
	{"tokens", "PORT BODIES [SAVE]", 2, tokens_mode,
	 "token requests; BODIES has one in a line, SAVE gets the tokens"},
	{"get", "PORT PATH [CREDENTIALS]", 2, get_mode,
	 "GETs; CREDENTIALS has values of Authorization, one in a line"},
	{"apps", "PORT KEYS COUNT SAVE", 4, apps_mode,
	 "COUNT client apps for each API key; SAVE gets bodies for `tokens`"},
	{"accept", "PORT KEY LOAD [COUNT]", 3, accept_mode,
	 "events accepted, durable; COUNT of them, or as many as come in ten seconds"},
	{"deliver", "PORT KEY LOAD RECEIVER COUNT LANES", 6, deliver_mode,
	 "COUNT events accepted, durable, delivered"},
	{"latency", "PORT KEY LOAD RECEIVER RATE SECONDS", 6, latency_mode,
	 "from sending the request to receiving the notification"},
	{"fill", "PORT KEY COUNT LANES", 4, fill_mode,
	 "COUNT events of a type of its own, PACKAGE_COMPLETE, in batches"},
	{"drain", "RECEIVER SECONDS COUNT SINCE", 4, drain_mode,
	 "receives what comes, for SECONDS or COUNT events; SINCE is a time of `clock`"},
	{"holes", "PORT KEY RECEIVER COUNT HOLES RATE SECONDS", 7, holes_mode,
	 "COUNT endpoints, of which HOLES never answer"},
	{"port", "", 0, port_mode, "a port that is free"},
	{"clock", "", 0, clock_mode, "microseconds of this machine's steady clock"},
};

static int usage(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(modes); i++)
		fprintf(stderr, "greffier-bench %s %s – %s\n", modes[i].name, modes[i].arguments,
			modes[i].help);
	fputs("LOAD: packages (a package's creation each), events (by the producer API, one a "
	      "request), batches (100 a request)\n",
	      stderr);
	return 2;
}

int main(int argc, char **argv)
{
	struct error err = {0};

	crypto_start();
	struct loop *loop = loop_new("bench", &err);
	ensure(loop);
	for (size_t i = 0; argc > 1 && i < ARRAY_SIZE(modes); i++) {
		if (strcmp(argv[1], modes[i].name) != 0 || argc - 2 < modes[i].count)
			continue;
		modes[i].run(loop, argc - 2, argv + 2);
		loop_free(loop);
		return 0;
	}
	loop_free(loop);
	return usage();
}
