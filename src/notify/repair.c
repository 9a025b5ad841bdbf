/* repair.c – see repair.h. */
#include "notify/repair.h"

#include "access/audit.h"
#include "crypto/digest.h"
#include "notify/endpoint_options.h"
#include "notify/endpoints.h"
#include "notify/payload.h"
#include "store/delivery_store.h"

static bool delivery_look_up(const struct context *context, struct db *db, const char *event_id,
			     const char *endpoint_id, const struct delivery **ret_delivery,
			     struct error *err)
{
	const struct delivery_filter filter = {.account = context->account,
					       .event_id = event_id,
					       .endpoint = endpoint_id,
					       .state = -1,
					       .http_status = -1,
					       .limit = 1};
	struct delivery_page page;

	if (!delivery_search(db, context->arena, &filter, &page, err))
		return false;
	*ret_delivery = page.list;
	return page.count == 1 || error_set(err, ERROR_DELIVERY_NOT_FOUND, NULL);
}

/* In the locks' order: the account's number first, then lanes. */
static bool delivery_lock_up(const struct context *context, struct txn *txn, const char *event_id,
			     const char *endpoint_id, const struct delivery **ret_delivery,
			     struct error *err)
{
	return delivery_lock(txn_db(txn), context->account, err) &&
	       delivery_look_up(context, txn_db(txn), event_id, endpoint_id, ret_delivery, err);
}

static bool delivery_audit(const struct context *context, struct txn *txn, const char *action,
			   const char *event_id, const char *endpoint_id, struct error *err)
{
	return audit_record(context, txn_db(txn), action, event_id,
			    json_pack("{s:s}", "endpoint", endpoint_id), err);
}

static bool queue_again(const struct context *context, struct txn *txn, const struct event *event,
			const struct endpoint *endpoint, struct error *err)
{
	struct endpoint_options options;
	size_t queued;

	if (endpoint->state >= ENDPOINT_DISABLED)
		return error_set(err, ERROR_WRONG_STATE, "the endpoint is %s",
				 endpoint_state_name(endpoint->state));
	if (event->expunged.us)
		return error_set(err, ERROR_WRONG_STATE, "the event was expunged");
	endpoint_options_load(context->arena, endpoint->options, &options);
	if (!deliveries_queue(txn_db(txn), event, 1, endpoint->id, options.ordered,
			      context->queue_now, &queued, err))
		return false;
	return queued == 1 || error_set(err, ERROR_WRONG_STATE, "the delivery is PENDING already");
}

bool delivery_resend(const struct context *context, const char *event_id, const char *endpoint_id,
		     struct error *err)
{
	const struct delivery *delivery;
	struct endpoint endpoint;
	struct event event;

	scoped(txn) struct txn *txn = txn_begin(context->session, err);
	if (!txn || !delivery_lock(txn_db(txn), context->account, err) ||
	    !event_find(txn_db(txn), context->arena, context->account, event_id, &event, err) ||
	    !delivery_look_up(context, txn_db(txn), event_id, endpoint_id, &delivery, err) ||
	    !endpoint_get(context, txn_db(txn), endpoint_id, &endpoint, err) ||
	    !queue_again(context, txn, &event, &endpoint, err) ||
	    !delivery_audit(context, txn, "delivery.resend", event_id, endpoint_id, err))
		return false;
	txn_announce(txn, STORE_TOPIC_DUE);
	return txn_commit(&txn, err);
}

static bool is_over(const struct delivery *delivery, struct error *err)
{
	if (delivery->state == DELIVERY_PENDING)
		return false;
	(void)error_set(err, ERROR_WRONG_STATE, "the delivery is finished: %s",
			delivery_state_name(delivery->state));
	return true;
}

static bool may_be_retried(const struct delivery *delivery, struct error *err)
{
	const struct delivery_place *place = &delivery->place;

	if (is_over(delivery, err))
		return false;
	if (place->endpoint != ENDPOINT_ACTIVE)
		return error_set(err, ERROR_WRONG_STATE, "the endpoint is %s",
				 endpoint_state_name(place->endpoint));
	return place->head_sequence == delivery->event.sequence ||
	       error_set(err, ERROR_WRONG_STATE,
			 "the delivery waits behind event %s (number %lld) of its transaction",
			 place->head_id, (long long)place->head_sequence);
}

static bool urge(const struct context *context, struct txn *txn, const struct delivery *delivery,
		 struct error *err)
{
	bool urged;

	return delivery_urge(txn_db(txn), context->account, delivery->event.sequence,
			     delivery->endpoint, context->queue_now, &urged, err) &&
	       (urged ||
		error_set(err, ERROR_WRONG_STATE, "the request of this delivery is in progress"));
}

bool delivery_retry(const struct context *context, const char *event_id, const char *endpoint_id,
		    struct error *err)
{
	const struct delivery *delivery;

	scoped(txn) struct txn *txn = txn_begin(context->session, err);
	if (!txn || !delivery_lock_up(context, txn, event_id, endpoint_id, &delivery, err) ||
	    !may_be_retried(delivery, err) || !urge(context, txn, delivery, err) ||
	    !delivery_audit(context, txn, "delivery.retry", event_id, endpoint_id, err))
		return false;
	txn_announce(txn, STORE_TOPIC_DUE);
	return txn_commit(&txn, err);
}

bool delivery_cancel(const struct context *context, const char *event_id, const char *endpoint_id,
		     struct error *err)
{
	const struct delivery *delivery;
	int64_t cancelled;

	scoped(txn) struct txn *txn = txn_begin(context->session, err);
	if (!txn || !delivery_lock_up(context, txn, event_id, endpoint_id, &delivery, err) ||
	    is_over(delivery, err) ||
	    !deliveries_cancel(txn_db(txn), context->account, delivery->event.sequence, endpoint_id,
			       DELIVERY_CANCELLED, context->now, &cancelled, err))
		return false;
	if (cancelled == 0) /* its verdict came between the look and the lock */
		return error_set(err, ERROR_WRONG_STATE, "the delivery is finished");
	txn_announce(txn, STORE_TOPIC_DUE); /* what waited behind it */
	return delivery_audit(context, txn, "delivery.cancel", event_id, endpoint_id, err) &&
	       txn_commit(&txn, err);
}

bool event_expunge(const struct context *context, const char *event_id, struct error *err)
{
	unsigned char digest[SHA256_BYTES];
	struct event event;
	int64_t cancelled;

	scoped(txn) struct txn *txn = txn_begin(context->session, err);
	if (!txn || !delivery_lock(txn_db(txn), context->account, err) ||
	    !event_find(txn_db(txn), context->arena, context->account, event_id, &event, err))
		return false;
	if (event.expunged.us)
		return true;
	const struct bytes payload = payload_build(context->arena, &event);
	sha256(payload.data, payload.length, digest);
	txn_announce(txn, STORE_TOPIC_DUE); /* what waited behind it */
	return deliveries_cancel(txn_db(txn), context->account, event.sequence, NULL,
				 DELIVERY_EXPUNGED, context->now, &cancelled, err) &&
	       event_forget(txn_db(txn), &event, (struct bytes){digest, sizeof(digest)},
			    context->now, err) &&
	       audit_record(context, txn_db(txn), "event.expunge", event_id, NULL, err) &&
	       txn_commit(&txn, err);
}
