/* receive_command.c – `greffier receive`: a local callback receiver for trying things out.
 *
 * Prints each notification in one readable line, says whether its authorization and signature are
 * right, and answers as told. Listens on loopback only. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <event2/thread.h>
#include <jansson.h>

#include "base/ensure.h"
#include "base/json.h"
#include "cli/command.h"
#include "crypto/webhook_signature.h"
#include "http/server.h"

#define SIGNATURE_AGE_MAX_S 300 /* older ones may be replays: Standard Webhooks, "Verifying" */

enum {
	OPTION_PORT,
	OPTION_KEY,
	OPTION_SECRET,
	OPTION_STATUS,
	OPTION_JSON,
	OPTION_COUNT
};
static const struct option_spec option_specs[OPTION_COUNT] = {
	[OPTION_PORT] = {"port", OPTION_NUMBER, "", "9000", 0, 65535,
			 "Port on 127.0.0.1 to listen on; 0 lets the system choose."},
	[OPTION_KEY] =
		{"key", OPTION_TEXT, "KEY", NULL, 0, 0,
		 "Callback key: notifications must carry `Authorization: Basic KEY`. Others are "
		 "answered 401."},
	[OPTION_SECRET] = {"secret", OPTION_TEXT, "WHSEC", NULL, 0, 0,
			   "Signing secret (whsec_...): the signature is verified with it; a wrong "
			   "one is answered 401."},
	[OPTION_STATUS] = {"status", OPTION_NUMBER, "", "200", 200, 599,
			   "Status to answer with, to see how the server reacts."},
	[OPTION_JSON] = {"json", OPTION_SWITCH, "", "false", 0, 0,
			 "Print each notification as one JSON line, with its headers."},
};

struct receiver {
	const struct option_value *options;
	struct loop *loop;
};

static const char *authorization_check(const struct receiver *receiver,
				       const struct http_request *request)
{
	const char *header = http_request_header(request, "Authorization");
	const char *key = receiver->options[OPTION_KEY].text;

	if (!key)
		return header ? "present" : "none";
	if (!header)
		return "MISSING";
	return strcmp(header, arena_printf(request->arena, "Basic %s", key)) == 0 ? "ok" : "WRONG";
}

static const char *signature_check(const struct receiver *receiver,
				   const struct http_request *request)
{
	const char *id = http_request_header(request, "webhook-id");
	const char *timestamp = http_request_header(request, "webhook-timestamp");
	const char *signature = http_request_header(request, "webhook-signature");
	const char *secret = receiver->options[OPTION_SECRET].text;

	if (!id || !timestamp || !signature)
		return "MISSING";
	if (!secret)
		return "not checked";
	long long sent = strtoll(timestamp, NULL, 10);
	long long now = request->received.us / 1000000;
	if (sent < now - SIGNATURE_AGE_MAX_S || sent > now + SIGNATURE_AGE_MAX_S)
		return "TOO OLD";
	return webhook_verify(request->arena, secret, id, sent, request->body, signature) ? "ok"
											  : "WRONG";
}

/* 401 for a wrong callback key or signature, as a real receiver would answer; otherwise what
 * --status says. */
static int status_of(const struct receiver *receiver, const struct http_request *request)
{
	if (receiver->options[OPTION_KEY].text &&
	    strcmp(authorization_check(receiver, request), "ok") != 0)
		return 401;
	if (receiver->options[OPTION_SECRET].text &&
	    strcmp(signature_check(receiver, request), "ok") != 0)
		return 401;
	return (int)receiver->options[OPTION_STATUS].number;
}

static void notification_print_json(const struct receiver *receiver,
				    const struct http_request *request)
{
	struct error err = {0};
	json_t *headers = json_object();
	for (size_t i = 0; i < request->header_count; i++)
		json_object_set_new(headers, request->headers[i].name,
				    json_string(request->headers[i].value));
	json_t *body = json_decode_object(request->body, &err);
	json_t *line = json_pack("{s:s, s:s, s:o, s:o}", "authorization",
				 authorization_check(receiver, request), "signature",
				 signature_check(receiver, request), "headers", headers, "body",
				 body ? body : json_null());
	char *text = json_encode(line, NULL);
	puts(text);
	free(text);
	json_decref(line);
}

