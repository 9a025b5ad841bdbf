/* digest.c – see digest.h. */
#include "crypto/digest.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <sodium.h>
#include <string.h>

void sha256(const void *data, size_t length, unsigned char ret_digest[SHA256_BYTES])
{
	crypto_hash_sha256(ret_digest, data, length);
}

void hmac_sha256(struct bytes key, struct bytes message, unsigned char ret_mac[SHA256_BYTES])
{
	crypto_auth_hmacsha256_state state;

	crypto_auth_hmacsha256_init(&state, key.data, key.length);
	crypto_auth_hmacsha256_update(&state, message.data, message.length);
	crypto_auth_hmacsha256_final(&state, ret_mac);
}

bool ecdsa_verify(const char *pem, struct bytes message, struct bytes signature)
{
	BIO *text = BIO_new_mem_buf(pem, (int)strlen(pem));
	EVP_PKEY *key = text ? PEM_read_bio_PUBKEY(text, NULL, NULL, NULL) : NULL;
	EVP_MD_CTX *context = EVP_MD_CTX_new();

	bool right = key && context && EVP_PKEY_base_id(key) == EVP_PKEY_EC &&
		     EVP_DigestVerifyInit(context, NULL, EVP_sha256(), NULL, key) == 1 &&
		     EVP_DigestVerify(context, signature.data, signature.length, message.data,
				      message.length) == 1;
	EVP_MD_CTX_free(context);
	EVP_PKEY_free(key);
	BIO_free(text);
	return right;
}
