/* load.c – see load.h. */
#include "bench/load.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/ensure.h"
#include "base/macros.h"

#define EVENTS_PATH "/api/notifications/events"
#define PACKAGES_PATH "/api/packages"
#define BODY_MAX (1024 * 1024)
#define ID_MAX 64

static const struct load loads[] = {
	{"packages", true, 1, "POST /api/packages: a whole package each"},
	{"events", false, 1, "POST /api/notifications/events: one event a request"},
	{"batches", false, LOAD_BATCH, "POST /api/notifications/events: 100 events a request"},
};

const struct load *load_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(loads); i++) {
		if (strcmp(loads[i].name, name) == 0)
			return &loads[i];
	}
	fprintf(stderr, "greffier-bench: no load `%s`\n", name);
	exit(2);
}

static char *keyed_post(const char *path, const char *key, const char *body)
{
	char authorization[256];

	snprintf(authorization, sizeof(authorization), "Basic %s", key);
	return post_make(path, authorization, body);
}

/* As long as the ids of this server's own packages. */
static void lane_name(size_t lane, char ret_name[ID_MAX])
{
	snprintf(ret_name, ID_MAX, "benchlane%019zu", lane);
}

static bool draft_add(struct buf *buf, const char *type, const char *package)
{
	return buf_printf(buf,
			  "{\"name\":\"%s\",\"packageId\":\"%s\",\"sessionUser\":"
			  "\"benchsigner0000000000000001=\",\"documentId\":\"document1\"}",
			  type, package);
}

char *load_event_request(const char *key, const char *package)
{
	struct buf buf;

	buf_init(&buf, BODY_MAX);
	ensure(draft_add(&buf, LOAD_TYPE, package));
	char *request = keyed_post(EVENTS_PATH, key, (const char *)buf.data);
	buf_done(&buf);
	return request;
}

static char *batch_request(const char *key, const char *type, size_t first, size_t count,
			   size_t lanes)
{
	char package[ID_MAX];
	struct buf buf;
	bool fits = true;

	buf_init(&buf, BODY_MAX);
	for (size_t i = 0; i < count && fits; i++) {
		lane_name((first + i) % lanes, package);
		fits = buf_add_text(&buf, i ? "," : "{\"events\":[") &&
		       draft_add(&buf, type, package);
	}
	ensure(fits && buf_add_text(&buf, "]}"));
	char *request = keyed_post(EVENTS_PATH, key, (const char *)buf.data);
	buf_done(&buf);
	return request;
}

struct requests load_batches(const char *key, const char *type, size_t batch, size_t lanes)
{
	struct requests requests = {0};

	for (size_t first = 0; first < lanes; first += batch)
		requests_add(&requests, batch_request(key, type, first, batch, lanes));
	return requests;
}

struct requests load_requests(const struct load *load, const char *key, size_t lanes)
{
	struct requests requests = {0};
	char package[ID_MAX];

	if (load->is_package) {
		requests_add(&requests, keyed_post(PACKAGES_PATH, key, "{\"name\":\"Bench\"}"));
		return requests;
	}
	if (load->events > 1)
		return load_batches(key, LOAD_TYPE, load->events, lanes);
	for (size_t lane = 0; lane < lanes; lane++) {
		lane_name(lane, package);
		requests_add(&requests, load_event_request(key, package));
	}
	return requests;
}

/* Each id of it: {"id":"…"} or {"events":[{"id":"…"}, …]}. */
void load_promise(size_t request, const char *body, size_t length, struct mono_time sent,
		  void *receiver)
{
	static const char member[] = "\"id\":\"";
	const char *end = body + length, *at = body;

	while ((at = memmem(at, (size_t)(end - at), member, strlen(member)))) {
		at += strlen(member);
		const char *quote = memchr(at, '"', (size_t)(end - at));
		ensure(quote);
		receiver_promise(receiver, receiver_key(at, (size_t)(quote - at)), sent);
	}
}
