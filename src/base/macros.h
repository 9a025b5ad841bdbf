/* macros.h – what C functions cannot do. */
#ifndef GREFFIER_BASE_MACROS_H
#define GREFFIER_BASE_MACROS_H

#include <stddef.h>

/* The compiler warns when a caller ignores the result. Every function that can fail has it. */
#define MUST_CHECK __attribute__((warn_unused_result))

#define PRINTF_LIKE(format_at, first_at) __attribute__((format(printf, format_at, first_at)))

#define BIT(n) (1u << (n))

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* `scoped(txn) struct txn *txn = …;` releases the object on every exit from the block. The
 * header of the type contains DEFINE_SCOPED(txn, txn_rollback). The release function is not
 * called when the variable is NULL, for example after the object was given away. */
#define scoped(type) __attribute__((cleanup(type##_scoped_release), unused))
#define DEFINE_SCOPED(type, release)                                                               \
	static inline void type##_scoped_release(struct type **held)                               \
	{                                                                                          \
		if (*held)                                                                         \
			release(*held);                                                            \
	}

#endif
