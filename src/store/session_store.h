/* session_store.h – sessions, and the tokens that are exchanged for sessions. Both are stored as
 * keyed hashes only. */
#ifndef GREFFIER_STORE_SESSION_STORE_H
#define GREFFIER_STORE_SESSION_STORE_H

#include "store/account_store.h"

enum session_kind {
	SESSION_USER,     /* a person who signed in or used a user token */
	SESSION_SENDER,   /* a sender, for one package */
	SESSION_SIGNER,   /* a signer, for one package */
	SESSION_PASSWORD, /* only for tokens: a link in a mail to choose a password */
};

struct login_session {
	const char *account;
	struct bytes hash;
	enum session_kind kind;
	const char *uid;     /* "" for a signer without a user account */
	const char *package; /* "": not limited to one package */
	const char *signer;  /* id of the signer; "" in other sessions */
	const char *fields;  /* JSON object: sessionFields.fields as given */
	/* Scopes of the client app that opened it (context/scopes.def); "": all. */
	const char *scopes;
	const char *origin;  /* the credential from which it was derived (context/origin.h) */
	struct wall_time created;
	struct wall_time authenticated; /* when a password was last entered; 0: never */
	struct wall_time last_seen; /* queue time (store_clock.h) */
	int64_t idle_s; /* ends after this time without use */
	const char *address, *agent;
};

MUST_CHECK bool login_session_insert(struct db *db, const struct login_session *session,
				     struct error *err);
MUST_CHECK bool login_session_find(struct db *db, struct arena *arena, struct bytes hash,
				   struct login_session *ret_session, bool *ret_found,
				   struct error *err);
/* Lists sessions, newest first. `uid` NULL: of all users of the account; `account` NULL: of all
 * accounts. */
MUST_CHECK bool login_session_list(struct db *db, struct arena *arena, const char *account,
				   const char *uid, int64_t limit,
				   struct login_session **ret_sessions, size_t *ret_count,
				   struct error *err);
/* Lists a user's sessions that have not ended at the queue time `queue_now`, last used first. */
MUST_CHECK bool login_session_list_live(struct db *db, struct arena *arena, const char *uid,
					struct wall_time queue_now, int64_t limit,
					struct login_session **ret_sessions, size_t *ret_count,
					struct error *err);
MUST_CHECK bool login_session_note_use(struct db *db, struct bytes hash, struct wall_time at,
				       struct error *err);
MUST_CHECK bool login_session_note_password(struct db *db, struct bytes hash, struct wall_time at,
					    struct error *err);
MUST_CHECK bool login_session_delete(struct db *db, struct bytes hash, bool *ret_found,
				     struct error *err);
/* Deletes all sessions of a user, and the tokens that could open new ones. */
MUST_CHECK bool login_session_delete_all(struct db *db, const char *uid, int64_t *ret_count,
					 struct error *err);
/* Does the same but keeps the session `kept`. */
MUST_CHECK bool login_session_delete_others(struct db *db, const char *uid, struct bytes kept,
					    int64_t *ret_count, struct error *err);

/* Deletes all sessions of an account that one token of a client app opened, and the tokens that
 * could open new ones. `origin` as stored. */
MUST_CHECK bool login_session_delete_of_origin(struct db *db, const char *account,
					       const char *origin, struct error *err);

struct authentication_token {
	const char *account;
	struct bytes hash;
	enum session_kind kind;
	const char *uid, *package, *signer, *fields, *scopes, *origin; /* as in login_session */
	bool multi_use;
	struct wall_time created, expires;
};
MUST_CHECK bool authentication_token_insert(struct db *db, const struct authentication_token *token,
					    struct error *err);
MUST_CHECK bool authentication_token_find(struct db *db, struct arena *arena, struct bytes hash,
					  struct authentication_token *ret_token, bool *ret_found,
					  struct error *err);
MUST_CHECK bool authentication_token_delete(struct db *db, struct bytes hash, bool *ret_found,
					    struct error *err);
/* Deletes a user's tokens of one kind: a new password link invalidates older ones. */
MUST_CHECK bool authentication_token_delete_of(struct db *db, const char *uid, enum session_kind kind,
					       struct error *err);

/* Deletes sessions that were idle for too long at the queue time `queue_now`. */
MUST_CHECK bool sessions_prune(struct db *db, struct wall_time queue_now, struct error *err);
/* Deletes tokens, revoked tokens and used assertions that ended before the store time `now`. */
MUST_CHECK bool ended_prune(struct db *db, struct wall_time now, struct error *err);

#endif
