/* leaks.c – see leaks.h. */
#include "access/leaks/leaks.h"

#include <string.h>

#include "access/audit.h"
#include "access/credentials/api_keys.h"
#include "access/credentials/client_apps.h"
#include "access/mails.h"
#include "base/ensure.h"
#include "base/json.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "store/email_change_store.h"
#include "store/leak_store.h"

const char *leak_state_name(enum leak_state state)
{
	static const char *const names[] = {"UNKNOWN", "REVOKED", "LIVE"};
	return names[state];
}

/* ---- whose is it ---- */

static struct bytes hash_of(const struct context *context, const char *credential)
{
	return token_hash(context->keyring, context->arena, credential);
}

static bool secret_identify(const struct context *context, struct db *db, const char *credential,
			    struct leak_subject *subject, struct error *err)
{
	struct bytes hash = hash_of(context, credential);
	struct client_app app;
	bool found;

	subject->kind = "CLIENT_SECRET";
	if (!client_app_find_by_secret(db, context->arena, hash, &app, &found, err))
		return false;
	if (!found)
		return true;
	bool is_current = memcmp(app.secret_hash.data, hash.data, hash.length) == 0;
	bool works = app.revoked.us == 0 && app.disabled.us == 0 &&
		     (is_current || app.old_secret_until.us > context->now.us);
	subject->state = works ? LEAK_LIVE : LEAK_REVOKED;
	subject->account = app.account;
	subject->subject = app.client_id;
	return true;
}

static bool client_id_identify(const struct context *context, struct db *db, const char *credential,
			       struct leak_subject *subject, struct error *err)
{
	struct client_app app;
	bool found;

	subject->kind = "CLIENT_ID";
	if (!client_app_find(db, context->arena, credential, &app, &found, err))
		return false;
	if (!found)
		return true;
	subject->state = app.revoked.us || app.disabled.us ? LEAK_REVOKED : LEAK_LIVE;
	subject->account = app.account;
	subject->subject = app.client_id;
	return true;
}

static bool api_key_identify(const struct context *context, struct db *db, const char *credential,
			     struct leak_subject *subject, struct error *err)
{
	struct api_key key;
	bool found;

	subject->kind = "API_KEY";
	if (!api_key_find(db, context->arena, hash_of(context, credential), &key, &found, err))
		return false;
	if (!found)
		return true;
	subject->state = key.valid_until.us == 0 || key.valid_until.us > context->now.us
				 ? LEAK_LIVE
				 : LEAK_REVOKED;
	subject->account = key.account;
	subject->subject = key.uid;
	return true;
}

static bool token_identify(const struct context *context, const char *credential,
			   struct leak_subject *subject, struct error *err)
{
	struct token_facts *facts = &subject->facts;

	if (!token_inspect(context, credential, facts, err))
		return false;
	if (!facts->is_known)
		return true;
	subject->kind = facts->is_jwt ? "ACCESS_TOKEN" : "API_TOKEN";
	subject->state = facts->is_active ? LEAK_LIVE : LEAK_REVOKED;
	subject->account = facts->app.account.id;
	subject->subject = *facts->app.id ? facts->app.id + 1 : "";
	return true;
}

static bool session_identify(const struct context *context, struct db *db, const char *credential,
			     struct leak_subject *subject, struct error *err)
{
	struct login_session session;
	bool found;

	subject->kind = "SESSION";
	if (!login_session_find(db, context->arena, hash_of(context, credential), &session, &found,
				err))
		return false;
	if (found) {
		subject->state = LEAK_LIVE;
		subject->account = session.account;
		subject->subject = session.uid;
	}
	return true;
}

static bool address_link_identify(const struct context *context, struct db *db,
				  const char *credential, struct leak_subject *subject,
				  struct error *err)
{
	struct email_change change;
	bool found;

	if (!email_change_find(db, context->arena, hash_of(context, credential), &change, &found,
			       err))
		return false;
	if (found) {
		subject->state = change.expires.us > context->now.us ? LEAK_LIVE : LEAK_REVOKED;
		subject->account = change.account;
		subject->subject = change.uid;
	}
	return true;
}

static bool link_identify(const struct context *context, struct db *db, const char *credential,
			  const char *kind, struct leak_subject *subject, struct error *err)
{
	struct authentication_token token;
	bool found;

	subject->kind = kind;
	if (!authentication_token_find(db, context->arena, hash_of(context, credential), &token,
				       &found, err))
		return false;
	if (!found)
		return address_link_identify(context, db, credential, subject, err);
	subject->state = token.expires.us > context->now.us ? LEAK_LIVE : LEAK_REVOKED;
	subject->account = token.account;
	subject->subject = token.uid;
	return true;
}

static bool operator_identify(const struct context *context, struct db *db, const char *credential,
			      struct leak_subject *subject, struct error *err)
{
	struct operator_credential found_credential;
	bool found;

