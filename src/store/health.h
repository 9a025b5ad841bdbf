/* health.h – does the store take writes? Found out in the background, so that nobody who asks has to wait for it.
 *
 * Two threads of a server. The writer writes a row of its own in `write_probe`, and may hang as long as the store does. The
 * watcher never touches the store: it says when to write, judges what came of it, looks after the data folder and logs each
 * change. Inside src/store only; the answer is store_health (store.h). */
#ifndef GREFFIER_STORE_HEALTH_H
#define GREFFIER_STORE_HEALTH_H

#include "store/db_driver.h"

/* Between two probes: while somebody has asked within HEALTH_ASKED_S or the last one failed; otherwise. */
#define HEALTH_INTERVAL_MS 1000
#define HEALTH_IDLE_INTERVAL_MS 10000
#define HEALTH_ASKED_S 60
/* A probe without an answer for so long: the store is silent. */
#define HEALTH_SILENT_MS 5000
/* How often the watcher looks at the data folder. */
#define HEALTH_WATCH_MS 250

struct health;

/* Makes the first probe before it returns. NULL: no session could be opened. */
struct health *health_start(struct store *store, struct error *err);
void health_stop_and_free(struct health *health); /* NULL is fine */
/* From any thread; never waits for the store. */
struct store_health health_read(struct health *health);

#endif
