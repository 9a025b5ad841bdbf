/* producer.c – see producer.h. Everything is checked before anything is written. */
#include "notify/producer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ensure.h"
#include "base/json.h"
#include "base/text.h"
#include "base/words.h"
#include "crypto/digest.h"
#include "notify/event.h"
#include "store/delivery_store.h"
#include "store/fan_out_store.h"
#include "store/idempotency_store.h"
#include "store/package_store.h"

#define DOCUMENT_MAX 256

/* ---- reading ---- */

static bool text_read(const json_t *event, const char *where, const char *member, size_t limit,
		      const char **ret_text, struct error *err)
{
	if (!json_get_text(event, member, where, ret_text, err))
		return false;
	const char *text = *ret_text;
	if (text && (strlen(text) > limit || text_has_control_characters(text)))
		return error_set(err, ERROR_INVALID_FIELD,
				 "%s.%s: at most %zu bytes, no control characters", where, member,
				 limit);
	return true;
}

static const struct event_member *member_find(enum event_type type, const char *name)
{
	size_t count;
	const struct event_member *members = event_members(&count);

	for (size_t i = 0; i < count; i++) {
		if (members[i].type == type && strcmp(members[i].name, name) == 0)
			return &members[i];
	}
	return NULL;
}

static bool value_is_allowed(const struct event_member *member, const char *value)
{
	size_t length = strlen(value);

	for (const char *at = member->values; *at; at += strcspn(at, ","), at += *at == ',') {
		if (strcspn(at, ",") == length && strncmp(at, value, length) == 0)
			return true;
	}
	return !*member->values;
}

static bool text_is_acceptable(const json_t *value)
{
	return json_is_string(value) && json_string_length(value) <= PRODUCER_EXTRA_TEXT_MAX &&
	       strlen(json_string_value(value)) == json_string_length(value);
}

static bool texts_are_acceptable(const json_t *value)
{
	json_t *text;
	size_t i;

	if (!json_is_array(value) || json_array_size(value) > PRODUCER_EXTRA_TEXTS_MAX)
		return false;
	json_array_foreach(value, i, text)
	{
		if (!text_is_acceptable(text))
			return false;
	}
	return true;
}

static bool extra_check(const struct event_member *member, const json_t *value, const char *where,
			struct error *err)
{
	bool ok = member->kind == EVENT_MEMBER_TEXT ? text_is_acceptable(value)
						    : texts_are_acceptable(value);

	return ok || error_set(err, ERROR_INVALID_FIELD, "%s.%s: %s", where, member->name,
			       member->kind == EVENT_MEMBER_TEXT ? "a text" : "an array of texts");
}

/* Members that every payload has, or that a forwarded payload brings along. */
static bool is_common(const char *name)
{
	static const char *const common[] = {"@class",	"name",	      "packageId",  "sessionUser",
					     "message", "documentId", "createdDate"};

	return word_find(name, common, ARRAY_SIZE(common)) != WORD_NONE;
}

static bool extras_read(const struct context *context, const json_t *event, const char *where,
			struct event_draft *draft, struct error *err)
{
	const char *name;
	json_t *value;

	scoped(json_t) json_t *extra = json_object();
	json_object_foreach((json_t *)(uintptr_t)event, name, value)
	{
		if (is_common(name) || json_is_null(value))
			continue;
		const struct event_member *member = member_find(draft->type, name);
		if (!member)
			return error_set(err, ERROR_INVALID_FIELD, "%s.%.60s: no member of %s",
					 where, name, event_type_info(draft->type)->name);
		if (!extra_check(member, value, where, err))
			return false;
		json_object_set(extra, name, value);
	}
	if (json_object_size(extra) == 0)
		return true;
	draft->extra = json_try_encode_in(context->arena, extra, err);
	if (!draft->extra)
		return false;
	return strlen(draft->extra) <= PRODUCER_EXTRA_MAX ||
	       error_set(err, ERROR_INVALID_FIELD,
			 "%s: the members of %s have more than %d bytes as JSON", where,
			 event_type_info(draft->type)->name, PRODUCER_EXTRA_MAX);
}

static bool type_read(const json_t *event, const char *where, struct event_draft *draft,
		      struct error *err)
{
	const char *name;

