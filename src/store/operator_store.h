/* operator_store.h – sessions of operators, and what their pages show: queues of all accounts,
 * nodes. */
#ifndef GREFFIER_STORE_OPERATOR_STORE_H
#define GREFFIER_STORE_OPERATOR_STORE_H

#include "store/account_store.h"

struct operator_session {
	struct bytes hash;
	const char *credential, *name; /* id and name of the credential; the name is not inserted */
	struct wall_time created, last_seen; /* queue time */
	const char *address;
};
MUST_CHECK bool operator_session_insert(struct db *db, const struct operator_session *session,
					struct error *err);
/* Finds a session whose credential exists and may manage the installation. */
MUST_CHECK bool operator_session_find(struct db *db, struct arena *arena, struct bytes hash,
				      struct operator_session *ret_session, bool *ret_found,
				      struct error *err);
MUST_CHECK bool operator_session_note_use(struct db *db, struct bytes hash, struct wall_time at,
					  struct error *err);
MUST_CHECK bool operator_session_delete(struct db *db, struct bytes hash, struct error *err);
/* Deletes sessions last used before `seen` or created before `made`. */
MUST_CHECK bool operator_sessions_prune(struct db *db, struct wall_time seen, struct wall_time made,
					struct error *err);

/* The pending deliveries of an account, counted up to QUEUE_COUNTED_MAX. `more` is true when
 * there are more. */
#define QUEUE_COUNTED_MAX 1000
struct account_queue {
	const char *account;
	int64_t queued, failing, paused;
	bool more;
	struct wall_time oldest; /* of the counted ones; 0: nothing is pending */
};
/* Finds the first account after `after` ("": the very first) with pending deliveries or with
 * failing or paused endpoints. Uses indexes that contain only such rows. */
MUST_CHECK bool account_queue_next(struct db *db, struct arena *arena, const char *after,
				   struct account_queue *ret_queue, bool *ret_found,
				   struct error *err);

/* Lists the servers that have written to write_probe within the last day, most recent first. */
struct node_seen {
	const char *node;
	struct wall_time heard; /* store time */
};
MUST_CHECK bool nodes_list(struct db *db, struct arena *arena, int64_t limit,
			   struct node_seen **ret_nodes, size_t *ret_count, struct error *err);

#endif
