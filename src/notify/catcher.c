/* catcher.c – see catcher.h. */
#include "notify/catcher.h"

#include <stdlib.h>
#include <string.h>

#include "access/audit.h"
#include "access/version.h"
#include "base/json.h"
#include "base/macros.h"
#include "base/text.h"
#include "crypto/random.h"
#include "store/catcher_store.h"

#define ID_PREFIX "cat_"
#define ID_RANDOM_LENGTH 16
#define ANSWER_MIN 200
#define ANSWER_MAX 599

/* ---- one of them ---- */

static struct bytes token_hash(const struct context *context, const char *token)
{
	unsigned char *hash = arena_alloc(context->arena, KEYED_HASH_BYTES);

	keyring_hash(context->keyring, token, strlen(token), hash);
	return (struct bytes){hash, KEYED_HASH_BYTES};
}

static const char *token_context(struct arena *arena, const struct catcher *catcher)
{
	return arena_printf(arena, "catcher.token:%s:%s", catcher->account, catcher->id);
}

static const char *caught_context(struct arena *arena, const struct catcher *catcher,
				  int64_t number)
{
	return arena_printf(arena, "caught:%s:%s:%lld", catcher->account, catcher->id,
			    (long long)number);
}

bool catcher_has_url(const struct access_config *config, const char *url)
{
	const size_t length = strlen(config->base_url);

	return strncmp(url, config->base_url, length) == 0 &&
	       strncmp(url + length, CATCHER_PATH, strlen(CATCHER_PATH)) == 0;
}

static json_t *catcher_to_json(const struct context *context, const struct catcher *catcher,
			       struct error *err)
{
	int64_t kept = catcher->caught < CATCHER_KEEPS ? catcher->caught : CATCHER_KEEPS;
	struct bytes token;

	if (!keyring_unseal(context->keyring, context->arena,
			    token_context(context->arena, catcher), catcher->token_sealed, &token,
			    err))
		return NULL;
	const char *url = arena_printf(context->arena, "%s" CATCHER_PATH "%.*s",
				       context->config->base_url, (int)token.length,
				       (const char *)token.data);
	return json_pack("{s:s, s:s, s:I, s:I, s:I, s:o, s:o}", "id", catcher->id, "url", url,
			 "answer", (json_int_t)catcher->answer, "caught",
			 (json_int_t)catcher->caught, "kept", (json_int_t)kept, "createdDate",
			 json_date(catcher->created), "expiresDate", json_date(catcher->expires));
}

static bool answer_read(const json_t *body, int64_t absent, int64_t *ret_answer, struct error *err)
{
	static const char *const members[] = {"answer"};

	*ret_answer = absent;
	if (!json_members_check(body, NULL, members, ARRAY_SIZE(members), err) ||
	    !json_get_int(body, "answer", NULL, ret_answer, err))
		return false;
	return (*ret_answer >= ANSWER_MIN && *ret_answer <= ANSWER_MAX && *ret_answer / 100 != 3) ||
	       error_set(err, ERROR_INVALID_FIELD,
			 "answer: a status from 200 to 299 or from 400 to 599");
}

static bool get(const struct context *context, struct db *db, const char *id,
		struct catcher *ret_catcher, struct error *err)
{
	bool found;

	if (!catcher_find(db, context->arena, context->account, id, context->now, ret_catcher,
			  &found, err))
		return false;
	return found || error_set(err, ERROR_CATCHER_NOT_FOUND, NULL);
}

/* ---- its version ---- */

static const char *resource_of(const struct context *context, const struct catcher *catcher)
{
	return arena_printf(context->arena, "catcher:%s:%s", catcher->account, catcher->id);
}

static json_t *parts_of(const struct catcher *catcher)
{
	return json_pack("{s:I}", "answer", (json_int_t)catcher->answer);
}

static json_t *shown(const struct context *context, const struct catcher *catcher,
		     struct error *err)
{
	version_tell(context, resource_of(context, catcher), parts_of(catcher));
	return catcher_to_json(context, catcher, err);
}

static bool get_as_read(const struct context *context, struct txn *txn, const char *id,
			struct catcher *ret_catcher, struct error *err)
{
	return get(context, txn_db(txn), id, ret_catcher, err) &&
	       version_check(context, resource_of(context, ret_catcher), parts_of(ret_catcher),
			     err);
}

/* ---- making, reading, changing ---- */