	char member[64];

	snprintf(member, sizeof(member), "%s.name", where);
	return json_need_text(event, "name", where, &name, err) &&
	       event_type_read(name, member, ERROR_CALLBACK_INVALID_EVENT, &draft->type, err);
}

static bool draft_read(const struct context *context, const json_t *event, const char *where,
		       struct event_draft *draft, struct error *err)
{
	*draft = (struct event_draft){.account = context->account, .hops = context->actor->hops};
	if (!json_is_object(event))
		return error_set(err, ERROR_INVALID_FIELD, "%s: must be an object", where);
	if (!type_read(event, where, draft, err) ||
	    !text_read(event, where, "packageId", PRODUCER_TEXT_MAX, &draft->package, err) ||
	    !text_read(event, where, "sessionUser", PRODUCER_TEXT_MAX, &draft->session_user, err) ||
	    !text_read(event, where, "message", PRODUCER_TEXT_MAX, &draft->message, err) ||
	    !text_read(event, where, "documentId", DOCUMENT_MAX, &draft->document, err))
		return false;
	if (!draft->package || !*draft->package)
		return error_set(err, ERROR_MISSING_FIELD, "%s.packageId", where);
	const struct event_member *message = member_find(draft->type, "message");
	if (message && draft->message && !value_is_allowed(message, draft->message))
		return error_set(err, ERROR_INVALID_FIELD, "%s.message: one of %s", where,
				 message->values);
	return extras_read(context, event, where, draft, err);
}

static bool drafts_read(const struct context *context, const json_t *body,
			struct event_draft **ret_drafts, size_t *ret_count, struct error *err)
{
	json_t *events;

	if (!json_get_array(body, "events", NULL, &events, err))
		return false;
	size_t count = events ? json_array_size(events) : 1;
	if (count == 0 || count > PRODUCER_BATCH_MAX)
		return error_set(err, ERROR_INVALID_FIELD, "events: 1 to %d", PRODUCER_BATCH_MAX);
	struct event_draft *drafts = arena_alloc(context->arena, count * sizeof(*drafts));
	for (size_t i = 0; i < count; i++) {
		const char *where = events ? arena_printf(context->arena, "events[%zu]", i)
					   : "event";
		if (!draft_read(context, events ? json_array_get(events, i) : body, where,
				&drafts[i], err))
			return false;
	}
	*ret_drafts = drafts;
	*ret_count = count;
	return true;
}

/* ---- writing ---- */

/* What filters look at, when the package is one of this server's. */
static bool context_find(const struct context *context, struct db *db, struct event_draft *draft,
			 struct error *err)
{
	struct package_record package;
	bool found;

	if (!package_find(db, context->arena, context->account, draft->package, false, &package,
			  &found, err))
		return false;
	if (found)
		draft->context = (struct event_context){
			package.owner, *package.whole ? package.whole : package.members};
	return true;
}

/* A batch may be of many packages. */
static bool lanes_lock(const struct context *context, struct txn *txn,
		       const struct event_draft *drafts, size_t count, struct error *err)
{
	const char **packages = arena_alloc(context->arena, count * sizeof(*packages));

	for (size_t i = 0; i < count; i++)
		packages[i] = drafts[i].package;
	return count == 1 ||
	       delivery_lock_lanes(txn_db(txn), context->account, packages, count, err);
}

/* Events behind which nobody asks how many deliveries they have. */
#define BEHIND_FEW 1000
#define OWED_WAIT_S 5

/* Appending costs far less than what it owes to many endpoints: without an end, a producer could
 * leave days of work in minutes. */
static bool may_owe(struct txn *txn, const struct event_draft *draft, int64_t behind,
		    struct error *err)
{
	int64_t owed;

	if (behind <= BEHIND_FEW)
		return true;
	if (!fan_out_owed(txn_db(txn), draft->account, event_type_info(draft->type)->name,
			  draft->package, &owed, err))
		return false;
	if (owed <= PRODUCER_OWED_MAX)
		return true;
	(void)error_set(err, ERROR_TOO_MANY_REQUESTS,
			"%lld earlier events of the account still wait for their deliveries",
			(long long)behind);
	err->wait_s = OWED_WAIT_S;
	return false;
}

