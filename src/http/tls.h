/* tls.h – loads the server's certificate and key for OpenSSL. Inside src/http only. */
#ifndef GREFFIER_HTTP_TLS_H
#define GREFFIER_HTTP_TLS_H

#include <openssl/ssl.h>

#include "base/error.h"

/* Makes a context for TLS 1.2 and later; free it with SSL_CTX_free. Fails with
 * ERROR_CONFIGURATION, which names the file. */
SSL_CTX *tls_context_new(const char *certificate, const char *key, struct error *err);

#endif
