/* spares.c – see spares.h. */
#include "http/spares.h"

#include <fcntl.h>
#include <unistd.h>

void spares_fill(struct spares *spares)
{
	while (spares->count < SPARES_MAX) {
		int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			return;
		spares->descriptors[spares->count++] = fd;
	}
}

void spares_give_up(struct spares *spares)
{
	if (spares->count > 0)
		close(spares->descriptors[--spares->count]);
}

void spares_done(struct spares *spares)
{
	while (spares->count > 0)
		spares_give_up(spares);
}
