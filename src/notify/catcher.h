/* catcher.h – catchers: receivers inside this server, for people who want to see notifications
 * without running a receiver.
 *
 * A catcher has a secret URL, <base>/catch/<token>. It stores the last requests sent there,
 * sealed, for some days, and answers each with the chosen status. It raises no event, so that
 * its requests cause no notifications. */
#ifndef GREFFIER_NOTIFY_CATCHER_H
#define GREFFIER_NOTIFY_CATCHER_H

#include <jansson.h>

#include "context/context.h"

#define CATCHER_PATH "/catch/"
#define CATCHER_TOKEN_LENGTH 43      /* of 0-9A-Za-z: 256 bits */
#define CATCHER_KEEPS 100            /* requests; older ones are deleted */
#define CATCHER_BODY_MAX (64 * 1024) /* bytes: the route's limit */
/* Bytes of names and values; further headers are not stored. */
#define CATCHER_HEADERS_MAX (16 * 1024)
#define CATCHER_LIFE_H 72            /* hours until it is deleted with its requests */
#define CATCHERS_MAX 5               /* per account */
#define CAUGHT_PAGE_MAX 25           /* requests per answer: 64 KiB each, and more in JSON */

/* JSON results are new references, NULL on error: {"id", "url", "answer", "caught", "kept",
 * "createdDate", "expiresDate"}. */
json_t *catcher_create(const struct context *context, const json_t *body, struct error *err);
json_t *catchers_list(const struct context *context, struct error *err);
json_t *catcher_read(const struct context *context, const char *id, struct error *err);
/* `body` is {"answer": a status from 200 to 599 that does not redirect}. */
json_t *catcher_change(const struct context *context, const char *id, const json_t *body,
		       struct error *err);
/* Deletes a catcher and its requests. Fails with ERROR_CATCHER_NOT_FOUND. */
MUST_CHECK bool catcher_remove(const struct context *context, const char *id,
			       struct error *err);
/* Lists requests with a number greater than `after`, newest first: {"results": [{"number",
 * "receivedDate", "method", "headers": [{"key", "value"}], "body", "isBase64", "size"}]}. */
json_t *caught_read(const struct context *context, const char *id, int64_t after,
		    int64_t limit, struct error *err);

/* Whether a URL is that of a catcher of this server. */
bool catcher_has_url(const struct access_config *config, const char *url);

struct catcher_header {
	const char *name, *value;
};
struct caught_request {
	const char *method;
	const struct catcher_header *headers;
	size_t header_count;
	struct bytes body;
};
struct catch_answer {
	int64_t status, number;
};
/* Stores a request sent to the URL with that token. The sender is not authenticated: everyone
 * who knows the URL may send. The context's account is ignored. `may_catch` is asked, with the
 * catcher's id, whether it may take one more request now. Fails with ERROR_CATCHER_NOT_FOUND. */
typedef bool catcher_admission(const char *catcher, void *arg, struct error *err);
MUST_CHECK bool catcher_catch(const struct context *context, const char *token,
			      const struct caught_request *request, catcher_admission *may_catch,
			      void *arg, struct catch_answer *ret_answer, struct error *err);

#endif
