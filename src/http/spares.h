/* spares.h – spare descriptors, used when the process has run out of descriptors.
 *
 * A client that cannot be accepted hangs until its own timeout. With a spare descriptor it is
 * accepted and told to retry later. Loop thread. Inside src/http only. */
#ifndef GREFFIER_HTTP_SPARES_H
#define GREFFIER_HTTP_SPARES_H

#define SPARES_MAX 8

struct spares {
	int descriptors[SPARES_MAX];
	unsigned count;
};

/* Opens as many spare descriptors as it can get. */
void spares_fill(struct spares *spares);
/* Closes one spare, so that another descriptor can be opened. Does nothing when there is none. */
void spares_give_up(struct spares *spares);
void spares_done(struct spares *spares);

#endif
