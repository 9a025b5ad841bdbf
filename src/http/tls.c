/* tls.c – see tls.h. */
#include "http/tls.h"

#include <openssl/err.h>

static bool refuse(struct error *err, const char *what, const char *path)
{
	const char *reason = ERR_reason_error_string(ERR_peek_last_error());

	ERR_clear_error();
	return error_set(err, ERROR_CONFIGURATION, "%s %s: %s", what, path,
			 reason ? reason : "cannot be read");
}

static bool context_fill(SSL_CTX *context, const char *certificate, const char *key,
			 struct error *err)
{
	if (SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) != 1)
		return error_set(err, ERROR_CONFIGURATION, "TLS 1.2 is not available");
	if (SSL_CTX_use_certificate_chain_file(context, certificate) != 1)
		return refuse(err, "--tls-certificate", certificate);
	if (SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) != 1)
		return refuse(err, "--tls-key", key);
	if (SSL_CTX_check_private_key(context) != 1)
		return refuse(err, "--tls-key does not belong to the certificate:", key);
	SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
	return true;
}

SSL_CTX *tls_context_new(const char *certificate, const char *key, struct error *err)
{
	SSL_CTX *context = SSL_CTX_new(TLS_server_method());

	if (!context) {
		(void)error_set(err, ERROR_CONFIGURATION, "OpenSSL cannot start");
		return NULL;
	}
	if (!context_fill(context, certificate, key, err)) {
		SSL_CTX_free(context);
		return NULL;
	}
	return context;
}
