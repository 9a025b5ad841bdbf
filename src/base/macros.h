/* macros.h – the few things a C function cannot do. */
#ifndef GREFFIER_BASE_MACROS_H
#define GREFFIER_BASE_MACROS_H

#include <stddef.h>

/* The caller may not drop the result: what can fail says so to the compiler. */
#define MUST_CHECK __attribute__((warn_unused_result))

#define PRINTF_LIKE(format_at, first_at) __attribute__((format(printf, format_at, first_at)))

#define BIT(n) (1u << (n))

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* `scoped(txn) struct txn *txn = …;` releases on every way out of the block. The type's header
 * says DEFINE_SCOPED(txn, txn_rollback); the release function must accept what a taker left: NULL
 * is never passed to it. */
#define scoped(type) __attribute__((cleanup(type##_scoped_release), unused))
#define DEFINE_SCOPED(type, release)                                                               \
	static inline void type##_scoped_release(struct type **held)                               \
	{                                                                                          \
		if (*held)                                                                         \
			release(*held);                                                            \
	}

#endif
