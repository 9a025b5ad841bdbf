/* fuzz_conversation.c – whole conversations with the whole server: several callers of two accounts,
 * requests that openapi.yaml describes or nearly so, a receiver and authorization server that
 * answers hostilely.
 *
 * Stresses every route in states that no test names. What must never happen: the process ends, a
 * call goes without an answer, an answer is 500, an error has no JSON body, or a caller sees what
 * belongs to another account. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/core/routes.h"
#include "base/ensure.h"
#include "base/json.h"
#include "base/macros.h"
#include "cli/command.h"
#include "conversation/grammar.h"
#include "conversation/peer.h"
#include "conversation/program.h"
#include "conversation/wire.h"
#include "paperwork/helper.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define STEPS_MAX 24
#define REQUEST_MAX (256u << 10)
#define BODY_MAX (64u << 10)
/* An answer that takes longer counts as none. Generous: sanitizers, and machines under load. */
#define PATIENCE_MS 30000
/* Streams and long polls do not end by themselves. */
#define STREAM_PATIENCE_MS 40
/* Stands in the other account's package and endpoint, and may stand in no answer. */
#define SECRET_OF_ANOTHER "only-their-own-account-sees-this"

enum caller_kind {
	CALLS_AS_OWNER,
	CALLS_AS_MEMBER,
	CALLS_AS_APP,
	CALLS_IN_SESSION,
	CALLS_AS_STRANGER,
	CALLS_FROM_ANOTHER_ACCOUNT,
	CALLER_KIND_COUNT,
};

struct conversation {
	unsigned port;
	struct arena *arena;
	struct choices choices;
	struct words *words;
	struct party party, other;
	const char *bearer, *cookie; /* made when first used */
};

static struct {
	struct grammar *grammar;
	unsigned port, peer_port;
	struct words bystander; /* ids of an account that takes no part */
} world;

/* ---- requests ---- */

static const char *credentials_of(struct conversation *talk, enum caller_kind kind);

static struct answer ask(struct conversation *talk, const char *method, const char *target,
			 const char *credentials, const char *media, struct bytes body,
			 int patience_ms)
{
	struct buf request;

	buf_init(&request, REQUEST_MAX);
	ensure(buf_printf(&request,
			  "%s %s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nConnection: close\r\n%s", method,
			  target, talk->port, credentials));
	if (media)
		ensure(buf_printf(&request, "Content-Type: %s\r\n", media));
	ensure(buf_printf(&request, "Content-Length: %zu\r\n\r\n", body.length) &&
	       buf_add(&request, body.data, body.length));
	struct answer answer = wire_ask(talk->port, buf_bytes(&request), patience_ms);
	buf_done(&request);
	return answer;
}

/* A request of our own making; its answer as JSON, new reference. NULL when it is refused: earlier
 * steps may have taken away what it needs. */
static json_t *make(struct conversation *talk, const char *target, const char *key,
		    const char *body)
{
	struct error err = {0};
	struct answer answer = ask(
		talk, "POST", target, arena_printf(talk->arena, "Authorization: Basic %s\r\n", key),
		"application/json", (struct bytes){(const unsigned char *)body, strlen(body)},
		PATIENCE_MS);
	json_t *json = NULL;

	if (answer.status == 200)
		json = json_decode(
			(struct bytes){(const unsigned char *)answer.body, strlen(answer.body)},
			&err);
	answer_done(&answer);
	return json;
}

static void app_sign_in(struct conversation *talk)
{
	talk->bearer = "";
	scoped(json_t) json_t *app = make(talk, "/api/account/authentication/clientApps",
					  talk->party.owner_key, "{\"name\":\"A\"}");
	if (!app)
		return;
	scoped(json_t) json_t *token = make(
		talk, "/apitoken/clientApp/accessToken", talk->party.owner_key,
		arena_printf(talk->arena,
			     "{\"clientId\":\"%s\",\"secret\":\"%s\",\"type\":\"OWNER\"}",
			     json_text(app, "clientId"), json_text(app, "secret")));

	words_add(talk->words, "clientApps", json_text(app, "clientId"));
	if (token)
		talk->bearer = arena_printf(talk->arena, "Authorization: Bearer %s\r\n",
					    json_text(token, "accessToken"));
}

