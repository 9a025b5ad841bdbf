/* spares.h – descriptors that are held for the moment when there are no others.
 *
 * A client that cannot be accepted hangs until its own timeout. With a spare it is accepted, and told to come again later.
 * Loop thread. Inside src/http only. */
#ifndef GREFFIER_HTTP_SPARES_H
#define GREFFIER_HTTP_SPARES_H

#define SPARES_MAX 8

struct spares {
	int descriptors[SPARES_MAX];
	unsigned count;
};

/* As many as can be had. */
void spares_fill(struct spares *spares);
/* Gives the last one up: another descriptor can be opened. Nothing happens when there is none. */
void spares_give_up(struct spares *spares);
void spares_done(struct spares *spares);

#endif
