/* package_divide.h – divides packages that version 0.3 stored as one text into members and
 * parts. */
#ifndef GREFFIER_SIGNING_PACKAGE_DIVIDE_H
#define GREFFIER_SIGNING_PACKAGE_DIVIDE_H

#include "store/package_store.h"

/* Divides record->whole, which becomes "", and makes the texts for searches. Texts live in
 * `arena`. Fails with ERROR_NO_MEMORY. */
MUST_CHECK bool package_text_divide(struct arena *arena, struct package_record *record,
				    struct package_parts *ret_parts, struct error *err);

/* Divides a few stored packages, once no node of version 0.3 is connected. *ret_more is true
 * when there may be others. */
MUST_CHECK bool packages_divide_step(struct session *session, bool *ret_more, struct error *err);

#endif
