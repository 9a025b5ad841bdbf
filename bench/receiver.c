/* receiver.c – two tables with open addressing: of events, and of lanes with the number of the last
 * event of each. */
#include "bench/receiver.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ensure.h"
#include "http/server.h"

#define SLOTS (1u << 22)
#define EVENTS_MAX (SLOTS / 2)

struct event_seen {
	uint64_t key; /* 0: the slot is free */
	struct mono_time sent, received;
};

struct lane_seen {
	uint64_t key;
	int64_t sequence;
};

struct receiver {
	struct http_server *server;
	unsigned port;
	bool by_package;
	struct run *run; /* told of what comes; may be NULL */
	FILE *record;
	struct receipts receipts;
	size_t kept; /* promises */
	struct event_seen *events;
	struct lane_seen *lanes;
};

static uint64_t hash_on(uint64_t hash, const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		hash = (hash ^ (unsigned char)text[i]) * 1099511628211u;
	return hash;
}

uint64_t receiver_key(const char *id, size_t length)
{
	uint64_t hash = hash_on(1469598103934665603u, id, length);
	return hash ? hash : 1;
}

static struct event_seen *event_of(struct receiver *receiver, uint64_t key)
{
	size_t at = key % SLOTS;

	while (receiver->events[at].key && receiver->events[at].key != key)
		at = (at + 1) % SLOTS;
	receiver->events[at].key = key;
	return &receiver->events[at];
}

static struct lane_seen *lane_of(struct receiver *receiver, uint64_t key)
{
	size_t at = key % SLOTS;

	while (receiver->lanes[at].key && receiver->lanes[at].key != key)
		at = (at + 1) % SLOTS;
	receiver->lanes[at].key = key;
	return &receiver->lanes[at];
}

static void keep(struct receiver *receiver, const struct event_seen *event)
{
	receiver->kept += event->sent.us && event->received.us;
}

void receiver_promise(struct receiver *receiver, uint64_t key, struct mono_time sent)
{
	struct event_seen *event = event_of(receiver, key);

	ensure(receiver->receipts.promised < EVENTS_MAX);
	receiver->receipts.promised++;
	event->sent = sent;
	keep(receiver, event);
}

bool receiver_has_all(const struct receiver *receiver)
{
	return receiver->kept == receiver->receipts.promised;
}

void receiver_begin(struct receiver *receiver, struct run *run)
{
	memset(receiver->events, 0, SLOTS * sizeof(*receiver->events));
	receiver->receipts = (struct receipts){0};
	receiver->kept = 0;
	receiver->run = run;
}

struct receipts receiver_receipts(const struct receiver *receiver)
{
	struct receipts receipts = receiver->receipts;

	receipts.lost = receipts.promised - receiver->kept;
	return receipts;
}

void receipts_print(const struct receipts *receipts)
{
	printf(", %zu lost, %zu twice, %zu out of order", receipts->lost, receipts->duplicates,
	       receipts->disordered);
}

/* ---- a notification ---- */

static void record(const struct receiver *receiver, const struct http_request *request)
{
	json_t *headers = json_object();

	for (size_t i = 0; i < request->header_count; i++)
		json_object_set_new(headers, request->headers[i].name,
				    json_string(request->headers[i].value));
	json_t *line = json_pack("{s:i, s:I, s:o, s:s%}", "receiver", (int)receiver->port, "at",
				 (json_int_t)request->received.us, "headers", headers, "body",
				 (const char *)request->body.data, request->body.length);
	ensure(line && json_dumpf(line, receiver->record, JSON_COMPACT) == 0);
	fputc('\n', receiver->record);
	json_decref(line);
}

/* The package's id, where it stands in the body. */
static const char *package_find(const struct http_request *request, size_t *ret_length)
{
	static const char member[] = "\"packageId\":\"";
	const char *at = memmem(request->body.data, request->body.length, member, strlen(member));

	ensure(at);
	at += strlen(member);
	*ret_length = strcspn(at, "\"");
	return at;
}

static const char *header_need(const struct http_request *request, const char *name)
{
	const char *value = http_request_header(request, name);

	ensure(value);
	return value;
}

