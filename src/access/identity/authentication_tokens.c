/* authentication_tokens.c – see authentication_tokens.h. */
#include "access/identity/authentication_tokens.h"

#include <string.h>

#include "access/audit.h"
#include "access/identity/sign_in.h"
#include "base/ensure.h"
#include "base/text.h"

static const char *const kind_names[] = {[SESSION_USER] = "user",
					 [SESSION_SENDER] = "sender",
					 [SESSION_SIGNER] = "signer",
					 [SESSION_PASSWORD] = "password"};

static json_t *audited(const struct token_subject *subject)
{
	return json_pack("{s:s, s:s, s:s}", "kind", kind_names[subject->kind], "package",
			 subject->package, "signer", subject->signer);
}

/* A signer's session acts for the signer and for nobody of the account. */
static const char *uid_of(const struct context *context, const struct token_subject *subject)
{
	return subject->kind == SESSION_SIGNER ? "" : context->actor->user;
}

/* A client app's token must not open a session that may do more than the token. A signer's may do
 * what signers may. */
static const char *scopes_for(const struct context *context, const struct token_subject *subject)
{
	const unsigned scopes = context->actor->rights.scopes;

	return subject->kind == SESSION_SIGNER || scopes == SCOPES_ALL
		       ? ""
		       : scopes_text(context->arena, scopes);
}

/* Of what the caller derives from the credential of this call. That a sender signs out does not
 * show the signers out: their sessions end with what the sender's were derived from. */
static const char *origin_for(const struct context *context, const struct token_subject *subject)
{
	const struct actor *actor = context->actor;
	char text[ORIGIN_TEXT_MAX];

	origin_format(subject->kind == SESSION_SIGNER ? &actor->root : &actor->origin, text);
	return arena_strdup(context->arena, text);
}

static bool may_derive(const struct context *context, struct error *err)
{
	return context->actor->depth < ORIGIN_DEPTH_MAX ||
	       error_set(err, ERROR_NO_PERMISSION,
			 "at most %d sessions may be derived from one sign-in", ORIGIN_DEPTH_MAX);
}

bool authentication_token_make(const struct context *context, const struct token_subject *subject,
			       const char **ret_value, struct error *err)
{
	char value[CREDENTIAL_LENGTH_MAX + 1];
	unsigned char hash[KEYED_HASH_BYTES];

	ensure(context->actor->rights.live && *context->account);
	if (!may_derive(context, err))
		return false;
	credential_make(keyring_credential_prefix(context->keyring),
			CREDENTIAL_AUTHENTICATION_TOKEN, value);
	keyring_hash(context->keyring, value, strlen(value), hash);
	const struct authentication_token token = {
		.account = context->account,
		.hash = {hash, sizeof(hash)},
		.kind = subject->kind,
		.uid = uid_of(context, subject),
		.package = subject->package,
		.signer = subject->signer,
		.fields = subject->fields,
		.scopes = scopes_for(context, subject),
		.origin = origin_for(context, subject),
		.multi_use = subject->multi_use,
		.created = context->now,
		.expires = wall_add(context->now, context->config->authentication_token_life),
	};
	*ret_value = arena_strdup(context->arena, value);
	explicit_bzero(value, sizeof(value));
	scoped(txn) struct txn *txn = txn_begin(context->session, err);
	return txn && authentication_token_insert(txn_db(txn), &token, err) &&
	       audit_record(context, txn_db(txn), "authentication_token.create", token.uid,
			    audited(subject), err) &&
	       txn_commit(&txn, err);
}

static bool session_begin(const struct context *context, struct db *db,
			  const struct login_session *draft, const char **ret_session,
			  struct error *err)
{
	const struct context own = context_about(context, draft->account);
	struct login_session session = *draft;

	return session_write(&own, db, &session, ret_session, err);
}

bool authentication_token_exchange(const struct context *context, enum session_kind kind,
				   const char *value, const char *agent, const char **ret_session,
				   struct error *err)
{
	unsigned char hash[KEYED_HASH_BYTES];
	const struct bytes bytes = {hash, sizeof(hash)};
	struct authentication_token token;
	bool found = false;

