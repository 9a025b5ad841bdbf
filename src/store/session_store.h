/* session_store.h – sessions, and the tokens that are exchanged for them. Both are known by a keyed hash only. */
#ifndef GREFFIER_STORE_SESSION_STORE_H
#define GREFFIER_STORE_SESSION_STORE_H

#include "store/account_store.h"

enum session_kind {
	SESSION_USER,     /* a person who signed in, or whom a user token let in */
	SESSION_SENDER,   /* one package of a sender's */
	SESSION_SIGNER,   /* one signer of one package */
	SESSION_PASSWORD, /* tokens only: a link in a mail, to choose a password */
};

struct login_session {
	const char *account;
	struct bytes hash;
	enum session_kind kind;
	const char *uid;     /* "" for a signer from outside */
	const char *package; /* "": not bound to one */
	const char *signer;  /* signer's id; "" unless a signer's */
	const char *fields;  /* JSON object: sessionFields.fields as given */
	const char *scopes;  /* of the client app that opened it (context/scopes.def); "": all */
	const char *origin;  /* the credential it was derived from (context/origin.h) */
	struct wall_time created;
	struct wall_time authenticated; /* when a password was last given; 0: never */
	struct wall_time last_seen; /* queue time (store_clock.h) */
	int64_t idle_s; /* ends when it was not used for so long */
	const char *address, *agent;
};

MUST_CHECK bool login_session_insert(struct db *db, const struct login_session *session,
				     struct error *err);
MUST_CHECK bool login_session_find(struct db *db, struct arena *arena, struct bytes hash,
				   struct login_session *ret_session, bool *ret_found,
				   struct error *err);
/* `uid` NULL: of everybody in the account; `account` NULL: of all. Newest first. */
MUST_CHECK bool login_session_list(struct db *db, struct arena *arena, const char *account,
				   const char *uid, int64_t limit,
				   struct login_session **ret_sessions, size_t *ret_count,
				   struct error *err);
/* A user's sessions that have not ended at the queue time `queue_now`; those used last first. */
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
/* All of a user's, with the tokens that could open new ones. */
MUST_CHECK bool login_session_delete_all(struct db *db, const char *uid, int64_t *ret_count,
					 struct error *err);
/* The same without the session `kept`. */
MUST_CHECK bool login_session_delete_others(struct db *db, const char *uid, struct bytes kept,
					    int64_t *ret_count, struct error *err);

/* All of an account that one token of a client app opened, with the tokens that could open new ones. `origin` as stored. */
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
/* Those of one kind that a user has: a new password link makes the older ones useless. */
MUST_CHECK bool authentication_token_delete_of(struct db *db, const char *uid, enum session_kind kind,
					       struct error *err);

/* Sessions that were idle for too long at the queue time `queue_now`. */
MUST_CHECK bool sessions_prune(struct db *db, struct wall_time queue_now, struct error *err);
/* What has ended by the store time `now`: tokens, revoked tokens, used assertions. */
MUST_CHECK bool ended_prune(struct db *db, struct wall_time now, struct error *err);

#endif