static bool append(const struct context *context, struct txn *txn, struct event_draft *drafts,
		   size_t count, json_t *results, struct error *err)
{
	for (size_t i = 0; i < count; i++) {
		struct event_receipt receipt;
		if (!context_find(context, txn_db(txn), &drafts[i], err) ||
		    !event_raise_for(txn, &drafts[i], context->now, &receipt, err) ||
		    (i == 0 && !may_owe(txn, &drafts[i], receipt.behind, err)))
			return false;
		json_array_append_new(results,
				      json_pack("{s:s, s:I, s:s}", "id", receipt.id, "sequence",
						(json_int_t)receipt.sequence, "name",
						event_type_info(drafts[i].type)->name));
	}
	return true;
}

/* An answer that was given before. *ret_answer stays NULL when the key is new. */
static bool answer_find(const struct context *context, struct txn *txn, const char *key,
			const unsigned char digest[SHA256_BYTES], const char **ret_answer,
			struct error *err)
{
	struct idempotent_request request;
	bool found;

	if (!idempotent_request_find(txn_db(txn), context->arena, context->account, key, &request,
				     &found, err))
		return false;
	if (!found)
		return true;
	if (request.digest.length != SHA256_BYTES ||
	    memcmp(request.digest.data, digest, SHA256_BYTES) != 0)
		return error_set(err, ERROR_IDEMPOTENCY_KEY_REUSED, "Idempotency-Key");
	*ret_answer = request.answer;
	return true;
}

static bool answer_keep(const struct context *context, struct txn *txn, const char *key,
			const unsigned char digest[SHA256_BYTES], const char *answer,
			struct error *err)
{
	const struct idempotent_request request = {
		.account = context->account,
		.key = key,
		.digest = {digest, SHA256_BYTES},
		.answer = answer,
		.created = context->now,
	};
	return idempotent_request_insert(txn_db(txn), &request, err);
}

static bool key_check(const char *key, struct error *err)
{
	return !key ||
	       (*key && strlen(key) <= IDEMPOTENCY_KEY_MAX && !text_has_control_characters(key) &&
		utf8_is_valid(key, strlen(key))) ||
	       error_set(err, ERROR_INVALID_FIELD, "Idempotency-Key: 1 to %d characters",
			 IDEMPOTENCY_KEY_MAX);
}

static void body_digest(const json_t *body, unsigned char ret_digest[SHA256_BYTES])
{
	char *text = json_dumps(body, JSON_COMPACT | JSON_SORT_KEYS);

	ensure(text);
	sha256(text, strlen(text), ret_digest);
	free(text);
}

bool producer_append(const struct context *context, const json_t *body, const char *idempotency_key,
		     const char **ret_answer, bool *ret_repeated, struct error *err)
{
	unsigned char digest[SHA256_BYTES];
	const char *answer = NULL;
	struct event_draft *drafts = NULL;
	size_t count = 0;

	if (!key_check(idempotency_key, err) || !drafts_read(context, body, &drafts, &count, err))
		return false;
	if (idempotency_key)
		body_digest(body, digest);
	scoped(txn) struct txn *txn = txn_begin(context->session, err);
	/* Locked first, so that the same request beside this one is waited for, and its answer
	 * seen. */
	if (!txn || (idempotency_key &&
		     (!delivery_lock(txn_db(txn), context->account, err) ||
		      !answer_find(context, txn, idempotency_key, digest, &answer, err))))
		return false;
	*ret_repeated = answer != NULL;
	*ret_answer = answer;
	if (answer)
		return true;
	scoped(json_t) json_t *results = json_array();
	if (!lanes_lock(context, txn, drafts, count, err) ||
	    !append(context, txn, drafts, count, results, err))
		return false;
	scoped(json_t) json_t *json = json_pack("{s:O}", "events", results);
	*ret_answer = json_try_encode_in(context->arena, json, err);
	if (!*ret_answer)
		return false;
	return (!idempotency_key ||
		answer_keep(context, txn, idempotency_key, digest, *ret_answer, err)) &&
	       txn_commit(&txn, err);
}