static void session_open_by_key(struct conversation *talk)
{
	talk->cookie = "";
	scoped(json_t) json_t *token = make(talk, "/api/authenticationTokens/user",
					    talk->party.owner_key, "{}");
	struct buf target;

	if (!token)
		return;
	buf_init(&target, 4096);
	ensure(buf_add_text(&target, "/auth?authenticationToken="));
	percent_put(&target, json_text(token, "value"));
	struct answer answer = ask(talk, "GET", (const char *)target.data, "", NULL,
				   (struct bytes){NULL, 0}, PATIENCE_MS);
	buf_done(&target);
	const char *cookie = answer.bytes.length
				     ? strstr((const char *)answer.bytes.data, "Set-Cookie: ")
				     : NULL;
	if (cookie) {
		cookie += strlen("Set-Cookie: ");
		talk->cookie = arena_printf(talk->arena, "Cookie: %.*s\r\n",
					    (int)strcspn(cookie, ";\r\n"), cookie);
	}
	answer_done(&answer);
}

static const char *credentials_of(struct conversation *talk, enum caller_kind kind)
{
	switch (kind) {
	case CALLS_AS_OWNER:
		return arena_printf(talk->arena, "Authorization: Basic %s\r\n",
				    talk->party.owner_key);
	case CALLS_AS_MEMBER:
		return arena_printf(talk->arena, "Authorization: Basic %s\r\n",
				    talk->party.member_key);
	case CALLS_AS_APP:
		if (!talk->bearer)
			app_sign_in(talk);
		return talk->bearer;
	case CALLS_IN_SESSION:
		if (!talk->cookie)
			session_open_by_key(talk);
		return talk->cookie;
	case CALLS_FROM_ANOTHER_ACCOUNT:
		return arena_printf(talk->arena, "Authorization: Basic %s\r\n",
				    talk->other.owner_key);
	case CALLS_AS_STRANGER:
	case CALLER_KIND_COUNT:
		break;
	}
	return "";
}

/* ---- a step ---- */

static bool is_stream(const struct api_route *route)
{
	return (route->flags & ROUTE_WAITS) && route->method == HTTP_METHOD_GET;
}

static void fault(const char *what, const char *method, const char *target,
		  const struct answer *answer)
{
	fprintf(stderr, "%s: %s %s\n%.2000s\n", what, method, target,
		answer->bytes.length ? (const char *)answer->bytes.data : "(nothing)");
	abort();
}

static void answer_judge(const struct api_route *route, const char *target,
			 const struct answer *answer)
{
	const char *method = http_method_name(route->method);

	if (answer->status == 0 && !is_stream(route))
		fault("no answer", method, target, answer);
	if (answer->status >= 500 && answer->status != 503)
		fault("our mistake", method, target, answer);
	if (answer->status >= 400 && *answer->body != '{')
		fault("an error without its body", method, target, answer);
	if (strstr(answer->body, SECRET_OF_ANOTHER))
		fault("another account's secret", method, target, answer);
}

/* The last part of a pattern before `end` that is no name in braces: "endpoints". */
static void collection_of(const char *pattern, const char *end, char collection[COLLECTION_MAX])
{
	collection[0] = '\0';
	while (pattern < end) {
		size_t length = strcspn(pattern, "/");
		if (length > 0 && pattern[0] != '{')
			snprintf(collection, COLLECTION_MAX, "%.*s", (int)length, pattern);
		pattern += length + (pattern[length] == '/');
	}
}

/* "/api/packages/{packageId}" with a word for each name in braces. */
static void target_write(struct conversation *talk, const struct api_route *route, struct buf *out)
{
	for (const char *at = route->pattern; *at; at++) {
		if (*at != '{') {
			ensure(buf_add(out, at, 1));
			continue;
		}
		char collection[COLLECTION_MAX];
		collection_of(route->pattern, at, collection);
		percent_put(out, words_choose_of(talk->words, collection, &talk->choices));
		at = strchr(at, '}');
	}
	grammar_query(world.grammar, route->pattern, http_method_name(route->method),
		      &talk->choices, talk->words, out);
}

static const char *body_write(struct conversation *talk, const struct api_route *route,
			      struct buf *out)
{
	const char *media = NULL;
	size_t length;

	if (choose(&talk->choices, 16) == 15) {
		const uint8_t *raw = choose_bytes(&talk->choices, 64, &length);
		ensure(buf_add(out, raw, length));
		return "application/json";
	}
	media = grammar_body(world.grammar, route->pattern, http_method_name(route->method),
			     &talk->choices, talk->words, out);
	return media;
}

static void answer_learn(struct conversation *talk, const struct api_route *route,
			 const struct answer *answer)
{
	char collection[COLLECTION_MAX];

	struct error err = {0};

	if (answer->status != 200 || *answer->body != '{')
		return;
	collection_of(route->pattern, route->pattern + strlen(route->pattern), collection);
	scoped(json_t) json_t *json = json_decode(
		(struct bytes){(const unsigned char *)answer->body, strlen(answer->body)}, &err);
	if (json)
		words_harvest(talk->words, collection, json);
}