/* A lane is a package's events to an endpoint; their numbers grow. */
static bool is_in_order(struct receiver *receiver, const struct http_request *request,
			uint64_t package)
{
	const char *endpoint = header_need(request, "greffier-endpoint");
	struct lane_seen *lane = lane_of(receiver, hash_on(package, endpoint, strlen(endpoint)));
	int64_t sequence = strtoll(header_need(request, "greffier-sequence"), NULL, 10);
	bool in_order = sequence > lane->sequence;

	if (in_order)
		lane->sequence = sequence;
	return in_order;
}

static void count(struct receiver *receiver, const struct http_request *request)
{
	size_t length;
	const char *package = package_find(request, &length);
	uint64_t package_key = receiver_key(package, length);
	const char *id = header_need(request, "webhook-id");
	struct event_seen *event = event_of(
		receiver, receiver->by_package ? package_key : receiver_key(id, strlen(id)));

	if (event->received.us) {
		receiver->receipts.duplicates++;
		return;
	}
	ensure(receiver->receipts.received < EVENTS_MAX);
	receiver->receipts.disordered += !is_in_order(receiver, request, package_key);
	event->received = receiver->receipts.last = mono_now();
	if (receiver->receipts.received++ == 0)
		receiver->receipts.first = event->received;
	keep(receiver, event);
}

static void on_notification(struct http_exchange *exchange, struct http_request *request, void *arg)
{
	struct receiver *receiver = arg;
	struct http_response response = {.status = 200};

	if (receiver->record)
		record(receiver, request);
	count(receiver, request);
	http_exchange_respond(exchange, &response);
	if (receiver->run)
		run_check(receiver->run);
}

struct receiver *receiver_new(struct loop *loop, unsigned port, bool by_package)
{
	struct receiver *receiver = calloc(1, sizeof(*receiver));
	const char *path = getenv("BENCH_RECORD");
	struct error err = {0};
	const struct http_server_config config = {
		.address = "127.0.0.1",
		.port = port,
		.headers_limit = 16384,
		.bodies_limit = 64 * 1024 * 1024,
		.connections_limit = 16384,
		.head_timeout = duration_s(60),
		.handshake_timeout = duration_s(60),
		.request_timeout = duration_s(60),
		.idle_timeout = duration_s(600),
		.on_request = on_notification,
		.arg = receiver,
	};

	ensure(receiver);
	receiver->port = port;
	receiver->by_package = by_package;
	receiver->record = path && *path ? fopen(path, "ae") : NULL;
	receiver->events = calloc(SLOTS, sizeof(*receiver->events));
	receiver->lanes = calloc(SLOTS, sizeof(*receiver->lanes));
	receiver->server = http_server_new(loop, &config, &err);
	ensure(receiver->events && receiver->lanes && receiver->server);
	return receiver;
}

void receiver_free(struct receiver *receiver)
{
	http_server_free(receiver->server);
	if (receiver->record)
		ensure(fclose(receiver->record) == 0);
	free(receiver->events);
	free(receiver->lanes);
	free(receiver);
}

/* ---- how long it took ---- */

static int by_value(const void *a, const void *b)
{
	int64_t one = *(const int64_t *)a, other = *(const int64_t *)b;
	return (one > other) - (one < other);
}

int64_t receiver_print_latency(const struct receiver *receiver)
{
	int64_t *us = calloc(receiver->kept + 1, sizeof(*us));
	size_t count = 0;

	ensure(us);
	for (size_t i = 0; i < SLOTS; i++) {
		const struct event_seen *event = &receiver->events[i];
		if (event->sent.us && event->received.us)
			us[count++] = mono_since(event->received, event->sent).us;
	}
	ensure(count > 0);
	qsort(us, count, sizeof(*us), by_value);
	int64_t p99 = us[count * 99 / 100];
	printf("  p50 %.2f ms   p90 %.2f ms   p99 %.2f ms   worst %.2f ms   (%zu notifications)\n",
	       (double)us[count / 2] / 1000, (double)us[count * 9 / 10] / 1000, (double)p99 / 1000,
	       (double)us[count - 1] / 1000, count);
	free(us);
	return p99;
}
