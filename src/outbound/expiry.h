/* expiry.h – until when a receiver's certificate was valid that has expired: OpenSSL says that it has, and not when. Inside
 * src/outbound only. */
#ifndef GREFFIER_OUTBOUND_EXPIRY_H
#define GREFFIER_OUTBOUND_EXPIRY_H

#include <curl/curl.h>

struct expiry {
	char date[24]; /* "2026-01-31 12:00 UTC"; "" as long as none was met */
};

/* A CURLOPT_SSL_CTX_FUNCTION; `arg` is a struct expiry, which lives as long as the handle's connections. What is accepted stays as
 * it was. */
CURLcode expiry_watch(CURL *easy, void *ssl_ctx, void *arg);

#endif
