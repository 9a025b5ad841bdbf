/* listener.h – a thread with its own connection that receives the commits of other processes on
 * PostgreSQL (LISTEN/NOTIFY). Inside src/store only.
 *
 * Several times a second it asks PostgreSQL for an echo. When the echo arrives, all earlier
 * commits of others have been received, so the store knows up to when nothing was missed
 * (store_hears). */
#ifndef GREFFIER_STORE_LISTENER_H
#define GREFFIER_STORE_LISTENER_H

#include "store/db_driver.h"

#define LISTENER_CHANNEL "greffier"
#define LISTENER_PAYLOAD_MAX 32

struct listener;

/* Writes "<topic>:<token of the announcing process>". A process ignores its own notifications. */
void listener_payload(char ret_payload[LISTENER_PAYLOAD_MAX], enum store_topic topic,
		      const char *token);

/* Starts the thread. It reconnects by itself; after a gap it announces every topic once, because
 * it cannot know what it missed. */
struct listener *listener_start(struct store *store, struct error *err);
void listener_stop_and_free(struct listener *listener); /* NULL is fine */

#endif
