/* event_json.h – an event and an attempt as the API shows them. Inside src/api only. */
#ifndef GREFFIER_API_EVENT_JSON_H
#define GREFFIER_API_EVENT_JSON_H

#include <jansson.h>

#include "store/delivery_store.h"

/* {sequence, id, name, packageId, sessionUser, message, documentId, createdDate}, and the extra members of its type. An expunged
 * one says so. New reference. */
json_t *event_to_json(const struct event *event);
/* With all that is known of the request and of how far it came. New reference. */
json_t *attempt_to_json(const struct attempt *attempt);

#endif