	keyring_hash(context->keyring, value, strlen(value), hash);
	scoped(txn) struct txn *txn = txn_begin(context->session, err);
	if (!txn)
		return false;
	if (credential_decode(CREDENTIAL_AUTHENTICATION_TOKEN, value, NULL) &&
	    !authentication_token_find(txn_db(txn), context->arena, bytes, &token, &found, err))
		return false;
	/* Deleting says who was first: of two exchanges at the same time one finds nothing. */
	if (found && !token.multi_use &&
	    !authentication_token_delete(txn_db(txn), bytes, &found, err))
		return false;
	if (!found || token.kind != kind || token.expires.us <= context->now.us)
		return error_set(err, ERROR_INVALID_CREDENTIALS,
				 "the token is unknown, used or expired");
	const struct login_session draft = {
		.account = token.account,
		.kind = kind,
		.uid = token.uid,
		.package = token.package,
		.signer = token.signer,
		.fields = token.fields,
		.scopes = token.scopes,
		.origin = token.origin,
		.agent = arena_strndup(context->arena, agent, strnlen(agent, 200)),
	};
	return session_begin(context, txn_db(txn), &draft, ret_session, err) &&
	       txn_commit(&txn, err);
}

bool authentication_token_holder(const struct context *context, const char *value,
				 const char **ret_uid, struct error *err)
{
	unsigned char hash[KEYED_HASH_BYTES];
	struct authentication_token token;
	bool found = false;

	keyring_hash(context->keyring, value, strlen(value), hash);
	if (credential_decode(CREDENTIAL_AUTHENTICATION_TOKEN, value, NULL) &&
	    !authentication_token_find(session_db(context->session), context->arena,
				       (struct bytes){hash, sizeof(hash)}, &token, &found, err))
		return false;
	*ret_uid = found ? token.uid : NULL;
	return true;
}

bool session_for_subject(const struct context *context, const struct token_subject *subject,
			 const char *agent, const char **ret_session, struct error *err)
{
	const struct login_session draft = {
		.account = context->account,
		.kind = subject->kind,
		.uid = uid_of(context, subject),
		.package = subject->package,
		.signer = subject->signer,
		.fields = subject->fields,
		.scopes = scopes_for(context, subject),
		.origin = origin_for(context, subject),
		.agent = arena_strndup(context->arena, agent, strnlen(agent, 200)),
	};

	if (!may_derive(context, err))
		return false;
	scoped(txn) struct txn *txn = txn_begin(context->session, err);
	return txn && session_begin(context, txn_db(txn), &draft, ret_session, err) &&
	       audit_record(context, txn_db(txn), "session.create", draft.uid, audited(subject),
			    err) &&
	       txn_commit(&txn, err);
}

/* `host` or `host:port` as it stands in the list. */
static bool host_is_listed(const char *list, const char *host, size_t length)
{
	for (list += strspn(list, ", "); *list; list += strspn(list, ", ")) {
		size_t listed = strcspn(list, ", ");
		if (listed == length && strncasecmp(list, host, length) == 0)
			return true;
		list += listed;
	}
	return false;
}

bool redirect_is_allowed(const struct access_config *config, const char *target)
{
	size_t base = strlen(config->base_url);

	/* What a browser reads as something else: //host, /\host, tabs and line ends. */
	if (text_has_control_characters(target) || strchr(target, '\\'))
		return false;
	if (*target == '/')
		return target[1] != '/';
	if (strncmp(target, config->base_url, base) == 0 &&
	    (target[base] == '\0' || strchr("/?#", target[base])))
		return true;
	if (strncasecmp(target, "https://", 8) != 0)
		return false;
	size_t length = strcspn(target + 8, "/?#");
	return !memchr(target + 8, '@', length) &&
	       host_is_listed(config->redirect_hosts, target + 8, length);
}
