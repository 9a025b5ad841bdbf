/* operators.c – see operators.h. */
#include "access/accounts/operators.h"

#include <string.h>

#include "access/audit.h"
#include "access/leaks/leaks.h"
#include "base/ensure.h"
#include "base/text.h"
#include "store/leak_store.h"
#include "store/operator_store.h"

#define USE_NOTED_S 60 /* a session's use is written down so often at most */

static struct bytes hash_of(const struct context *context, const char *value)
{
	unsigned char *hash = arena_alloc(context->arena, KEYED_HASH_BYTES);

	keyring_hash(context->keyring, value, strlen(value), hash);
	return (struct bytes){hash, KEYED_HASH_BYTES};
}

const char *operator_audited(struct arena *arena, const struct operator_caller *caller)
{
	return arena_printf(arena, "%s (%s)", caller->name, caller->id);
}

/* ---- credentials ---- */

static bool credential_check(const struct context *context, const char *value,
			     struct operator_caller *ret_caller, struct error *err)
{
	struct operator_credential found_credential;
	bool found = false;

	if (credential_decode(CREDENTIAL_OPERATOR, value, NULL) &&
	    !operator_credential_find(session_db(context->session), context->arena,
				      hash_of(context, value), &found_credential, &found, err))
		return false;
	if (!found)
		return error_set(err, ERROR_INVALID_CREDENTIALS, "not an operator's credential");
	if (!found_credential.manages)
		return error_set(err, ERROR_NO_PERMISSION,
				 "this credential reports leaks only: make one with --manage");
	*ret_caller = (struct operator_caller){.id = found_credential.id,
					       .name = found_credential.name};
	return true;
}

/* ---- sessions ---- */

static bool has_ended(const struct operator_session *session, struct wall_time now)
{
	return wall_since(now, session->last_seen).us > duration_s(OPERATOR_IDLE_S).us ||
	       wall_since(now, session->created).us > duration_s(OPERATOR_LIFE_S).us;
}

static bool use_note(const struct context *context, const struct operator_session *session,
		     struct wall_time now, struct error *err)
{
	if (wall_since(now, session->last_seen).us < duration_s(USE_NOTED_S).us)
		return true;
	scoped(txn) struct txn *txn = txn_begin(context->session, err);
	return txn && operator_session_note_use(txn_db(txn), session->hash, now, err) &&
	       txn_commit(&txn, err);
}

static bool session_check(const struct context *context, const char *value,
			  struct operator_caller *ret_caller, struct error *err)
{
	const struct wall_time now = context->queue_now;
	struct operator_session session;
	bool found = false;

	if (credential_decode(CREDENTIAL_SESSION, value, NULL) &&
	    !operator_session_find(session_db(context->session), context->arena,
				   hash_of(context, value), &session, &found, err))
		return false;
	if (!found || has_ended(&session, now))
		return error_set(err, ERROR_SESSION_EXPIRED, NULL);
	*ret_caller = (struct operator_caller){.id = session.credential,
					       .name = session.name,
					       .by_session = true,
					       .session_hash = session.hash};
	return use_note(context, &session, now, err);
}

bool operator_admit(const struct context *context, const char *authorization, const char *cookie,
		    struct operator_caller *ret_caller, struct error *err)
{
	*ret_caller = (struct operator_caller){0};
	if (!authorization)
		return !cookie || session_check(context, cookie, ret_caller, err);
	if (!text_starts_with_nocase(authorization, "Bearer "))
		return true;
	const char *value = authorization + strlen("Bearer ");
	value += strspn(value, " ");
	return !strstr(value, "_op_") || credential_check(context, value, ret_caller, err);
}

bool operator_sign_in(const struct context *context, const char *credential,
		      struct operator_caller *ret_caller, const char **ret_value, struct error *err)
{
	char value[CREDENTIAL_LENGTH_MAX + 1];

	ensure(context->actor->kind == ACTOR_NOBODY && !*context->account);
	if (!credential_check(context, credential, ret_caller, err))
		return false;
	credential_make(keyring_credential_prefix(context->keyring), CREDENTIAL_SESSION, value);
	const struct operator_session session = {
		.hash = hash_of(context, value),
		.credential = ret_caller->id,
		.created = context->queue_now,
		.last_seen = context->queue_now,
		.address = context->actor->address,
	};
	*ret_value = arena_strdup(context->arena, value);
	explicit_bzero(value, sizeof(value));
	const struct actor actor = actor_operator(operator_audited(context->arena, ret_caller),
						  context->actor->address);
	const struct context own = context_by(context, &actor);
	scoped(txn) struct txn *txn = txn_begin(context->session, err);
	return txn && operator_session_insert(txn_db(txn), &session, err) &&
	       audit_record(&own, txn_db(txn), "operator.sign_in", ret_caller->id, NULL, err) &&
	       txn_commit(&txn, err);
}

bool operator_sign_out(const struct context *context, const struct operator_caller *caller,
		       struct error *err)
{
	ensure(actor_is_operator(context->actor));
	scoped(txn) struct txn *txn = txn_begin(context->session, err);

	return txn && operator_session_delete(txn_db(txn), caller->session_hash, err) &&
	       audit_record(context, txn_db(txn), "operator.sign_out", caller->id, NULL, err) &&
	       txn_commit(&txn, err);
}
