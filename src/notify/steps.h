/* steps.h – what notify does by the clock: pieces of fan-outs, parts of replays, statistics, retention, and what older versions
 * have left to do. */
#ifndef GREFFIER_NOTIFY_STEPS_H
#define GREFFIER_NOTIFY_STEPS_H

#include "clockwork/clockwork.h"
#include "notify/fan_out.h"
#include "notify/retention.h"

/* Must outlive the clockwork. */
struct notify_steps {
	const struct keyring *keyring;
	struct retention_config retention;
	struct fan_out_round fan_outs; /* {0} */
};

void notify_steps_add(struct notify_steps *steps, struct clockwork *clockwork);

#endif
