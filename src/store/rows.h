/* rows.h – reads rows into the structs that several files of this folder use, and two common
 * forms of statements.
 *
 * Inside src/store only. */
#ifndef GREFFIER_STORE_ROWS_H
#define GREFFIER_STORE_ROWS_H

#include "store/db.h"
#include "store/endpoint_store.h"
#include "store/event_store.h"

/* Moves to the first row. *ret_found is false when there is none. */
MUST_CHECK bool rows_first(struct rows *rows, bool *ret_found, struct error *err);
/* Runs a query whose result is one number in a column named `total`. */
MUST_CHECK bool query_total(struct db *db, const char *sql, const struct arg *args, size_t count,
			    int64_t *ret_total, struct error *err);
/* Runs an INSERT with ON CONFLICT DO NOTHING. Fails with ERROR_CONFLICT, naming `what`, when
 * nothing was inserted. The engine's own error is avoided because it would end a PostgreSQL
 * transaction. */
MUST_CHECK bool insert_new(struct db *db, const char *sql, const struct arg *args, size_t count,
			   const char *what, struct error *err);

/* Columns of the tables event and endpoint. Their names differ, so that one row can hold both. */
#define EVENT_COLUMNS                                                                              \
	"event.account AS account, event.sequence AS sequence, event.id AS event_id, "             \
	"event.type AS event_type, event.package AS package, "                                     \
	"event.session_user_id AS session_user_id, event.message AS message, "                     \
	"event.document AS document, event.extra AS extra, "                                       \
	"event.created_us AS event_created_us, event.expunged_us AS expunged_us, "    \
	"event.hops AS hops, " \
	"event.payload_digest AS payload_digest"
void event_from_row(struct rows *rows, struct arena *arena, struct event *ret_event);

/* Follows a column in queue time and makes it store time (store_clock.h). */
#define TO_STORE_TIME " + (SELECT steps_us FROM clock)"

#define ENDPOINT_COLUMNS                                                                           \
	"endpoint.account AS account, endpoint.id AS endpoint_id, endpoint.origin AS origin, "     \
	"endpoint.name AS endpoint_name, endpoint.package AS endpoint_package, "                   \
	"endpoint.url AS url, endpoint.auth AS auth, endpoint.key_sealed AS key_sealed, "          \
	"endpoint.signing_secret_sealed AS signing_secret_sealed, "                                \
	"endpoint.secrets_sealed AS secrets_sealed, endpoint.custom_headers AS custom_headers, "   \
	"endpoint.events AS endpoint_events, endpoint.options AS options, "                        \
	"endpoint.state AS endpoint_state, endpoint.state_reason AS state_reason, "                \
	"endpoint.failing_since_us AS failing_since_us, endpoint.warned_us AS warned_us, "         \
	"endpoint.created_us AS endpoint_created_us, endpoint.updated_us AS endpoint_updated_us"
void endpoint_from_row(struct rows *rows, struct arena *arena, struct endpoint *ret_endpoint);

#endif
