/* notification_command.c – `greffier callback`, `endpoint`, `delivery`, `replay`: what
 * /api/callback and /api/notifications do, for the operator. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/ensure.h"
#include "base/json.h"
#include "cli/table.h"
#include "notify/callback.h"
#include "notify/endpoints.h"
#include "notify/record_json.h"
#include "notify/repair.h"
#include "notify/replay.h"

#define LISTED_MAX 1000
#define FILE_MAX (256 * 1024)

enum {
	N_ACCOUNT,
	N_JSON,
	N_CONNECTOR,
	N_FILE,
	N_URL,
	N_KEY,
	N_EVENTS,
	N_ENDPOINT,
	N_EVENT,
	N_PACKAGE,
	N_STATE,
	N_SINCE,
	N_UNTIL,
	N_UNDELIVERED,
	N_DRY_RUN,
	N_LIMIT,
	N_COUNT
};
static const struct option_spec specs[N_COUNT] = {
	[N_ACCOUNT] = {"account", OPTION_TEXT, "ID", NULL, 0, 0, "The account. Required."},
	[N_JSON] = {"json", OPTION_SWITCH, "", "false", 0, 0, "Print JSON."},
	[N_CONNECTOR] =
		{"connector", OPTION_TEXT, "ORIGIN", "", 0, 0,
		 "The callback of a connector instead of the account's own: dynamics2015 …"},
	[N_FILE] = {"file", OPTION_TEXT, "FILE", NULL, 0, 0,
		    "Replaces the whole registration: the body of POST /api/callback; - for "
		    "standard input."},
	[N_URL] = {"url", OPTION_TEXT, "URL", NULL, 0, 0, "URL that notifications are sent to."},
	[N_KEY] = {"key-from", OPTION_TEXT, "FILE", NULL, 0, 0,
		   "File with the callback key; - for standard input."},
	[N_EVENTS] = {"events", OPTION_TEXT, "NAMES", NULL, 0, 0,
		      "Event types, separated by commas."},
	[N_ENDPOINT] = {"endpoint", OPTION_TEXT, "ID", NULL, 0, 0, "The endpoint."},
	[N_EVENT] = {"event", OPTION_TEXT, "ID", NULL, 0, 0, "The event."},
	[N_PACKAGE] = {"package", OPTION_TEXT, "ID", NULL, 0, 0, "Only this transaction."},
	[N_STATE] = {"state", OPTION_TEXT, "STATE", NULL, 0, 0, "PENDING, DELIVERED or FAILED."},
	[N_SINCE] = {"since", OPTION_TEXT, "DATE", NULL, 0, 0,
		     "Only events since this time: 2026-01-31T12:00:00Z."},
	[N_UNTIL] = {"until", OPTION_TEXT, "DATE", NULL, 0, 0, "Only events before this time."},
	[N_UNDELIVERED] = {"undelivered", OPTION_SWITCH, "", "false", 0, 0,
			   "Only what the endpoint has not accepted yet."},
	[N_DRY_RUN] = {"dry-run", OPTION_SWITCH, "", "false", 0, 0,
		       "Count the events without sending them."},
	[N_LIMIT] = {"limit", OPTION_NUMBER, "rows", "100", 1, LISTED_MAX,
		     "Maximum number of rows."},
};

static bool account_choose(struct operation *operation, struct error *err)
{
	return operation_account(operation, operation->options[N_ACCOUNT].text, NULL, NULL, err);
}

static bool need(const struct operation *operation, int option, const char **ret_text,
		 struct error *err)
{
	*ret_text = operation->options[option].text;
	return *ret_text || error_set(err, ERROR_USAGE, "--%s is required", specs[option].name);
}

/* ---- callback ---- */

static bool file_read(struct arena *arena, const char *path, const char **ret_text,
		      struct error *err)
{
	FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
	char *text = arena_alloc(arena, FILE_MAX + 1);

	if (!file)
		return error_set(err, ERROR_USAGE, "cannot open %s: %s", path, strerror(errno));
	size_t length = fread(text, 1, FILE_MAX + 1, file);
	bool ok = !ferror(file) && length <= FILE_MAX;
	if (file != stdin)
		fclose(file);
	if (!ok)
		return error_set(err, ERROR_USAGE, "%s: cannot be read, or is too large", path);
	text[length] = '\0';
	*ret_text = text;
	return true;
}

