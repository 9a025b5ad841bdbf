/* context.h – what every call that manages access is given: who asks, about which account, and with what. */
#ifndef GREFFIER_CONTEXT_CONTEXT_H
#define GREFFIER_CONTEXT_CONTEXT_H

#include "context/actor.h"
#include "crypto/keyring.h"
#include "store/store.h"
#include "store/user_store.h"

/* What the operator has set. Constant while the server runs. */
struct access_config {
	struct duration token_life, oauth_token_life;
	struct duration authentication_token_life, session_idle;
	int64_t token_rate; /* a second and address, on what takes credentials; 0: no limit */
	int64_t app_rate;   /* calls a second of one client app; 0: no limit */
	bool hide_api_keys;
	unsigned hops_limit;      /* notifications that may lie before a request */
	unsigned endpoints_limit; /* of an account, those of one package apart */
	unsigned default_features;     /* of new accounts */
	const char *base_url;          /* "https://sign.acme.example", without a slash at the end */
	const char *redirect_hosts;    /* hosts that /auth may send a browser to, separated by commas */
	const char *partner_keys;      /* JSON of the keys that leak reports are signed with; "": none */
};

/* Of folders that stand above. */
struct authenticator;
struct history_undo;
struct judge;
struct rate_limit;
struct usage;
struct version;

struct context {
	struct session *session;
	const struct keyring *keyring;
	const struct access_config *config;
	const struct authenticator *authenticator; /* of a server; NULL elsewhere */
	struct rate_limit *limits; /* NULL for the command line */
	struct usage *usage;       /* NULL for the command line */
	const struct judge *judge; /* of documents' contents; NULL where none is made */
	struct arena *arena;       /* results live in it */
	struct wall_time now;       /* store time (store_clock.h) */
	struct wall_time queue_now; /* what waits is counted by; 0: `now` */
	bool is_operator;            /* the command line, or an operator's call: may do all, needs no caller */
	const char *operator_name;   /* of an operator's call, for the audit log; NULL on the command line */
	const struct actor *actor; /* NULL for the operator, and where nobody has signed in yet */
	const char *account;         /* what is asked about */
	const char *address;         /* where the caller is; "" on the command line */
	struct version *version;     /* what the caller has seen, and is told: version.h; NULL: not asked */
	const char *device;          /* the cookie of device.h; NULL without one */
	const struct history_undo *undo; /* the change that this call undoes (history.h); NULL otherwise */
};

static inline struct wall_time context_queue_now(const struct context *context)
{
	return context->queue_now.us ? context->queue_now : context->now;
}

/* Begins a txn in which something of the account is read and then written: until its end no other such txn of the account
 * begins. Otherwise two changes at once would both read what was, and the later one would undo the other: lock somebody, and a
 * change of that person's name unlocks them. It takes the lock that the audit log takes anyway, and takes it first, so that no
 * two wait for one another. NULL on failure. */
struct txn *context_change_begin(const struct context *context, struct error *err);

/* ERROR_ACCOUNT_NOT_FOUND. */
MUST_CHECK bool context_account(const struct context *context, struct db *db,
				struct account *ret_account, struct error *err);
/* A member of the account. ERROR_USER_NOT_FOUND. */
MUST_CHECK bool context_user(const struct context *context, struct db *db, const char *uid,
			     struct user *ret_user, struct error *err);
/* Whether a user belongs to an account: its own user, its owner, or a parent's user with a role in it. */
MUST_CHECK bool user_is_member(struct db *db, struct arena *arena, const char *account,
			       const struct user *user, bool *ret_is_member, struct error *err);
/* ERROR_FEATURE_DISABLED unless the operator has switched it on. The operator's own calls always pass. */
MUST_CHECK bool context_needs_feature(const struct context *context,
				      enum account_feature feature, const char *what,
				      struct error *err);

/* Texts people give: no control characters, `limit` characters at most, not blank unless `may_be_empty`. */
MUST_CHECK bool text_check(const char *member, const char *text, size_t limit, bool may_be_empty,
			   struct error *err);
MUST_CHECK bool email_check(const char *member, const char *email, struct error *err);
#define EMAIL_MAX 254 /* bytes: RFC 5321 section 4.5.3.1 */

#endif
