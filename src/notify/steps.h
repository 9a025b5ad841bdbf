/* steps.h – the scheduled jobs of notify: pieces of fan-outs, parts of replays, statistics,
 * retention, and leftovers of older versions. */
#ifndef GREFFIER_NOTIFY_STEPS_H
#define GREFFIER_NOTIFY_STEPS_H

#include "clockwork/clockwork.h"
#include "notify/fan_out.h"
#include "notify/retention.h"

/* Must outlive the clockwork. */
struct notify_steps {
	const struct keyring *keyring;
	struct retention_config retention;
	struct fan_out_round fan_outs; /* initially {0} */
};

void notify_steps_add(struct notify_steps *steps, struct clockwork *clockwork);

#endif
