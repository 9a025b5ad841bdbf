/* event_json.h – an event as the API shows it. Inside src/api only. */
#ifndef GREFFIER_API_EVENT_JSON_H
#define GREFFIER_API_EVENT_JSON_H

#include <jansson.h>

#include "store/event_store.h"

/* {sequence, id, name, packageId, sessionUser, message, documentId, createdDate}, and the extra members of its type. An expunged
 * one says so. New reference. */
json_t *event_to_json(const struct event *event);

#endif
