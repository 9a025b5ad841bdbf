/* steps.c – see steps.h. */
#include "access/steps.h"

#include "access/accounts/operators.h"
#include "access/accounts/usage.h"
#include "access/identity/guess.h"
#include "store/api_key_store.h"
#include "store/catcher_store.h"
#include "store/client_app_use_store.h"
#include "store/email_change_store.h"
#include "store/oauth_store.h"
#include "store/operator_store.h"
#include "store/session_store.h"
#include "store/store_clock.h"

#define ENDED_S 600
#define APP_USE_S 3600
#define APP_USE_BATCH 500 /* rows removed in one transaction */

static bool sessions_run(void *arg, struct session *session, struct wall_time now,
			 struct wall_time *ret_next, struct error *err)
{
	scoped(txn) struct txn *txn = txn_begin(session, err);

	*ret_next = wall_add(now, duration_s(ENDED_S));
	return txn && sessions_prune(txn_db(txn), now, err) &&
	       operator_sessions_prune(txn_db(txn), wall_add(now, duration_s(-OPERATOR_IDLE_S)),
				       wall_add(now, duration_s(-OPERATOR_LIFE_S)), err) &&
	       guess_count_prune(txn_db(txn), wall_add(now, duration_s(-GUESSES_KEPT_S)),
				 wall_add(now, duration_s(-GUESSES_IN_ALL_KEPT_S)), err) &&
	       txn_commit(&txn, err);
}

/* These go by the store's clock. A revoked token may live again when a clock that was set forward
 * is set back: it is not forgotten before. */
static bool ended_run(void *arg, struct session *session, struct wall_time now,
		      struct wall_time *ret_next, struct error *err)
{
	const struct wall_time store_now = session_now(session);
	scoped(txn) struct txn *txn = txn_begin(session, err);

	*ret_next = wall_add(now, duration_s(ENDED_S));
	return txn && ended_prune(txn_db(txn), store_now, err) &&
	       email_change_prune(txn_db(txn), store_now, err) &&
	       catcher_prune(txn_db(txn), store_now, err) && txn_commit(&txn, err);
}

static bool app_use_run(void *arg, struct session *session, struct wall_time now,
			struct wall_time *ret_next, struct error *err)
{
	const struct wall_time cutoff = wall_add(session_now(session),
						 duration_s(-APP_USE_KEPT_DAYS * 86400));
	int64_t removed;
	scoped(txn) struct txn *txn = txn_begin(session, err);

	if (!txn || !client_app_use_prune(txn_db(txn), cutoff, APP_USE_BATCH, &removed, err) ||
	    !txn_commit(&txn, err))
		return false;
	*ret_next = wall_add(now, duration_s(removed == APP_USE_BATCH ? 0 : APP_USE_S));
	return true;
}

void access_steps_add(struct clockwork *clockwork)
{
	const struct clockwork_step all[] = {
		{.name = "ended sessions", .run = sessions_run},
		{.name = "ended tokens", .run = ended_run, .needs_settled_clock = true},
		{.name = "client apps' use", .run = app_use_run, .needs_settled_clock = true},
	};

	for (size_t i = 0; i < ARRAY_SIZE(all); i++)
		clockwork_add(clockwork, &all[i]);
}
