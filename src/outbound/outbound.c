/* outbound.c – ties the ledger and the sender together. */
#include "outbound/outbound.h"

#include <stdlib.h>

#include "base/ensure.h"
#include "outbound/ledger.h"
#include "outbound/sender.h"

struct outbound {
	struct ledger *ledger;
	struct sender *sender;
};

static void on_send(struct sending *sendings, void *arg)
{
	struct outbound *outbound = arg;
	sender_submit(outbound->sender, sendings);
}

struct outbound *outbound_start(const struct outbound_config *config, struct error *err)
{
	struct outbound *outbound = calloc(1, sizeof(*outbound));

	ensure(outbound && curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK);
	outbound->sender = sender_start(config, err);
	if (outbound->sender)
		outbound->ledger = ledger_new(config, on_send, outbound, err);
	if (outbound->ledger && ledger_start(outbound->ledger, err))
		return outbound;
	sender_stop_and_free(outbound->sender);
	ledger_finish_and_free(outbound->ledger);
	curl_global_cleanup();
	free(outbound);
	return NULL;
}

void outbound_wake(struct outbound *outbound)
{
	ledger_wake(outbound->ledger);
}

void outbound_endpoints_changed(struct outbound *outbound)
{
	ledger_look_again(outbound->ledger);
}

void outbound_probe(void *outbound, const struct probe *probe,
		    void (*on_done)(struct probe_result *result, void *arg), void *arg)
{
	const struct claim claim = {.lane = "", .event = probe->event, .endpoint = probe->endpoint};
	struct job *job = job_new(&claim);

	job->on_probed = on_done;
	job->arg = arg;
	job->is_forged = probe->is_forged;
	job->is_draft = probe->is_draft;
	job->sending.wants_chain = probe->wants_chain;
	ledger_probe(((struct outbound *)outbound)->ledger, job);
}

struct endpoint_turn outbound_turn(void *outbound, const char *account, const char *endpoint,
				   struct wall_time now)
{
	return ledger_turn(((struct outbound *)outbound)->ledger, account, endpoint, now);
}

void outbound_stop_and_free(struct outbound *outbound, struct duration patience)
{
	if (!outbound)
		return;
	ledger_quiesce(outbound->ledger, patience);
	sender_stop_and_free(outbound->sender); /* what is still out comes back as abandoned */
	ledger_finish_and_free(outbound->ledger);
	curl_global_cleanup();
	free(outbound);
}
