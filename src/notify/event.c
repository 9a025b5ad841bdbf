/* event.c – see event.h. */
#include "notify/event.h"

#include <string.h>

#include "crypto/random.h"
#include "store/event_store.h"

#define ID_PREFIX "evt_"
#define ID_RANDOM_LENGTH 24
/* Listeners were promised these limits on the payload's members. */
#define MESSAGE_MAX_BYTES 255
#define DOCUMENT_MAX_BYTES 256

/* Cut on a character's boundary. */
static const char *cut(struct arena *arena, const char *text, size_t limit)
{
	if (!text || strlen(text) <= limit)
		return text;
	while (limit > 0 && ((unsigned char)text[limit] & 0xc0) == 0x80)
		limit--;
	return arena_strndup(arena, text, limit);
}

bool event_raise(struct txn *txn, const struct event_draft *draft, struct wall_time now,
		 struct error *err)
{
	char id[sizeof(ID_PREFIX) + ID_RANDOM_LENGTH] = ID_PREFIX;
	int64_t sequence;

	scoped(arena) struct arena *arena = arena_new();
	random_base62(id + strlen(ID_PREFIX), ID_RANDOM_LENGTH);
	const struct event event = {
		.account = draft->account,
		.id = id,
		.type = event_type_info(draft->type)->name,
		.package = draft->package,
		.session_user = draft->session_user,
		.message = cut(arena, draft->message, MESSAGE_MAX_BYTES),
		.document = cut(arena, draft->document, DOCUMENT_MAX_BYTES),
		.created = now,
	};
	int64_t deliveries;
	if (!event_append(txn_db(txn), &event, &sequence, &deliveries, err))
		return false;
	if (deliveries > 0)
		txn_announce(txn, STORE_TOPIC_DUE);
	return true;
}
