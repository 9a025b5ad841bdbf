/* catcher.h – a receiver inside this server, so that somebody sees notifications without a receiver of their own.
 *
 * A catcher has a URL that nobody guesses, <base>/catch/<token>. It keeps the last requests that come there, sealed, for some
 * days, answers each with the status that it was told, and raises no event: what comes to it goes nowhere. */
#ifndef GREFFIER_NOTIFY_CATCHER_H
#define GREFFIER_NOTIFY_CATCHER_H

#include <jansson.h>

#include "context/context.h"

#define CATCHER_PATH "/catch/"
#define CATCHER_TOKEN_LENGTH 43      /* of 0-9A-Za-z: 256 bits */
#define CATCHER_KEEPS 100            /* requests; older ones go */
#define CATCHER_BODY_MAX (64 * 1024) /* bytes: the route's limit */
#define CATCHER_HEADERS_MAX (16 * 1024) /* bytes of names and values that are kept; further headers are not */
#define CATCHER_LIFE_H 72            /* then it is gone with all it keeps */
#define CATCHERS_MAX 5               /* of an account */
#define CAUGHT_PAGE_MAX 25           /* requests of one answer: 64 KiB each, and more in JSON */

/* JSON results are new references, NULL on error. {"id", "url", "answer", "caught", "kept", "createdDate", "expiresDate"}. */
json_t *catcher_create(const struct context *context, const json_t *body, struct error *err);
json_t *catchers_list(const struct context *context, struct error *err);
json_t *catcher_read(const struct context *context, const char *id, struct error *err);
/* `body`: {"answer": a status from 200 to 599, but none that redirects}. */
json_t *catcher_change(const struct context *context, const char *id, const json_t *body,
		       struct error *err);
/* With all it keeps. ERROR_CATCHER_NOT_FOUND. */
MUST_CHECK bool catcher_remove(const struct context *context, const char *id,
			       struct error *err);
/* {"results": [{"number", "receivedDate", "method", "headers": [{"key", "value"}], "body", "isBase64", "size"}]}: newest first,
 * those with a number greater than `after`. */
json_t *caught_read(const struct context *context, const char *id, int64_t after,
		    int64_t limit, struct error *err);

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
/* Keeps a request that came to the URL with that token. The caller proves nothing: whoever knows the URL may send there. The
 * context's account is ignored. *ret_id is the catcher's before anything is kept: `may_catch` says whether it may take one more now.
 * ERROR_CATCHER_NOT_FOUND. */
typedef bool catcher_admission(const char *catcher, void *arg, struct error *err);
MUST_CHECK bool catcher_catch(const struct context *context, const char *token,
			      const struct caught_request *request, catcher_admission *may_catch,
			      void *arg, struct catch_answer *ret_answer, struct error *err);

#endif