static json_t *names_of(const char *list)
{
	json_t *names = json_array();

	for (const char *at = list; *at; at += strcspn(at, ","), at += *at == ',') {
		size_t length = strcspn(at, ",");
		if (length)
			json_array_append_new(names, json_stringn(at, length));
	}
	return names;
}

/* The registration as it stands, with the members that the options name replaced. A new key means
 * that the callback authenticates by key from now on. */
static json_t *body_of_options(const struct operation *operation, const char *origin,
			       struct error *err)
{
	const struct option_value *options = operation->options;
	const char *key = "";

	if (options[N_KEY].text &&
	    !file_read(operation->context.arena, options[N_KEY].text, &key, err))
		return NULL;
	if (!options[N_URL].text && !options[N_EVENTS].text && !options[N_KEY].text) {
		(void)error_set(err, ERROR_USAGE,
				"--file, or what to change: --url, --events, --key-from");
		return NULL;
	}
	json_t *body = callback_read(&operation->context, origin, err);
	if (body && options[N_URL].text)
		json_object_set_new(body, "url", json_string(options[N_URL].text));
	if (body && options[N_EVENTS].text)
		json_object_set_new(body, "events", names_of(options[N_EVENTS].text));
	if (body && options[N_KEY].text) {
		json_object_del(body, "authType");
		json_object_del(body, "oauthSetting");
		json_object_set_new(body, "key", json_stringn(key, strcspn(key, "\r\n")));
	}
	return body;
}

static json_t *body_read(const struct operation *operation, const char *origin, struct error *err)
{
	const char *path = operation->options[N_FILE].text, *text = "";

	if (!path)
		return body_of_options(operation, origin, err);
	if (!file_read(operation->context.arena, path, &text, err))
		return NULL;
	return json_decode_object((struct bytes){(const unsigned char *)text, strlen(text)}, err);
}

static bool origin_choose(struct operation *operation, const char **ret_origin, struct error *err)
{
	*ret_origin = operation->options[N_CONNECTOR].text;
	return account_choose(operation, err) &&
	       (!**ret_origin || connector_check(*ret_origin, err));
}

static bool answer_print(json_t *answer)
{
	if (answer)
		print_json(answer);
	return answer != NULL;
}

static bool callback_show_act(struct operation *operation, struct error *err)
{
	const char *origin;

	return origin_choose(operation, &origin, err) &&
	       answer_print(callback_read(&operation->context, origin, err));
}

static bool callback_set_act(struct operation *operation, struct error *err)
{
	const char *origin;

	if (!origin_choose(operation, &origin, err))
		return false;
	scoped(json_t) json_t *body = body_read(operation, origin, err);
	return body && answer_print(callback_replace(&operation->context, origin, body, err));
}

/* All but the events stays: what the console's Revert does. */
static bool callback_revert_act(struct operation *operation, struct error *err)
{
	const char *origin;

	if (!origin_choose(operation, &origin, err))
		return false;
	scoped(json_t) json_t *body = callback_read(&operation->context, origin, err);
	if (!body)
		return false;
	json_object_set_new(body, "events", json_array());
	return answer_print(callback_replace(&operation->context, origin, body, err));
}

/* ---- endpoints ---- */

static bool results_print(const struct operation *operation, json_t *answer,
			  const char *const *members, size_t count)
{
	if (!answer)
		return false;
	json_t *results = json_incref(json_object_get(answer, "results"));
	json_decref(answer);
	return print_rows(operation, results, members, count);
}

#define PRINT_RESULTS(operation, answer, ...) \
	results_print(operation, answer, (const char *const[]){__VA_ARGS__}, \
		      ARRAY_SIZE(((const char *const[]){__VA_ARGS__})))

/* What a table has columns for stands deeper in the answer. */
static void flatten(json_t *answer, const char *object, const char *member, const char *as)
{
	json_t *row;
	size_t i;

	json_array_foreach(json_object_get(answer, "results"), i, row)
		json_object_set(row, as, json_object_get(json_object_get(row, object), member));
}

static bool endpoint_list_act(struct operation *operation, struct error *err)
{
	const char *package = operation->options[N_PACKAGE].text;

	if (!account_choose(operation, err))
		return false;
	json_t *answer = endpoints_list(&operation->context, package, 0,
					operation->options[N_LIMIT].number, err);
	if (answer && !operation->json)
		flatten(answer, "queue", "pending", "pending");
	return PRINT_RESULTS(operation, answer, "id", "origin", "name", "state", "stateReason",
			     "pending", "failingSinceDate", "url");
}

