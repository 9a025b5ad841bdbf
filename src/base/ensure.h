/* ensure.h – assertions that stay on in production. They check for mistakes in this program
 * only.
 *
 * A failed assertion stops the process: the store holds the truth, so a restart is safe and
 * continuing is not. A mistake of a caller or of another system is a struct error instead. */
#ifndef GREFFIER_BASE_ENSURE_H
#define GREFFIER_BASE_ENSURE_H

#define ensure(claim)                                                                              \
	do {                                                                                       \
		if (!(claim))                                                                      \
			ensure_failed(__FILE__, __LINE__, __func__, #claim);                       \
	} while (0)

_Noreturn void ensure_failed(const char *file, int line, const char *function, const char *claim);

#endif
