/* listener.h – hears what other processes commit on PostgreSQL (LISTEN/NOTIFY), on a thread and connection of its own.
 * It asks PostgreSQL for a word several times a second: once that has come, whatever others had committed before is heard, too.
 * So the store knows until when nothing can have been missed (store_hears). Inside src/store only. */
#ifndef GREFFIER_STORE_LISTENER_H
#define GREFFIER_STORE_LISTENER_H

#include "store/db_driver.h"

#define LISTENER_CHANNEL "greffier"
#define LISTENER_PAYLOAD_MAX 32

struct listener;

/* "<topic>:<token of the announcing process>": a process does not hear itself. */
void listener_payload(char ret_payload[LISTENER_PAYLOAD_MAX], enum store_topic topic,
		      const char *token);

/* Connects again by itself; after a gap every topic is announced once, because what was missed is not known. */
struct listener *listener_start(struct store *store, struct error *err);
void listener_stop_and_free(struct listener *listener); /* NULL is fine */

#endif
