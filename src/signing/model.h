/* model.h – the members of all objects of the package model: one table (model_table.c) and the
 * functions that apply it.
 *
 * Clients send members of newer versions and omit others, and some (the Java SDK) fail on an
 * unexpected null. Input is therefore reduced to the members of the table, with their types
 * checked and nulls removed. Members marked as never null get a default. */
#ifndef GREFFIER_SIGNING_MODEL_H
#define GREFFIER_SIGNING_MODEL_H

#include <jansson.h>

#include "base/error.h"

#define MODEL_TEXT_MAX 65536 /* bytes of one text */
#define MODEL_LIST_MAX 1000  /* entries of one list */

enum model_type {
	MODEL_NONE,
	MODEL_PACKAGE,
	MODEL_ROLE,
	MODEL_SIGNER,
	MODEL_AUTH,
	MODEL_CHALLENGE,
	MODEL_IDV_WORKFLOW,
	MODEL_KBA,
	MODEL_DELIVERY,
	MODEL_NOTIFICATION_METHODS,
	MODEL_GROUP,
	MODEL_ADDRESS,
	MODEL_EXTERNAL,
	MODEL_SIGNATURE_STYLE,
	MODEL_CONTENT,
	MODEL_ATTACHMENT_REQUIREMENT,
	MODEL_ATTACHMENT_FILE,
	MODEL_DOCUMENT,
	MODEL_PAGE,
	MODEL_APPROVAL,
	MODEL_FIELD,
	MODEL_FIELD_VALIDATION,
	MODEL_EXTRACT_ANCHOR,
	MODEL_CONDITION,
	MODEL_MESSAGE,
	MODEL_MESSAGE_USER,
	MODEL_REFERENCE,
	MODEL_LIMITS,
	MODEL_SIGNED_DELIVERY,
	MODEL_SETTINGS,
	MODEL_CEREMONY,
	MODEL_CEREMONY_EVENTS,
	MODEL_CEREMONY_COMPLETE,
	MODEL_LINK,
	MODEL_TOOLBAR,
	MODEL_TYPE_COUNT
};

enum model_kind {
	MODEL_KIND_TEXT,
	MODEL_KIND_BOOL,
	MODEL_KIND_INT,
	MODEL_KIND_NUMBER,
	MODEL_KIND_DATE,   /* stored as YYYY-MM-DDTHH:MM:SS.mmmZ */
	MODEL_KIND_OBJECT, /* an object of `type` */
	MODEL_KIND_LIST,   /* a list of objects of `type` */
	MODEL_KIND_TEXTS,  /* a list of texts */
	MODEL_KIND_MAP,    /* an object with members of the client's choice; kept unchanged */
};

enum model_flags {
	MODEL_NEVER_NULL = 1, /* clients fail on null: an absent member gets its default */
	MODEL_SERVER = 2,     /* set by the server only: a client's value is dropped */
};

struct model_member {
	const char *name;
	enum model_kind kind;
	enum model_type type;
	unsigned flags;
	const char *default_text; /* in place of "", false, 0, [] or {}: "true" or a text */
};

struct model_object {
	const struct model_member *members;
	size_t count;
};
extern const struct model_object model_objects[MODEL_TYPE_COUNT];

/* Returns a reduced copy as a new reference: known members that are present, with their types
 * checked. Fails with ERROR_INVALID_FIELD, which names the member:
 * "documents[0].approvals[1].role". */
json_t *model_reduce(enum model_type type, const json_t *input, struct error *err);
/* Adds the defaults of all never-null members, recursively and in place. */
void model_complete(enum model_type type, json_t *object);

#endif
