/* steps.h – what access does by the clock: forgetting sessions, revoked tokens and guesses that no longer count, and old figures
 * of client apps' use. */
#ifndef GREFFIER_ACCESS_STEPS_H
#define GREFFIER_ACCESS_STEPS_H

#include "clockwork/clockwork.h"

void access_steps_add(struct clockwork *clockwork);

#endif
