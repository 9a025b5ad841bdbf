/* fuzz_forwarded.c – header lines of proxies, one a line, and a form or query as the last. Stresses
 * the reading from the right: who is not behind a proxy is whom the input cannot choose, and what
 * is found is an address. */
#include <stdint.h>
#include <string.h>

#include "base/ensure.h"
#include "http/client_address.h"
#include "http/pairs.h"

#define LINES_MAX 8
#define PROXY "10.0.0.1"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void forwarded_check(struct http_request *request, enum forwarded_header header)
{
	struct proxies proxies = {.header = header};
	char text[NETWORK_ADDRESS_TEXT];

	ensure(network_list_parse("10.0.0.0/8", &proxies.trusted));
	const char *client = client_address(request, &proxies);
	ensure(network_address_normalize(client, strlen(client), text) &&
	       strcmp(text, client) == 0);
	network_group(client, text);
	request->remote_address = "192.0.2.1";
	ensure(strcmp(client_address(request, &proxies), "192.0.2.1") == 0);
	request->remote_address = PROXY;
}

static void pairs_check(struct arena *arena, const char *text)
{
	struct pairs pairs;
	struct error err = {0};

	if (!pairs_parse(arena, text, strlen(text), &pairs, &err))
		return;
	for (size_t i = 0; i < pairs.count; i++) {
		const char *value = pairs_value(&pairs, pairs.pairs[i].name);
		const char *found = pairs_find(arena, text, pairs.pairs[i].name);
		ensure(!value == !found && (!value || strcmp(value, found) == 0));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_new();
	struct http_header headers[LINES_MAX];
	struct http_request request = {.arena = arena, .headers = headers, .remote_address = PROXY};
	char *rest = arena_strndup(arena, (const char *)data, size);

	for (char *line; (line = strsep(&rest, "\n")) && request.header_count < LINES_MAX;) {
		bool is_xff = line[0] == 'x';
		headers[request.header_count++] = (struct http_header){
			is_xff ? "X-Forwarded-For" : "Forwarded", *line ? line + 1 : line};
		pairs_check(arena, line);
	}
	forwarded_check(&request, FORWARDED_X_FORWARDED_FOR);
	forwarded_check(&request, FORWARDED_RFC_7239);
	arena_free(arena);
	return 0;
}