static bool there_is_room(const struct context *context, struct txn *txn, struct error *err)
{
	struct catcher *ignored;
	size_t count;

	return catcher_list(txn_db(txn), context->arena, context->account, context->now,
			    CATCHERS_MAX, &ignored, &count, err) &&
	       (count < CATCHERS_MAX ||
		error_set(err, ERROR_WRONG_STATE,
			  "the account has %d catchers, which is the limit: delete one first",
			  CATCHERS_MAX));
}

static struct catcher catcher_make(const struct context *context, int64_t answer)
{
	char random[ID_RANDOM_LENGTH + 1], token[CATCHER_TOKEN_LENGTH + 1];

	random_base62(random, ID_RANDOM_LENGTH);
	random_base62(token, CATCHER_TOKEN_LENGTH);
	struct catcher catcher = {
		.account = context->account,
		.id = arena_printf(context->arena, ID_PREFIX "%s", random),
		.token_hash = token_hash(context, token),
		.answer = answer,
		.created = context->now,
		.expires = wall_add(context->now, duration_s(CATCHER_LIFE_H * 3600)),
	};
	catcher.token_sealed = keyring_seal(
		context->keyring, context->arena, token_context(context->arena, &catcher),
		(struct bytes){(const unsigned char *)token, CATCHER_TOKEN_LENGTH});
	explicit_bzero(token, sizeof(token));
	return catcher;
}

json_t *catcher_create(const struct context *context, const json_t *body, struct error *err)
{
	int64_t answer;

	if (!answer_read(body, ANSWER_MIN, &answer, err))
		return NULL;
	const struct catcher catcher = catcher_make(context, answer);
	scoped(txn) struct txn *txn = context_change_begin(context, err);
	if (!txn || !there_is_room(context, txn, err) ||
	    !catcher_insert(txn_db(txn), &catcher, err) ||
	    !audit_record(context, txn_db(txn), "catcher.create", catcher.id, NULL, err) ||
	    !txn_commit(&txn, err))
		return NULL;
	return shown(context, &catcher, err);
}

json_t *catchers_list(const struct context *context, struct error *err)
{
	struct catcher *catchers;
	size_t count;

	if (!catcher_list(session_db(context->session), context->arena, context->account,
			  context->now, CATCHERS_MAX, &catchers, &count, err))
		return NULL;
	scoped(json_t) json_t *results = json_array();
	for (size_t i = 0; i < count; i++) {
		json_t *json = catcher_to_json(context, &catchers[i], err);
		if (!json)
			return NULL;
		json_array_append_new(results, json);
	}
	return json_pack("{s:O}", "results", results);
}

json_t *catcher_read(const struct context *context, const char *id, struct error *err)
{
	struct catcher catcher;

	return get(context, session_db(context->session), id, &catcher, err)
		       ? shown(context, &catcher, err)
		       : NULL;
}

json_t *catcher_change(const struct context *context, const char *id, const json_t *body,
		       struct error *err)
{
	struct catcher catcher;
	int64_t answer;

	scoped(txn) struct txn *txn = context_change_begin(context, err);
	if (!txn || !get_as_read(context, txn, id, &catcher, err) ||
	    !answer_read(body, catcher.answer, &answer, err) ||
	    !catcher_set_answer(txn_db(txn), &catcher, answer, err) ||
	    !audit_record(context, txn_db(txn), "catcher.change", id,
			  json_pack("{s:I}", "answer", (json_int_t)answer), err) ||
	    !txn_commit(&txn, err))
		return NULL;
	catcher.answer = answer;
	return shown(context, &catcher, err);
}

bool catcher_remove(const struct context *context, const char *id, struct error *err)
{
	struct catcher catcher;

	scoped(txn) struct txn *txn = context_change_begin(context, err);
	return txn && get_as_read(context, txn, id, &catcher, err) &&
	       catcher_delete(txn_db(txn), context->account, id, err) &&
	       audit_record(context, txn_db(txn), "catcher.delete", id, NULL, err) &&
	       txn_commit(&txn, err);
}

/* ---- catching ---- */

/* Who has sent a key or token wants to know that it came, and nobody has to read it. */
static const char *value_shown(struct arena *arena, const struct catcher_header *header)
{
	static const char *const hidden[] = {"Authorization", "Proxy-Authorization", "Cookie"};

	for (size_t i = 0; i < ARRAY_SIZE(hidden); i++) {
		if (!text_equal_nocase(header->name, hidden[i]))
			continue;
		size_t scheme = text_starts_with_nocase(header->value, "Basic ") ||
						text_starts_with_nocase(header->value, "Bearer ")
					? strcspn(header->value, " ") + 1
					: 0;
		return arena_printf(arena, "%.*s***", (int)scheme, header->value);
	}
	return header->value;
}

