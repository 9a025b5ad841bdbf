/* ensure.h – a mistake of ours stops the process, in production too: the store holds the truth, so
 * a restart is safe and going on is not. Anyone else's mistake is a struct error. */
#ifndef GREFFIER_BASE_ENSURE_H
#define GREFFIER_BASE_ENSURE_H

#define ensure(claim)                                                                              \
	do {                                                                                       \
		if (!(claim))                                                                      \
			ensure_failed(__FILE__, __LINE__, __func__, #claim);                       \
	} while (0)

_Noreturn void ensure_failed(const char *file, int line, const char *function, const char *claim);

#endif
