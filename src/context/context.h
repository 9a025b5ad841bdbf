/* context.h – what every domain call is given: who acts, about which account, when, and with what. */
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

/* Of folders that stand above: a context hands them on and looks into none. */
struct authenticator;
struct history_undo;
struct judge;
struct rate_limit;
struct usage;
struct version;

/* What a process has for all its contexts. Constant while it runs. */
struct context_tools {
	const struct keyring *keyring;
	const struct access_config *config;        /* NULL for the clockwork */
	const struct authenticator *authenticator; /* of a server's calls; NULL elsewhere, as all below */
	struct rate_limit *limits;
	struct usage *usage;
	const struct judge *judge; /* of documents' contents */
};

/* Lives as long as what it was made of: a call, a command, a step of the clockwork. One thread uses it. */
struct context {
	struct session *session;
	struct arena *arena;         /* results live in it */
	struct wall_time now;        /* store time (store_clock.h) */
	struct wall_time queue_now;  /* what waits is counted by */
	const struct actor *actor;   /* never NULL */
	const char *account;         /* what is asked about; "": the installation, or nobody's */
	const struct keyring *keyring;
	const struct access_config *config;
	const struct authenticator *authenticator;
	struct rate_limit *limits;
	struct usage *usage;
	const struct judge *judge;
	/* Of a call, set by src/api. */
	/* The version that the caller has seen and will get: version.h; NULL: none. */
	struct version *version;
	const char *device;          /* the cookie of device.h; NULL without one */
	const struct history_undo *undo; /* the change that this call undoes (history.h); NULL otherwise */
};

/* The only makers: nobody else fills the struct. They keep what they are given. */

/* For a call, about the actor's account. */
struct context context_for_call(const struct context_tools *tools, struct session *session,
				struct arena *arena, const struct actor *actor, struct wall_time now,
				struct wall_time queue_now);
/* For the command line, about the installation, at the session's time. */
struct context context_for_command(const struct context_tools *tools, struct session *session,
				   struct arena *arena);
/* For what no call triggers, about an account. */
struct context context_for_clockwork(const struct keyring *keyring, struct session *session,
				     struct arena *arena, const char *account,
				     struct wall_time now, struct wall_time queue_now);
/* The same about another account: the caller has checked that the actor may. */
struct context context_about(const struct context *context, const char *account);
/* The same by another actor, who has just proven to be one. */
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
/* ERROR_FEATURE_DISABLED unless the actor has it: the account's have what the operator has switched on. */
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
