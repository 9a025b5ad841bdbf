/* repair.c – see repair.h. */
#include "notify/repair.h"

#include "access/audit.h"
#include "crypto/digest.h"
#include "notify/endpoint_options.h"
#include "notify/endpoints.h"
#include "notify/payload.h"
#include "store/delivery_store.h"

static bool delivery_is_there(const struct access_service *service, struct db *db,
			      const char *event_id, const char *endpoint_id, struct error *err)
{
	const struct delivery_filter filter = {.account = service->account,
					       .event_id = event_id,
					       .endpoint = endpoint_id,
					       .state = -1,
					       .http_status = -1,
					       .limit = 1};
	struct delivery_page page;

	if (!delivery_search(db, service->arena, &filter, &page, err))
		return false;
	return page.count == 1 || error_set(err, ERROR_DELIVERY_NOT_FOUND, NULL);
}

static bool queue_again(const struct access_service *service, struct txn *txn,
			const struct event *event, const struct endpoint *endpoint,
			struct error *err)
{
	struct endpoint_options options;
	size_t queued;

	if (endpoint->state >= ENDPOINT_DISABLED)
		return error_set(err, ERROR_WRONG_STATE, "the endpoint is %s",
				 endpoint_state_name(endpoint->state));
	if (event->expunged.us)
		return error_set(err, ERROR_WRONG_STATE, "the event was expunged");
	endpoint_options_load(service->arena, endpoint->options, &options);
	if (!deliveries_queue(txn_db(txn), event, 1, endpoint->id, options.ordered,
			      service_queue_now(service), &queued, err))
		return false;
	return queued == 1 || error_set(err, ERROR_WRONG_STATE, "the delivery is PENDING already");
}

bool delivery_resend(const struct access_service *service, const char *event_id,
		     const char *endpoint_id, struct error *err)
{
	struct endpoint endpoint;
	struct event event;

	scoped(txn) struct txn *txn = txn_begin(service->session, err);
	if (!txn || !delivery_lock(txn_db(txn), service->account, err) ||
	    !event_find(txn_db(txn), service->arena, service->account, event_id, &event, err) ||
	    !delivery_is_there(service, txn_db(txn), event_id, endpoint_id, err) ||
	    !endpoint_get(service, txn_db(txn), endpoint_id, &endpoint, err) ||
	    !queue_again(service, txn, &event, &endpoint, err) ||
	    !audit_record(service, txn_db(txn), "delivery.resend", event_id,
			  json_pack("{s:s}", "endpoint", endpoint_id), err))
		return false;
	txn_announce(txn, STORE_TOPIC_DUE);
	return txn_commit(&txn, err);
}

bool event_expunge(const struct access_service *service, const char *event_id, struct error *err)
{
	unsigned char digest[SHA256_BYTES];
	struct event event;

	scoped(txn) struct txn *txn = txn_begin(service->session, err);
	if (!txn || !delivery_lock(txn_db(txn), service->account, err) ||
	    !event_find(txn_db(txn), service->arena, service->account, event_id, &event, err))
		return false;
	if (event.expunged.us)
		return true;
	const struct bytes payload = payload_build(service->arena, &event);
	sha256(payload.data, payload.length, digest);
	txn_announce(txn, STORE_TOPIC_DUE); /* what waited behind it */
	return delivery_cancel(txn_db(txn), service->account, event.sequence, service->now, err) &&
	       event_forget(txn_db(txn), &event, (struct bytes){digest, sizeof(digest)},
			    service->now, err) &&
	       audit_record(service, txn_db(txn), "event.expunge", event_id, NULL, err) &&
	       txn_commit(&txn, err);
}