static json_t *text_to_json(struct arena *arena, const char *text)
{
	return json_string(
		utf8_repaired(arena, (struct bytes){(const unsigned char *)text, strlen(text)}));
}

static json_t *headers_to_json(struct arena *arena, const struct caught_request *request)
{
	json_t *headers = json_array();
	size_t length = 0;

	for (size_t i = 0; i < request->header_count; i++) {
		const struct catcher_header *header = &request->headers[i];
		length += strlen(header->name) + strlen(header->value);
		if (length > CATCHER_HEADERS_MAX)
			break;
		json_array_append_new(headers,
				      json_pack("{s:o, s:o}", "key",
						text_to_json(arena, header->name), "value",
						text_to_json(arena, value_shown(arena, header))));
	}
	return headers;
}

/* As text when it is text. */
static json_t *body_to_json(struct arena *arena, struct bytes body, bool *ret_is_base64)
{
	json_t *text = json_stringn((const char *)body.data, body.length);

	*ret_is_base64 = !text || (body.length > 0 && memchr(body.data, '\0', body.length));
	if (!*ret_is_base64)
		return text;
	json_decref(text);
	return json_string(base64_encode(arena, body.data, body.length));
}

static struct bytes request_seal(const struct context *context, const struct catcher *catcher,
				 int64_t number, const struct caught_request *request)
{
	bool is_base64;
	json_t *body = body_to_json(context->arena, request->body, &is_base64);

	scoped(json_t) json_t *json = json_pack(
		"{s:s, s:o, s:o, s:b, s:I}", "method", request->method, "headers",
		headers_to_json(context->arena, request), "body", body, "isBase64", is_base64,
		"size", (json_int_t)request->body.length);
	size_t length;
	char *text = json_encode(json, &length);
	const struct bytes sealed = keyring_seal(
		context->keyring, context->arena, caught_context(context->arena, catcher, number),
		(struct bytes){(const unsigned char *)text, length});
	explicit_bzero(text, length);
	free(text);
	return sealed;
}

static bool token_is_formed(const char *token)
{
	return strlen(token) == CATCHER_TOKEN_LENGTH &&
	       strspn(token, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") ==
		       CATCHER_TOKEN_LENGTH;
}

bool catcher_catch(const struct context *context, const char *token,
		   const struct caught_request *request, catcher_admission *may_catch, void *arg,
		   struct catch_answer *ret_answer, struct error *err)
{
	struct catcher catcher;
	int64_t number;
	bool found = false;

	if (token_is_formed(token) &&
	    !catcher_find_by_token(session_db(context->session), context->arena,
				   token_hash(context, token), context->now, &catcher, &found, err))
		return false;
	if (!found)
		return error_set(err, ERROR_CATCHER_NOT_FOUND, NULL);
	if (!may_catch(catcher.id, arg, err))
		return false;
	scoped(txn) struct txn *txn = txn_begin(context->session, err);
	if (!txn || !catcher_take_number(txn_db(txn), &catcher, &number, &found, err))
		return false;
	if (!found)
		return error_set(err, ERROR_CATCHER_NOT_FOUND, NULL);
	const struct caught caught = {.number = number,
				      .received = context->now,
				      .sealed = request_seal(context, &catcher, number, request)};
	if (!caught_insert(txn_db(txn), &catcher, &caught, CATCHER_KEEPS, err) ||
	    !txn_commit(&txn, err))
		return false;
	*ret_answer = (struct catch_answer){.status = catcher.answer, .number = number};
	return true;
}

json_t *caught_read(const struct context *context, const char *id, int64_t after, int64_t limit,
		    struct error *err)
{
	struct catcher catcher;
	struct caught *list;
	size_t count;

	if (!get(context, session_db(context->session), id, &catcher, err) ||
	    !caught_list(session_db(context->session), context->arena, &catcher, after,
			 (size_t)limit, &list, &count, err))
		return NULL;
	scoped(json_t) json_t *results = json_array();
	for (size_t i = 0; i < count; i++) {
		struct bytes plain;
		if (!keyring_unseal(context->keyring, context->arena,
				    caught_context(context->arena, &catcher, list[i].number),
				    list[i].sealed, &plain, err))
			return NULL;
		json_t *json = json_loadb((const char *)plain.data, plain.length, 0, NULL);
		json_object_set_new(json, "number", json_integer(list[i].number));
		json_object_set_new(json, "receivedDate", json_date(list[i].received));
		json_array_append_new(results, json);
	}
	return json_pack("{s:O}", "results", results);
}
