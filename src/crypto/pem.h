/* pem.h – certificates and keys that people hand in as text (RFC 7468). */
#ifndef GREFFIER_CRYPTO_PEM_H
#define GREFFIER_CRYPTO_PEM_H

#include <stdbool.h>
#include <stddef.h>

#define PEM_TEXT_MAX (64 * 1024) /* bytes */

/* How many certificates the text holds; 0 when one of them cannot be read, or there is none. */
size_t pem_count_certificates(const char *text);
/* Whether the file holds certificates, all readable. */
bool pem_file_is_readable(const char *path);
/* Whether the first certificate's key is of a size that a handshake can afford: all but RSA keys of more than PEM_RSA_BITS_MAX. One of
 * 16,384 bits takes a core 0.2 s for each, and others' notifications wait meanwhile. */
#define PEM_RSA_BITS_MAX 4096
bool pem_key_is_affordable(const char *certificates);
/* Whether the private key (not encrypted) belongs to the text's first certificate. */
bool pem_key_fits(const char *certificates, const char *key);

#endif