static const char *member(const json_t *body, const char *name)
{
	const char *text = json_string_value(json_object_get(body, name));
	return text ? text : "-";
}

static void notification_print(const struct receiver *receiver, const struct http_request *request)
{
	struct error err = {0};
	char time[WALL_TIME_TEXT];

	wall_format(request->received, time);
	scoped(json_t) json_t *body = json_decode_object(request->body, &err);
	if (!body) {
		printf("%.8s  not a notification: %s\n", time + 11, err.technical);
		return;
	}
	printf("%.8s  %-26s transaction %s  by %s\n", time + 11, member(body, "name"),
	       member(body, "packageId"), member(body, "sessionUser"));
	if (json_is_string(json_object_get(body, "documentId")))
		printf("          document       %s\n", member(body, "documentId"));
	if (json_is_string(json_object_get(body, "message")))
		printf("          message        %s\n", member(body, "message"));
	printf("          authorization  %s\n          signature      %s\n          answered       "
	       "%d\n",
	       authorization_check(receiver, request), signature_check(receiver, request),
	       status_of(receiver, request));
}

static void on_request(struct http_exchange *exchange, struct http_request *request, void *arg)
{
	const struct receiver *receiver = arg;
	struct http_response response = {.status = status_of(receiver, request)};

	(receiver->options[OPTION_JSON].number ? notification_print_json
					       : notification_print)(receiver, request);
	fflush(stdout);
	http_exchange_respond(exchange, &response);
}

static void on_stop(evutil_socket_t signal_number, short what, void *arg)
{
	struct receiver *receiver = arg;
	loop_break(receiver->loop);
}

static bool receive_loop(struct receiver *receiver, struct error *err)
{
	const struct http_server_config config = {
		.address = "127.0.0.1",
		.port = (unsigned)receiver->options[OPTION_PORT].number,
		.headers_limit = 64 * 1024,
		.bodies_limit = 64 * 1024 * 1024,
		.connections_limit = 1024,
		.head_timeout = duration_s(60),
		.handshake_timeout = duration_s(60),
		.request_timeout = duration_s(60),
		.idle_timeout = duration_s(600),
		.on_request = on_request,
		.arg = receiver,
	};
	struct http_server *server = http_server_new(receiver->loop, &config, err);
	if (!server)
		return false;
	struct event_base *base = loop_base(receiver->loop);
	struct event *stops[] = {evsignal_new(base, SIGINT, on_stop, receiver),
				 evsignal_new(base, SIGTERM, on_stop, receiver)};
	signal(SIGPIPE, SIG_IGN);
	for (size_t i = 0; i < ARRAY_SIZE(stops); i++)
		ensure(stops[i] && event_add(stops[i], NULL) == 0);
	fprintf(stderr, "receiving on http://127.0.0.1:%u/ (stop with Ctrl-C)\n",
		http_server_port(server));
	loop_run(receiver->loop);
	for (size_t i = 0; i < ARRAY_SIZE(stops); i++)
		event_free(stops[i]);
	http_server_free(server);
	return true;
}

static bool receive_run(const struct settings *settings, const struct option_value *options,
			struct arena *arena, struct error *err)
{
	struct receiver receiver = {.options = options};
	const char *secret = options[OPTION_SECRET].text;

	if (secret && !webhook_secret_is_valid(secret))
		return error_set(err, ERROR_USAGE, "--secret: expected whsec_ and base64");
	ensure(evthread_use_pthreads() == 0);
	receiver.loop = loop_new("receive", err);
	bool ok = receiver.loop && receive_loop(&receiver, err);
	loop_free(receiver.loop);
	libevent_global_shutdown();
	return ok;
}

const struct command receive_command = {
	.name = "receive",
	.summary = "Receive notifications on this machine and print them, for tests.",
	.options = option_specs,
	.option_count = OPTION_COUNT,
	.run = receive_run,
};