/* The owner mostly: others are refused at the door. */
static enum caller_kind caller_choose(struct choices *choices)
{
	unsigned choice = choose(choices, 2 * CALLER_KIND_COUNT);

	return choice < CALLER_KIND_COUNT ? (enum caller_kind)choice : CALLS_AS_OWNER;
}

static void step(struct conversation *talk)
{
	const struct api_route *route =
		&api_routes[choose(&talk->choices, (unsigned)api_route_count)];
	enum caller_kind kind = caller_choose(&talk->choices);
	struct buf target, body;

	/* A password costs a tenth of a second, whatever is made of it. */
	if (route->pool == POOL_PASSWORDS && choose(&talk->choices, 8) != 7)
		return;
	buf_init(&target, 8192);
	buf_init(&body, BODY_MAX);
	target_write(talk, route, &target);
	const char *media = body_write(talk, route, &body);
	ensure(buf_add(&target, "", 1));
	struct answer answer = ask(talk, http_method_name(route->method), (const char *)target.data,
				   credentials_of(talk, kind), media, buf_bytes(&body),
				   is_stream(route) ? STREAM_PATIENCE_MS : PATIENCE_MS);
	answer_judge(route, (const char *)target.data, &answer);
	answer_learn(talk, route, &answer);
	answer_done(&answer);
	buf_done(&target);
	buf_done(&body);
}

/* ---- the world ---- */

#define PACKAGE \
	"{\"name\":\"%s\",\"roles\":[{\"id\":\"Role1\",\"signers\":[{\"email\":\"ann@example.com\"," \
	"\"firstName\":\"Ann\",\"lastName\":\"Lee\"}]}]}"
#define OAUTH_ENDPOINT \
	"{\"name\":\"%s\",\"url\":\"http://127.0.0.1:%u/hook\",\"events\":[\"PACKAGE_CREATE\"]," \
	"\"authType\":\"OAUTH2\",\"oauthSetting\":{\"clientId\":\"c\",\"clientSecret\":\"s\"," \
	"\"authorizationServerUrl\":\"http://127.0.0.1:%u/token\"}}"
#define ENDPOINT \
	"{\"name\":\"%s\",\"url\":\"http://127.0.0.1:%u/hook\",\"events\":[\"PACKAGE_CREATE\"]}"

static void things_make(struct conversation *talk, const struct party *party, const char *name,
			struct words *words)
{
	scoped(json_t)
		json_t *endpoint = make(talk, "/api/notifications/endpoints", party->owner_key,
					arena_printf(talk->arena, ENDPOINT, name, world.peer_port));
	scoped(json_t) json_t *asking = make(
		talk, "/api/notifications/endpoints", party->owner_key,
		arena_printf(talk->arena, OAUTH_ENDPOINT, name, world.peer_port, world.peer_port));
	scoped(json_t) json_t *package = make(talk, "/api/packages", party->owner_key,
					      arena_printf(talk->arena, PACKAGE, name));

	ensure(endpoint && asking && package);
	words_harvest(words, "endpoints", endpoint);
	words_harvest(words, "endpoints", asking);
	words_harvest(words, "packages", package);
	words_add(words, "subaccounts", party->account);
	words_add(words, "senders", party->owner);
	words_add(words, "senders", party->member);
}

static void world_begin(void)
{
	scoped(arena) struct arena *arena = arena_new();

	world.grammar = grammar_open(GREFFIER_OPENAPI);
	world.port = program_start();
	world.peer_port = peer_start();
	const struct party bystander = program_party(arena);
	struct conversation talk = {.port = world.port, .arena = arena};
	words_begin(&world.bystander, world.peer_port);
	things_make(&talk, &bystander, SECRET_OF_ANOTHER, &world.bystander);
}

/* The server starts this program anew as its helper process. */
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	if (*argc > 1 && strcmp((*argv)[1], HELPER_COMMAND) == 0)
		exit(cli_main(*argc, *argv));
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct words words;
	size_t script_length;

	if (!world.grammar)
		world_begin();
	scoped(arena) struct arena *arena = arena_new();
	struct conversation talk = {
		.port = world.port,
		.arena = arena,
		.choices = {data, data + size},
		.words = &words,
		.party = program_party(arena),
		.other = program_party(arena),
	};
	words_begin(&words, world.peer_port);
	const uint8_t *script = choose_bytes(&talk.choices, PEER_SCRIPT_MAX, &script_length);
	peer_script(script, script_length);
	things_make(&talk, &talk.party, "mine", &words);
	for (size_t i = 0; i < world.bystander.count; i++)
		words_add(&words, "", world.bystander.list[i]);
	for (int i = 0; i < STEPS_MAX && choices_are_left(&talk.choices); i++)
		step(&talk);
	return 0;
}
