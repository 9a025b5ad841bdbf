/* fault_driver.h – a driver before the real one that lets the Nth call fail. For tests only: one store at a time.
 *
 * Calls that count: run, query, each row, the begin and the commit of a transaction. Or calls for memory. */
#ifndef GREFFIER_STORE_FAULT_DRIVER_H
#define GREFFIER_STORE_FAULT_DRIVER_H

#include "store/test_store.h"

enum fault_kind {
	FAULT_BUSY,           /* refused: the transaction goes on for whoever asks again */
	FAULT_IO,             /* an I/O error: the engine gives the transaction up */
	FAULT_FULL,           /* no room: the same */
	FAULT_LOST,           /* PostgreSQL: the connection breaks */
	FAULT_UNKNOWN_DONE,   /* PostgreSQL: the connection breaks during COMMIT, which was done */
	FAULT_UNKNOWN_UNDONE, /* or was not */
	FAULT_MEMORY,         /* memory_try fails; in programs linked with --wrap for it (meson.build) */
	FAULT_KIND_COUNT
};
const char *fault_name(enum fault_kind kind);
bool fault_exists(enum fault_kind kind, enum test_engine engine);

/* From now on the store's sessions go through the fault driver. Nothing fails until fault_enable. */
void fault_plug(struct test_store *test_store);
/* `delay` calls pass, then `repeat` calls fail. Of the two unknown kinds only commits count. */
void fault_enable(enum fault_kind kind, unsigned delay, unsigned repeat);
/* For fault_memory.c: whether this call for memory is to fail. */
bool fault_memory_is_due(void);
/* Nothing fails any more. How many calls have failed since fault_enable. */
unsigned fault_disable(void);

/* ---- what a call may do when the store fails under it ---- */

#define FAULT_TABLES_MAX 64

/* How many rows each table has, and sums of what changes in place. */
struct fault_picture {
	int64_t numbers[FAULT_TABLES_MAX];
};
void fault_picture_take(struct test_store *test_store, struct fault_picture *ret_picture);

/* A call, and what it is given. False: err says why. */
typedef bool fault_call(void *arg, struct error *err);

/* Calls `call` with the Nth call to the driver failing, for every N until none fails, for each kind the engine has; and after
 * each failure once more without one, which must succeed. The test fails unless a failed call changes nothing, a call that
 * succeeds in spite of a fault has done all, and the outcome of a commit is one of both when it is unknown. The first call of
 * all is made without a fault and shows what a whole change is. Prints how many faults there were. */
void fault_each(struct test_store *test_store, enum test_engine engine, const char *what,
		fault_call *call, void *arg);

#endif
