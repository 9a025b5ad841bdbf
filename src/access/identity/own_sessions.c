/* own_sessions.c – see own_sessions.h. */
#include "access/identity/own_sessions.h"

#include <string.h>

#include "access/audit.h"
#include "base/ensure.h"
#include "base/json.h"
#include "base/text.h"
#include "store/session_store.h"
#include "store/store_clock.h"

#define ID_BYTES 16 /* of the hash */

static const char *id_of(const struct context *context, const struct login_session *session)
{
	static const char label[] = "session.id:";
	unsigned char hash[KEYED_HASH_BYTES];
	const size_t head = sizeof(label) - 1;
	unsigned char *text = arena_alloc(context->arena, head + session->hash.length);

	memcpy(text, label, head);
	memcpy(text + head, session->hash.data, session->hash.length);
	keyring_hash(context->keyring, text, head + session->hash.length, hash);
	return hex_encode(context->arena, hash, ID_BYTES);
}

static bool is_current(const struct context *context, const struct login_session *session)
{
	return context->actor->method == METHOD_SESSION &&
	       memcmp(session->hash.data, context->actor->session_hash, KEYED_HASH_BYTES) == 0;
}

/* How a session came about: by what it was derived from, or by a password. A session of version 0.3
 * that a program opened has neither. */
static const char *opener_of(const struct login_session *session, const struct origin *origin)
{
	switch (origin->kind) {
	case ORIGIN_API_KEY:
		return "API_KEY";
	case ORIGIN_API_TOKEN:
	case ORIGIN_OAUTH:
		return "CLIENT_APP";
	case ORIGIN_SESSION:
		return "SESSION";
	case ORIGIN_NONE:
		break;
	}
	return session->authenticated.us ? "PASSWORD" : "UNKNOWN";
}

static json_t *session_to_json(const struct context *context, const struct login_session *session)
{
	struct origin origin = {0};

	if (!origin_parse(session->origin, &origin))
		origin = (struct origin){.kind = ORIGIN_NONE};
	/* A session that is not shown is not ended: version 0.3 cut this within a character. */
	const char *agent = utf8_repaired(
		context->arena,
		(struct bytes){(const unsigned char *)session->agent, strlen(session->agent)});
	json_t *json = json_pack(
		"{s:s, s:s, s:s, s:o, s:o, s:s, s:s, s:b}", "id", id_of(context, session), "kind",
		session->kind == SESSION_SENDER ? "TRANSACTION" : "USER", "openedBy",
		opener_of(session, &origin), "createdDate", json_date(session->created),
		"lastUsedDate", json_date(session_shown(context->session, session->last_seen)),
		"address", session->address, "agent", agent, "current",
		is_current(context, session));
	if (origin.kind == ORIGIN_API_TOKEN || origin.kind == ORIGIN_OAUTH)
		json_object_set_new(json, "clientId", json_string(origin.id));
	if (*session->package)
		json_object_set_new(json, "packageId", json_string(session->package));
	return json;
}

static bool sessions_read(const struct context *context, struct db *db,
			  struct login_session **ret_sessions, size_t *ret_count, struct error *err)
{
	return login_session_list_live(db, context->arena, context->actor->user, context->queue_now,
				       OWN_SESSIONS_MAX, ret_sessions, ret_count, err);
}

json_t *own_sessions_list(const struct context *context, struct error *err)
{
	struct login_session *sessions;
	size_t count;

	ensure(actor_has_signed_in(context->actor));
	if (!sessions_read(context, session_db(context->session), &sessions, &count, err))
		return NULL;
	json_t *results = json_array();
	for (size_t i = 0; i < count; i++)
		json_array_append_new(results, session_to_json(context, &sessions[i]));
	return json_pack("{s:I, s:o}", "count", (json_int_t)count, "results", results);
}

static const struct login_session *session_of_id(const struct context *context,
						 const struct login_session *sessions, size_t count,
						 const char *id)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(id_of(context, &sessions[i]), id) == 0)
			return &sessions[i];
	return NULL;
}

bool own_session_end(const struct context *context, const char *id, bool *ret_is_current,
		     struct error *err)
{
	struct login_session *sessions;
	size_t count;
	bool found;

	scoped(txn) struct txn *txn = context_change_begin(context, err);
	if (!txn || !sessions_read(context, txn_db(txn), &sessions, &count, err))
		return false;
	const struct login_session *session = session_of_id(context, sessions, count, id);
	if (!session)
		return error_set(err, ERROR_RESOURCE_NOT_FOUND, "no session of yours has this id");
	if (!login_session_delete(txn_db(txn), session->hash, &found, err) ||
	    !audit_record(context, txn_db(txn), "session.end", context->actor->user,
			  json_pack("{s:s, s:s}", "session", id, "address", session->address), err))
		return false;
	*ret_is_current = is_current(context, session);
	txn_announce(txn, STORE_TOPIC_ACCESS);
	return txn_commit(&txn, err);
}

bool own_sessions_end_others(const struct context *context, int64_t *ret_count, struct error *err)
{
	const struct bytes own = {context->actor->session_hash, KEYED_HASH_BYTES};

	scoped(txn) struct txn *txn = context_change_begin(context, err);
	if (!txn ||
	    !login_session_delete_others(txn_db(txn), context->actor->user, own, ret_count, err) ||
	    !audit_record(context, txn_db(txn), "session.end_others", context->actor->user,
			  json_pack("{s:I}", "sessions", (json_int_t)*ret_count), err))
		return false;
	txn_announce(txn, STORE_TOPIC_ACCESS);
	return txn_commit(&txn, err);
}
