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

/* Where the one holds, the other does: ensure(implies(is_self, user)). */
#define implies(condition, consequence) (!(condition) || (consequence))

/* A place that no mistake of anyone else's leads to. */
#define unreachable(why) ensure_failed(__FILE__, __LINE__, __func__, "unreachable: " why)

_Noreturn void ensure_failed(const char *file, int line, const char *function, const char *claim);

#endif
