/* expiry.c – see expiry.h. */
#include "outbound/expiry.h"

#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <stdio.h>
#include <time.h>

static void note(struct expiry *expiry, const X509 *certificate)
{
	struct tm tm;

	if (ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &tm) != 1 ||
	    strftime(expiry->date, sizeof(expiry->date), "%Y-%m-%d %H:%M UTC", &tm) == 0)
		expiry->date[0] = '\0';
}

/* The verdict stays OpenSSL's. */
static int on_verified(int ok, X509_STORE_CTX *context)
{
	const SSL *ssl = X509_STORE_CTX_get_ex_data(context, SSL_get_ex_data_X509_STORE_CTX_idx());
	const X509 *certificate = X509_STORE_CTX_get_current_cert(context);
	struct expiry *expiry = ssl ? SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)) : NULL;

	if (!ok && expiry && certificate &&
	    X509_STORE_CTX_get_error(context) == X509_V_ERR_CERT_HAS_EXPIRED)
		note(expiry, certificate);
	return ok;
}

CURLcode expiry_watch(CURL *easy, void *ssl_ctx, void *arg)
{
	SSL_CTX *context = ssl_ctx;

	if (SSL_CTX_get_verify_mode(context) != SSL_VERIFY_PEER)
		return CURLE_OK;
	SSL_CTX_set_app_data(context, arg);
	SSL_CTX_set_verify(context, SSL_VERIFY_PEER, on_verified);
	return CURLE_OK;
}
