/* fault_driver.h – a driver that wraps the real one and makes the Nth call fail. For tests only,
 * with one store at a time.
 *
 * The counted calls are run, query, each row, and begin and commit of a transaction; or, for
 * FAULT_MEMORY, calls for memory. */
#ifndef GREFFIER_STORE_FAULT_DRIVER_H
#define GREFFIER_STORE_FAULT_DRIVER_H

#include "store/test_store.h"

enum fault_kind {
	FAULT_BUSY,           /* refused; the transaction continues when the call is repeated */
	FAULT_IO,             /* an I/O error; the engine ends the transaction */
	FAULT_FULL,           /* no disk space; the engine ends the transaction */
	FAULT_LOST,           /* PostgreSQL: the connection breaks */
	FAULT_UNKNOWN_DONE,   /* PostgreSQL: the connection breaks during a COMMIT that succeeded */
	FAULT_UNKNOWN_UNDONE, /* the same during a COMMIT that failed */
	FAULT_MEMORY,         /* memory_try fails; in programs linked with --wrap (meson.build) */
	FAULT_KIND_COUNT
};
const char *fault_name(enum fault_kind kind);
bool fault_exists(enum fault_kind kind, enum test_engine engine);

/* Routes the store's sessions through the fault driver. Nothing fails before fault_enable. */
void fault_plug(struct test_store *test_store);
/* Lets `delay` calls pass and `repeat` calls fail. For the two unknown kinds only commits are
 * counted. */
void fault_enable(enum fault_kind kind, unsigned delay, unsigned repeat);
/* For fault_memory.c: tells whether this call for memory must fail. */
bool fault_memory_is_due(void);
/* Ends all faults and returns the number of failed calls since fault_enable. */
unsigned fault_disable(void);

/* ---- checks what a call leaves behind when the store fails ---- */

#define FAULT_TABLES_MAX 64

/* The number of rows of each table, and sums over columns that change in place. */
struct fault_picture {
	int64_t numbers[FAULT_TABLES_MAX];
};
void fault_picture_take(struct test_store *test_store, struct fault_picture *ret_picture);

/* A call and its argument. Returns false with err on failure. */
typedef bool fault_call(void *arg, struct error *err);

/* Runs `call` with the Nth call to the driver failing, for every N until none fails, and for
 * each kind of fault of the engine. After each failure it runs `call` once without a fault,
 * which must succeed.
 *
 * The test fails unless a failed call changes nothing, a call that succeeds despite a fault has
 * done everything, and an unknown commit has one of the two outcomes. The first run has no fault
 * and shows the complete change. Prints the number of faults. */
void fault_each(struct test_store *test_store, enum test_engine engine, const char *what,
		fault_call *call, void *arg);

#endif