	subject->kind = "OPERATOR_CREDENTIAL";
	if (!operator_credential_find(db, context->arena, hash_of(context, credential),
				      &found_credential, &found, err))
		return false;
	if (found) {
		subject->state = LEAK_LIVE;
		subject->subject = found_credential.id;
	}
	return true;
}

static bool identify(const struct context *context, struct db *db, const char *credential,
		     struct leak_subject *subject, struct error *err)
{
	enum credential_kind kind;
	char uid[USER_UID_LENGTH + 1];

	*subject = (struct leak_subject){
		.state = LEAK_UNKNOWN, .kind = "", .account = "", .subject = ""};
	if (api_key_parse(credential, uid))
		return api_key_identify(context, db, credential, subject, err);
	if (strchr(credential, '.'))
		return token_identify(context, credential, subject, err);
	if (!credential_recognise(credential, &kind))
		return true;
	switch (kind) {
	case CREDENTIAL_CLIENT_SECRET:
		return secret_identify(context, db, credential, subject, err);
	case CREDENTIAL_CLIENT_ID:
		return client_id_identify(context, db, credential, subject, err);
	case CREDENTIAL_API_TOKEN:
		return token_identify(context, credential, subject, err);
	case CREDENTIAL_SESSION:
		return session_identify(context, db, credential, subject, err);
	case CREDENTIAL_AUTHENTICATION_TOKEN:
		return link_identify(context, db, credential, "AUTHENTICATION_TOKEN", subject, err);
	case CREDENTIAL_PASSWORD_LINK:
		return link_identify(context, db, credential, "PASSWORD_LINK", subject, err);
	case CREDENTIAL_OPERATOR:
		return operator_identify(context, db, credential, subject, err);
	case CREDENTIAL_API_KEY_PART:
	case CREDENTIAL_KIND_COUNT:
		break;
	}
	return true;
}

bool leak_identify(const struct context *context, const char *credential,
		   struct leak_subject *ret_subject, struct error *err)
{
	return identify(context, session_db(context->session), credential, ret_subject, err);
}

/* ---- what is done ---- */

static bool secret_act(const struct context *context, struct txn *txn,
		       const struct account *account, const struct leak_subject *subject,
		       const char **ret_action, struct error *err)
{
	struct client_app app;
	bool found;

	if (strcmp(account->leak_policy, "NOTIFY") == 0)
		return true;
	if (!client_app_find(txn_db(txn), context->arena, subject->subject, &app, &found, err))
		return false;
	ensure(found);
	if (strcmp(account->leak_policy, "RENEW") == 0) {
		client_app_renew_pending(context, &app, LEAK_OVERLAP_S);
		*ret_action = "RENEWED";
	} else {
		client_app_disable(&app, context->now);
		*ret_action = "DISABLED";
	}
	return client_app_save(txn_db(txn), &app, err);
}

static bool key_act(const struct context *context, struct txn *txn, const struct account *account,
		    const struct leak_subject *subject, const char **ret_action, struct error *err)
{
	const bool renew = strcmp(account->leak_policy, "RENEW") == 0;
	struct wall_time until = wall_add(context->now, duration_s(renew ? LEAK_OVERLAP_S : 0));
	const char *key;
	int64_t ended;

	if (strcmp(account->leak_policy, "NOTIFY") == 0)
		return true;
	*ret_action = renew ? "RENEWED" : "DISABLED";
	return api_key_end(txn_db(txn), account->id, subject->subject, until, &ended, err) &&
	       (!renew ||
		api_key_make_new(context, txn_db(txn), account->id, subject->subject, &key, err));
}

/* A link of a mail about a changed address, if it is one. */
static bool address_link_end(const struct context *context, struct db *db, struct bytes hash,
			     struct error *err)
{
	struct email_change change;
	bool found;

	return email_change_find(db, context->arena, hash, &change, &found, err) &&
	       (!found || email_change_delete(db, &change, &found, err));
}

/* What is short-lived ends at once, whatever the policy: its holder gets another one. */
static bool short_lived_end(const struct context *context, struct txn *txn, const char *credential,
			    const struct leak_subject *subject, struct error *err)
{
	struct bytes hash = hash_of(context, credential);
	const char *kind = subject->kind;
	bool found;

	if (strcmp(kind, "SESSION") == 0)
		return login_session_delete(txn_db(txn), hash, &found, err);
	if (strcmp(kind, "AUTHENTICATION_TOKEN") == 0 || strcmp(kind, "PASSWORD_LINK") == 0)
		return authentication_token_delete(txn_db(txn), hash, &found, err) &&
		       (found || address_link_end(context, txn_db(txn), hash, err));
	return token_revoke(context, txn_db(txn), credential, &subject->facts, err);
}

