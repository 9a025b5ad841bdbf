/* steps.h – the scheduled jobs of signing: dividing packages that an older version stored as one
 * text, making blobs of contents that it stored in a table, and removing blobs that no document
 * refers to. */
#ifndef GREFFIER_SIGNING_STEPS_H
#define GREFFIER_SIGNING_STEPS_H

#include "clockwork/clockwork.h"
#include "crypto/keyring.h"

/* `keyring` must outlive the clockwork. */
void signing_steps_add(struct clockwork *clockwork, const struct keyring *keyring);

#endif
