/* pem.h – certificates and keys that people provide as text (RFC 7468). */
#ifndef GREFFIER_CRYPTO_PEM_H
#define GREFFIER_CRYPTO_PEM_H

#include <stdbool.h>
#include <stddef.h>

#define PEM_TEXT_MAX (64 * 1024) /* bytes */

/* Number of certificates in the text. Returns 0 when there is none or one of them cannot be
 * read. */
size_t pem_count_certificates(const char *text);
/* True when the file holds certificates and all of them can be read. */
bool pem_file_is_readable(const char *path);
/* True when a handshake with the first certificate's key is affordable. Only RSA keys over
 * PEM_RSA_BITS_MAX are not: a key of 16,384 bits takes 0.2 s of CPU time per handshake, and
 * other notifications wait meanwhile. */
#define PEM_RSA_BITS_MAX 4096
bool pem_key_is_affordable(const char *certificates);
/* True when the unencrypted private key belongs to the first certificate of the text. */
bool pem_key_fits(const char *certificates, const char *key);

#endif
