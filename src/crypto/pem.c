/* pem.c – see pem.h. */
#include "crypto/pem.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <string.h>

static BIO *open_text(const char *text)
{
	return BIO_new_mem_buf(text, (int)strlen(text));
}

/* Encrypted keys are refused rather than asked for on a terminal. */
static int no_password(char *buffer, int size, int writing, void *arg)
{
	return -1;
}

size_t pem_count_certificates(const char *text)
{
	size_t count = 0;
	X509 *certificate;

	if (strlen(text) > PEM_TEXT_MAX)
		return 0;
	BIO *bio = open_text(text);
	while ((certificate = PEM_read_bio_X509(bio, NULL, no_password, NULL))) {
		X509_free(certificate);
		count++;
	}
	/* Ends with "no more", unless something was wrong before the end. */
	if (ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE)
		count = 0;
	ERR_clear_error();
	BIO_free(bio);
	return count;
}

bool pem_file_is_readable(const char *path)
{
	X509_STORE *certificates = X509_STORE_new();
	bool readable = certificates && X509_STORE_load_file(certificates, path) == 1;

	X509_STORE_free(certificates);
	ERR_clear_error();
	return readable;
}

bool pem_key_is_affordable(const char *certificates)
{
	if (strlen(certificates) > PEM_TEXT_MAX)
		return false;
	BIO *bio = open_text(certificates);
	X509 *certificate = PEM_read_bio_X509(bio, NULL, no_password, NULL);
	const EVP_PKEY *key = certificate ? X509_get0_pubkey(certificate) : NULL;
	bool affordable = key && (EVP_PKEY_get_base_id(key) == EVP_PKEY_EC ||
				  EVP_PKEY_get_bits(key) <= PEM_RSA_BITS_MAX);

	BIO_free(bio);
	X509_free(certificate);
	ERR_clear_error();
	return affordable;
}

bool pem_key_fits(const char *certificates, const char *key)
{
	if (strlen(certificates) > PEM_TEXT_MAX || strlen(key) > PEM_TEXT_MAX)
		return false;
	BIO *bio = open_text(certificates);
	X509 *certificate = PEM_read_bio_X509(bio, NULL, no_password, NULL);
	BIO_free(bio);
	bio = open_text(key);
	EVP_PKEY *private_key = PEM_read_bio_PrivateKey(bio, NULL, no_password, NULL);
	BIO_free(bio);
	bool fits = certificate && private_key &&
		    X509_check_private_key(certificate, private_key) == 1;
	EVP_PKEY_free(private_key);
	X509_free(certificate);
	ERR_clear_error();
	return fits;
}
