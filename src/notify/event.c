/* event.c – see event.h. */
#include "notify/event.h"

#include <string.h>

#include "base/text.h"
#include "crypto/random.h"
#include "store/store_clock.h"

#define ID_PREFIX "evt_"
#define ID_RANDOM_LENGTH 14
/* Listeners were promised these limits on the payload's members. */
#define MESSAGE_MAX_BYTES 255
#define DOCUMENT_MAX_BYTES 256

/* Begins with the time, so that the store's index of ids grows at its end only; the rest is random.
 */
static void id_make(struct wall_time now, char ret_id[EVENT_ID_MAX])
{
	unsigned char time[sizeof(now.us)];
	char *end = stpcpy(ret_id, ID_PREFIX);

	for (size_t i = 0; i < sizeof(time); i++)
		time[i] = (unsigned char)((uint64_t)now.us >> (56 - 8 * i));
	base62_encode(time, sizeof(time), end);
	random_base62(ret_id + strlen(ret_id), ID_RANDOM_LENGTH);
}

bool event_matches(const char *filter, const struct event_matcher *matcher)
{
	return filter_matches(filter, &(struct event_context){matcher->sender, matcher->package});
}

bool event_raise_for(struct txn *txn, const struct event_draft *draft, struct wall_time now,
		     struct event_receipt *ret_receipt, struct error *err)
{
	const struct event_matcher matcher = {event_matches, draft->context.sender,
					      draft->context.package};
	struct event_place place;

	scoped(arena) struct arena *arena = arena_new();
	id_make(now, ret_receipt->id);
	const struct event event = {
		.account = draft->account,
		.id = ret_receipt->id,
		.type = event_type_info(draft->type)->name,
		.package = draft->package,
		.session_user = draft->session_user,
		.message = utf8_cut(arena, draft->message, MESSAGE_MAX_BYTES),
		.document = utf8_cut(arena, draft->document, DOCUMENT_MAX_BYTES),
		.extra = draft->extra,
		.created = now,
		.queued = txn_queue_now(txn),
		.hops = draft->hops,
	};
	if (!event_append(txn_db(txn), &event, &matcher, txn_room(txn), &place, err))
		return false;
	ret_receipt->sequence = place.sequence;
	ret_receipt->behind = place.behind;
	txn_announce(txn, place.deliveries > 0 ? STORE_TOPIC_DUE : STORE_TOPIC_EVENT);
	if (place.opens_fan_out)
		txn_announce(txn, STORE_TOPIC_CLOCKWORK);
	return true;
}

bool event_raise(struct txn *txn, const struct event_draft *draft, struct wall_time now,
		 struct error *err)
{
	struct event_receipt ignored;
	return event_raise_for(txn, draft, now, &ignored, err);
}