static bool act(const struct context *context, struct txn *txn, const struct account *account,
		const struct leak *leak, const struct leak_subject *subject,
		const char **ret_action, struct error *err)
{
	*ret_action = "NOTIFIED";
	if (strcmp(subject->kind, "CLIENT_ID") == 0)
		return true; /* it opens nothing by itself */
	if (strcmp(subject->kind, "CLIENT_SECRET") == 0)
		return secret_act(context, txn, account, subject, ret_action, err);
	if (strcmp(subject->kind, "API_KEY") == 0)
		return key_act(context, txn, account, subject, ret_action, err);
	*ret_action = "REVOKED";
	return short_lived_end(context, txn, leak->credential, subject, err);
}

static const char *kind_for_people(struct arena *arena, const struct leak_subject *subject)
{
	return arena_printf(arena, "%s (%s)", subject->kind, subject->subject);
}

static bool owner_tell(const struct context *context, struct txn *txn,
		       const struct account *account, const struct leak *leak,
		       const struct leak_subject *subject, const char *action, struct error *err)
{
	enum mail_kind kind = strcmp(action, "NOTIFIED") == 0  ? MAIL_leak_notified
			      : strcmp(action, "RENEWED") == 0 ? MAIL_leak_renewed
							       : MAIL_leak_disabled;
	struct user owner;
	bool found;

	if (!user_find(txn_db(txn), context->arena, account->owner, &owner, &found, err))
		return false;
	return !found ||
	       MAIL_TO_USER(context, txn, &owner, kind, err,
			    MAIL_TEXT("CREDENTIAL", kind_for_people(context->arena, subject)),
			    MAIL_TEXT("PLACE", leak->url));
}

static bool account_act(const struct context *context, struct txn *txn, const struct leak *leak,
			const struct leak_subject *subject, const char **ret_action,
			struct error *err)
{
	unsigned char fingerprint[SHA256_BYTES];
	struct account account;
	bool first;

	sha256(leak->credential, strlen(leak->credential), fingerprint);
	if (!context_account(context, txn_db(txn), &account, err))
		return false;
	struct leak_report report = {
		.account = account.id,
		.fingerprint = {fingerprint, sizeof(fingerprint)},
		.url = leak->url,
		.kind = subject->kind,
		.subject = subject->subject,
		.source = leak->source,
		.reporter = leak->reporter,
		.action = strcmp(subject->kind, "CLIENT_SECRET") == 0 ||
					  strcmp(subject->kind, "API_KEY") == 0
				  ? account.leak_policy
				  : "REVOKED",
		.reported = context->now,
	};
	if (!leak_report_insert(txn_db(txn), &report, &first, err))
		return false;
	if (!first) {
		*ret_action = "KNOWN";
		return true;
	}
	txn_announce(txn, STORE_TOPIC_ACCESS);
	return act(context, txn, &account, leak, subject, ret_action, err) &&
	       owner_tell(context, txn, &account, leak, subject, *ret_action, err) &&
	       audit_record_as(context, txn_db(txn), leak->reporter_kind, leak->reporter,
			       "leak.report", subject->subject,
			       json_pack("{s:s, s:s, s:s}", "kind", subject->kind, "url", leak->url,
					 "action", *ret_action),
			       err);
}

/* It belongs to no account: the installation's log tells of it. Its sessions end with it. */
static bool operator_credential_act(const struct context *context, const struct leak *leak,
				    const struct leak_subject *subject, struct error *err)
{
	const struct context own = context_about(context, "");
	bool found;

	scoped(txn) struct txn *txn = txn_begin(context->session, err);
	return txn && operator_credential_delete(txn_db(txn), subject->subject, &found, err) &&
	       (!found ||
		audit_record_as(&own, txn_db(txn), leak->reporter_kind, leak->reporter,
				"operator_credential.end", subject->subject,
				json_pack("{s:s, s:s}", "kind", subject->kind, "url", leak->url),
				err)) &&
	       txn_commit(&txn, err);
}

bool leak_handle(const struct context *context, const struct leak *leak,
		 struct leak_subject *ret_subject, const char **ret_action, struct error *err)
{
	struct leak cut = *leak;

	cut.url = utf8_cut(context->arena, leak->url, LEAK_URL_MAX);
	*ret_action = "NONE";
	/* Before the transaction: checking a token may read, and an unknown one costs nothing more.
	 */
	if (!leak_identify(context, leak->credential, ret_subject, err))
		return false;
	if (ret_subject->state != LEAK_LIVE)
		return true;
	if (!*ret_subject->account) {
		*ret_action = "REVOKED";
		return operator_credential_act(context, &cut, ret_subject, err);
	}
	const struct context own = context_about(context, ret_subject->account);
	scoped(txn) struct txn *txn = context_change_begin(&own, err);
	return txn && account_act(&own, txn, &cut, ret_subject, ret_action, err) &&
	       txn_commit(&txn, err);
}
