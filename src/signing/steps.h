/* steps.h – what signing does by the clock: packages that an older version stored as one text are divided into parts. */
#ifndef GREFFIER_SIGNING_STEPS_H
#define GREFFIER_SIGNING_STEPS_H

#include "clockwork/clockwork.h"

void signing_steps_add(struct clockwork *clockwork);

#endif
