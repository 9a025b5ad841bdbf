/* steps.h – the scheduled job of signing: dividing packages that an older version stored as one
 * text. */
#ifndef GREFFIER_SIGNING_STEPS_H
#define GREFFIER_SIGNING_STEPS_H

#include "clockwork/clockwork.h"

void signing_steps_add(struct clockwork *clockwork);

#endif