static bool steer(struct operation *operation, enum endpoint_verb verb, struct error *err)
{
	const char *id;

	return need(operation, N_ENDPOINT, &id, err) && account_choose(operation, err) &&
	       answer_print(endpoint_steer(&operation->context, id, verb, err));
}

static bool endpoint_pause_act(struct operation *operation, struct error *err)
{
	return steer(operation, ENDPOINT_PAUSE, err);
}

static bool endpoint_resume_act(struct operation *operation, struct error *err)
{
	return steer(operation, ENDPOINT_RESUME, err);
}

static bool endpoint_disable_act(struct operation *operation, struct error *err)
{
	return steer(operation, ENDPOINT_DISABLE, err);
}

static bool endpoint_enable_act(struct operation *operation, struct error *err)
{
	return steer(operation, ENDPOINT_ENABLE, err);
}

/* ---- deliveries ---- */

static bool state_read(const char *name, int *ret_state, struct error *err)
{
	*ret_state = -1;
	return !name || delivery_state_find(name, ret_state) ||
	       error_set(err, ERROR_USAGE, "--state: PENDING, DELIVERED or FAILED");
}

static bool date_read(const struct operation *operation, int option, struct wall_time *ret_time,
		      struct error *err)
{
	const char *text = operation->options[option].text;

	*ret_time = wall_from_us(0);
	return !text || wall_parse(text, ret_time) ||
	       error_set(err, ERROR_USAGE, "--%s: a date such as 2026-01-31T12:00:00Z",
			 specs[option].name);
}

static bool delivery_list_act(struct operation *operation, struct error *err)
{
	const struct option_value *options = operation->options;
	struct delivery_filter filter = {.package = options[N_PACKAGE].text,
					 .event_id = options[N_EVENT].text,
					 .endpoint = options[N_ENDPOINT].text,
					 .http_status = -1,
					 .limit = options[N_LIMIT].number};

	if (!account_choose(operation, err) ||
	    !state_read(options[N_STATE].text, &filter.state, err) ||
	    !date_read(operation, N_SINCE, &filter.since, err) ||
	    !date_read(operation, N_UNTIL, &filter.until, err))
		return false;
	filter.account = operation->context.account;
	/* The servers' limits are their memory's: nobody can ask for them here. */
	const struct turn_source unknown = {NULL, NULL};
	const struct context *context = &operation->context;
	const struct wait_view view = {&unknown, context->session, context->queue_now};
	json_t *answer = deliveries_list(session_db(context->session), context->arena, &filter,
					 &view, err);
	if (answer && !operation->json) {
		flatten(answer, "event", "id", "eventId");
		flatten(answer, "event", "sequence", "sequence");
		flatten(answer, "event", "name", "name");
		flatten(answer, "event", "packageId", "packageId");
		flatten(answer, "endpoint", "id", "endpointId");
		flatten(answer, "waitsFor", "reason", "waitsFor");
	}
	return PRINT_RESULTS(operation, answer, "sequence", "eventId", "name", "packageId",
			     "endpointId", "state", "waitsFor", "nextAttemptDate", "finishedDate");
}

static bool delivery_steer(struct operation *operation,
			   bool (*act)(const struct context *context, const char *event_id,
				       const char *endpoint_id, struct error *err),
			   const char *result, struct error *err)
{
	const char *event, *endpoint;

	if (!need(operation, N_EVENT, &event, err) ||
	    !need(operation, N_ENDPOINT, &endpoint, err) || !account_choose(operation, err) ||
	    !act(&operation->context, event, endpoint, err))
		return false;
	return answer_print(json_pack("{s:s, s:s, s:s}", "eventId", event, "endpointId", endpoint,
				      "result", result));
}

static bool delivery_resend_act(struct operation *operation, struct error *err)
{
	return delivery_steer(operation, delivery_resend, "queued", err);
}

static bool delivery_retry_act(struct operation *operation, struct error *err)
{
	return delivery_steer(operation, delivery_retry, "due", err);
}

static bool delivery_cancel_act(struct operation *operation, struct error *err)
{
	return delivery_steer(operation, delivery_cancel, "cancelled", err);
}

/* ---- replays ---- */

