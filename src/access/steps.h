/* steps.h – the scheduled jobs of access: deleting ended sessions, revoked tokens and old
 * guesses, and old figures of client apps' use. */
#ifndef GREFFIER_ACCESS_STEPS_H
#define GREFFIER_ACCESS_STEPS_H

#include "clockwork/clockwork.h"

void access_steps_add(struct clockwork *clockwork);

#endif
