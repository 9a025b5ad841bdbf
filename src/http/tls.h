/* tls.h – the server's certificate and key, as OpenSSL wants them. Inside src/http only. */
#ifndef GREFFIER_HTTP_TLS_H
#define GREFFIER_HTTP_TLS_H

#include <openssl/ssl.h>

#include "base/error.h"

/* TLS 1.2 and later. SSL_CTX_free it. ERROR_CONFIGURATION says which file is at fault. */
SSL_CTX *tls_context_new(const char *certificate, const char *key, struct error *err);

#endif
