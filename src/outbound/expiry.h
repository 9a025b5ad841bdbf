/* expiry.h – finds the end of validity of a receiver's expired certificate. OpenSSL reports that
 * it has expired, but not when. Inside src/outbound only. */
#ifndef GREFFIER_OUTBOUND_EXPIRY_H
#define GREFFIER_OUTBOUND_EXPIRY_H

#include <curl/curl.h>

struct expiry {
	char date[24]; /* "2026-01-31 12:00 UTC"; "" while no expired certificate was seen */
};

/* A callback for CURLOPT_SSL_CTX_FUNCTION. `arg` is a struct expiry, which must outlive the
 * handle's connections. Does not change which certificates are accepted. */
CURLcode expiry_watch(CURL *easy, void *ssl_ctx, void *arg);

#endif