static bool replay_start_act(struct operation *operation, struct error *err)
{
	const struct option_value *options = operation->options;
	const char *endpoint;

	if (!need(operation, N_ENDPOINT, &endpoint, err) || !account_choose(operation, err))
		return false;
	scoped(json_t) json_t *body = json_pack(
		"{s:s, s:s*, s:s*, s:s*, s:o*, s:b, s:b}", "endpointId", endpoint, "packageId",
		options[N_PACKAGE].text, "since", options[N_SINCE].text, "until",
		options[N_UNTIL].text, "events",
		options[N_EVENTS].text ? names_of(options[N_EVENTS].text) : NULL, "undeliveredOnly",
		(int)options[N_UNDELIVERED].number, "dryRun", (int)options[N_DRY_RUN].number);
	ensure(body);
	return answer_print(replay_create(&operation->context, body, err));
}

static bool replay_list_act(struct operation *operation, struct error *err)
{
	if (!account_choose(operation, err))
		return false;
	json_t *answer = replays_list(&operation->context, 0, operation->options[N_LIMIT].number,
				      err);
	return PRINT_RESULTS(operation, answer, "id", "action", "endpointId", "state", "matching",
			     "queued", "createdDate");
}

#define COMMAND(identifier, words, text, act, more) \
	static bool act##_run(const struct settings *settings, const struct option_value *options, \
			      struct arena *arena, struct error *err) \
	{ \
		return operate(settings, options, options[N_JSON].number, arena, act, err); \
	} \
	const struct command identifier##_command = { \
		.name = words, \
		.summary = text, \
		.options = specs, \
		.option_count = N_COUNT, \
		.takes = BIT(N_ACCOUNT) | BIT(N_JSON) | (more), \
		.takes_settings = true, \
		.run = act##_run, \
	};

COMMAND(callback_show, "callback show", "Show an account's callback.", callback_show_act,
	BIT(N_CONNECTOR))
COMMAND(callback_set, "callback set", "Change an account's callback, or replace it by a file.",
	callback_set_act, BIT(N_CONNECTOR) | BIT(N_FILE) | BIT(N_URL) | BIT(N_KEY) | BIT(N_EVENTS))
COMMAND(callback_revert, "callback revert", "Turn off all notifications of a callback.",
	callback_revert_act, BIT(N_CONNECTOR))
COMMAND(endpoint_list, "endpoint list", "List an account's endpoints, their state and queue.",
	endpoint_list_act, BIT(N_PACKAGE) | BIT(N_LIMIT))
COMMAND(endpoint_pause, "endpoint pause", "Pause an endpoint; its queue is kept.",
	endpoint_pause_act, BIT(N_ENDPOINT))
COMMAND(endpoint_resume, "endpoint resume", "Resume a paused endpoint.", endpoint_resume_act,
	BIT(N_ENDPOINT))
COMMAND(endpoint_disable, "endpoint disable",
	"Disable an endpoint; its pending notifications fail.", endpoint_disable_act,
	BIT(N_ENDPOINT))
COMMAND(endpoint_enable, "endpoint enable", "Enable a disabled endpoint.", endpoint_enable_act,
	BIT(N_ENDPOINT))
COMMAND(delivery_list, "delivery list", "Search an account's deliveries.", delivery_list_act,
	BIT(N_ENDPOINT) | BIT(N_EVENT) | BIT(N_PACKAGE) | BIT(N_STATE) | BIT(N_SINCE) |
		BIT(N_UNTIL) | BIT(N_LIMIT))
COMMAND(delivery_resend, "delivery resend", "Send a finished delivery again.", delivery_resend_act,
	BIT(N_ENDPOINT) | BIT(N_EVENT))
COMMAND(delivery_retry, "delivery retry", "Attempt a waiting delivery now.", delivery_retry_act,
	BIT(N_ENDPOINT) | BIT(N_EVENT))
COMMAND(delivery_cancel, "delivery cancel", "Cancel a pending delivery.", delivery_cancel_act,
	BIT(N_ENDPOINT) | BIT(N_EVENT))
COMMAND(replay_start, "replay start", "Send events to an endpoint, again or for the first time.",
	replay_start_act,
	BIT(N_ENDPOINT) | BIT(N_PACKAGE) | BIT(N_SINCE) | BIT(N_UNTIL) | BIT(N_EVENTS) |
		BIT(N_UNDELIVERED) | BIT(N_DRY_RUN))
COMMAND(replay_list, "replay list", "List an account's replays and their progress.",
	replay_list_act, BIT(N_LIMIT))
