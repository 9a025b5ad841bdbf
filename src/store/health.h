/* health.h – finds out in the background whether the store accepts writes, so that a health
 * check never waits for the store. Inside src/store only; the result is store_health (store.h).
 *
 * A server has two threads for it. The writer writes its row in `write_probe` and may hang as
 * long as the store does. The watcher never uses the store: it orders the writes, evaluates
 * their results, checks the data folder and logs each change. */
#ifndef GREFFIER_STORE_HEALTH_H
#define GREFFIER_STORE_HEALTH_H

#include "store/db_driver.h"

/* Time between two probes: the first while somebody has asked within HEALTH_ASKED_S or the last
 * probe failed, the second otherwise. */
#define HEALTH_INTERVAL_MS 1000
#define HEALTH_IDLE_INTERVAL_MS 10000
#define HEALTH_ASKED_S 60
/* A probe without an answer for this long means that the store is silent. */
#define HEALTH_SILENT_MS 5000
/* How often the watcher checks the data folder. */
#define HEALTH_WATCH_MS 250

struct health;

/* Starts both threads and completes the first probe. Returns NULL when no session could be
 * opened. */
struct health *health_start(struct store *store, struct error *err);
void health_stop_and_free(struct health *health); /* NULL is fine */
/* Returns the last result. From any thread; never waits for the store. */
struct store_health health_read(struct health *health);

#endif
