/* context.h – the argument of every domain call: who acts, about which account, when, and by
 * which means. */
#ifndef GREFFIER_CONTEXT_CONTEXT_H
#define GREFFIER_CONTEXT_CONTEXT_H

#include "context/actor.h"
#include "store/store.h"
#include "store/user_store.h"

/* Settings of the operator. Constant while the server runs. */
struct access_config {
	struct duration token_life, oauth_token_life;
	struct duration authentication_token_life, session_idle;
	/* Requests per second and address to calls that take credentials; 0: no limit. */
	int64_t token_rate;
	int64_t app_rate;   /* calls per second of one client app; 0: no limit */
	bool hide_api_keys;
	/* Maximum length of the chain of notifications before a request. */
	unsigned hops_limit;
	unsigned endpoints_limit; /* per account, without endpoints of a single package */
	unsigned default_features;     /* for new accounts */
	const char *base_url;          /* "https://sign.acme.example", without a trailing slash */
	/* Hosts to which /auth may redirect a browser, separated by commas. */
	const char *redirect_hosts;
	const char *partner_keys;      /* JSON of the keys that sign leak reports; "": none */
};

/* Types of higher folders: a context passes them on without using them. */
struct authenticator;
struct history_undo;
struct judge;
struct rate_limit;
struct usage;
struct version;

/* What all contexts of a process share. Constant while it runs. */
struct context_tools {
	const struct keyring *keyring;
	const struct access_config *config;        /* NULL for the clockwork */
	/* For calls of a server; NULL elsewhere, like all members below. */
	const struct authenticator *authenticator;
	struct rate_limit *limits;
	struct usage *usage;
	const struct judge *judge; /* checks contents of documents */
};

/* Lives as long as its cause: a call, a command, a scheduled job. One thread uses it. */
struct context {
	struct session *session;
	struct arena *arena;         /* results live in it */
	struct wall_time now;        /* store time (store_clock.h) */
	struct wall_time queue_now;  /* the time scale of the queue */
	const struct actor *actor;   /* never NULL */
	/* The account that the call is about; "": the installation, or none. */
	const char *account;
	const struct keyring *keyring;
	const struct access_config *config;
	const struct authenticator *authenticator;
	struct rate_limit *limits;
	struct usage *usage;
	const struct judge *judge;
	/* For a call; set by src/api. */
	/* The version that the caller has seen and will get: version.h; NULL: none. */
	struct version *version;
	const char *device;          /* the cookie of device.h; NULL without one */
	const struct history_undo *undo; /* the change that this call undoes (history.h); NULL otherwise */
};

/* The only functions that make contexts. They borrow their arguments. */

/* Makes a context for an API call about the actor's account. */
struct context context_for_call(const struct context_tools *tools, struct session *session,
				struct arena *arena, const struct actor *actor, struct wall_time now,
				struct wall_time queue_now);
/* Makes a context for the command line about the installation, with the session's time. */
struct context context_for_command(const struct context_tools *tools, struct session *session,
				   struct arena *arena);
/* Makes a context for work that no call triggers, about an account. */
struct context context_for_clockwork(const struct keyring *keyring, struct session *session,
				     struct arena *arena, const char *account,
				     struct wall_time now, struct wall_time queue_now);
/* Returns the same context about another account. The caller must have checked that the actor
 * may act there. */
struct context context_about(const struct context *context, const char *account);
/* Returns the same context for another actor, who has just been authenticated. */
struct context context_by(const struct context *context, const struct actor *actor);

/* Begins a txn that reads and then changes the account's data. No other such txn of the account
 * starts until it ends.
 *
 * Without this, two changes at once would read the same state and the later one would undo the
 * earlier: changing a locked person's name could unlock that person. It takes the lock of the
 * audit log, which the change needs anyway, and takes it first, so that no deadlock occurs.
 * Returns NULL on failure. */
struct txn *context_change_begin(const struct context *context, struct error *err);

/* Reads the account. Fails with ERROR_ACCOUNT_NOT_FOUND. */
MUST_CHECK bool context_account(const struct context *context, struct db *db,
				struct account *ret_account, struct error *err);
/* Reads a member of the account. Fails with ERROR_USER_NOT_FOUND. */
MUST_CHECK bool context_user(const struct context *context, struct db *db, const char *uid,
			     struct user *ret_user, struct error *err);
/* Tells whether a user belongs to an account: as its user, as its owner, or as a user of the
 * parent account with a role in it. */
MUST_CHECK bool user_is_member(struct db *db, struct arena *arena, const char *account,
			       const struct user *user, bool *ret_is_member, struct error *err);
/* Fails with ERROR_FEATURE_DISABLED unless the actor has the feature. Actors of an account have
 * the features that the operator has enabled for it. */
MUST_CHECK bool context_needs_feature(const struct context *context,
				      enum account_feature feature, const char *what,
				      struct error *err);

/* Checks a text entered by a person: no control characters, at most `limit` characters, and not
 * blank unless `may_be_empty`. */
MUST_CHECK bool text_check(const char *member, const char *text, size_t limit, bool may_be_empty,
			   struct error *err);
MUST_CHECK bool email_check(const char *member, const char *email, struct error *err);
#define EMAIL_MAX 254 /* bytes: RFC 5321 section 4.5.3.1 */

#endif
