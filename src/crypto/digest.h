/* digest.h – SHA-256 and HMAC for values that other systems compute too, and signatures of leak
 * reports. */
#ifndef GREFFIER_CRYPTO_DIGEST_H
#define GREFFIER_CRYPTO_DIGEST_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

#define SHA256_BYTES 32
void sha256(const void *data, size_t length, unsigned char ret_digest[SHA256_BYTES]);
void hmac_sha256(struct bytes key, struct bytes message, unsigned char ret_mac[SHA256_BYTES]);

/* Verifies an ECDSA signature (P-256, SHA-256, DER). GitHub's secret scanning signs its reports
 * in this way (docs.github.com, "Secret scanning partner program"). `pem` is the public key. */
bool ecdsa_verify(const char *pem, struct bytes message, struct bytes signature);

#endif
