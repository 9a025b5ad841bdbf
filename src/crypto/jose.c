/* jose.c – see jose.h. */
#include "crypto/jose.h"

#include <cjose/cjose.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/ensure.h"
#include "base/macros.h"
#include "base/words.h"

#define CLIENT_KEYS_MAX 10
#define ES256_BYTES 64		 /* of a signature: r and s */
#define RSA_MODULUS_TEXT_MIN 342 /* base64url of 256 bytes */

/* cjose's own type, under our name. */
static cjose_jwk_t *of(const struct jose_key *key)
{
	return (cjose_jwk_t *)(uintptr_t)key;
}

static const char *jwk_text(struct arena *arena, const cjose_jwk_t *jwk, bool private)
{
	char *text = cjose_jwk_to_json(jwk, private, NULL);
	ensure(text);
	const char *kept = arena_strdup(arena, text);
	explicit_bzero(text, strlen(text));
	cjose_get_dealloc()(text);
	return kept;
}

void jose_key_make(struct arena *arena, const char *kid, const char **ret_private_jwk,
		   const char **ret_public_jwk)
{
	cjose_jwk_t *jwk = cjose_jwk_create_EC_random(CJOSE_JWK_EC_P_256, NULL);

	ensure(jwk && cjose_jwk_set_kid(jwk, kid, strlen(kid), NULL));
	*ret_private_jwk = jwk_text(arena, jwk, true);
	*ret_public_jwk = jwk_text(arena, jwk, false);
	cjose_jwk_release(jwk);
}

struct jose_key *jose_key_load(struct bytes jwk)
{
	return (struct jose_key *)cjose_jwk_import((const char *)jwk.data, jwk.length, NULL);
}

void jose_key_free(struct jose_key *key)
{
	if (key)
		cjose_jwk_release(of(key));
}

/* ---- the form of a token ---- */

/* A compact JWS, taken apart. Nothing is verified. */
struct jws {
	json_t *header;
	unsigned char signature[JOSE_TOKEN_MAX];
	size_t signature_length;
};

static void jws_done(struct jws *jws)
{
	json_decref(jws->header);
}

/* Base64url has one spelling for each content (RFC 4648 section 3.5): the bits that no byte uses
 * are zero. Otherwise one token would have many texts, and what is known by its text would have
 * many names. */
static bool part_decode(const char *part, size_t length, unsigned char *ret_bytes,
			size_t *ret_length)
{
	const char *end;

	return sodium_base642bin(ret_bytes, JOSE_TOKEN_MAX, part, length, NULL, ret_length, &end,
				 sodium_base64_VARIANT_URLSAFE_NO_PADDING) == 0 &&
	       end == part + length;
}

/* RFC 7515 section 4.1.11: an extension that is not understood is refused, and none is understood
 * here. */
static json_t *header_read(const unsigned char *text, size_t length)
{
	json_t *header = json_loadb((const char *)text, length, JSON_REJECT_DUPLICATES, NULL);

	if (json_is_object(header) && !json_object_get(header, "crit"))
		return header;
	json_decref(header);
	return NULL;
}

/* RFC 7518 section 3.4: the two numbers of an ECDSA signature have a fixed width. With leading
 * zeros they would be the same numbers in another text. */
static bool signature_length_is_right(const struct jws *jws)
{
	static const struct {
		const char *algorithm;
		size_t length;
	} lengths[] = {{"ES256", ES256_BYTES}, {"ES384", 96}, {"ES512", 132}};
	const char *algorithm = json_string_value(json_object_get(jws->header, "alg"));

	for (size_t i = 0; algorithm && i < ARRAY_SIZE(lengths); i++) {
		if (strcmp(algorithm, lengths[i].algorithm) == 0)
			return jws->signature_length == lengths[i].length;
	}
	return true;
}

/* Three parts of canonical base64url, the first an object without `crit`. cjose checks more; this
 * keeps anything longer or stranger from it. jws_done on success. */
static bool jws_parse(const char *token, struct jws *ret_jws)
{
	static const char letters[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	unsigned char bytes[JOSE_TOKEN_MAX];
	size_t part[3], length;

	if (strnlen(token, JOSE_TOKEN_MAX + 1) > JOSE_TOKEN_MAX)
		return false;
	part[0] = strspn(token, letters);
	const char *payload = token + part[0] + 1;
	if (payload[-1] != '.')
		return false;
	part[1] = strspn(payload, letters);
	const char *signature = payload + part[1] + 1;
	if (signature[-1] != '.')
		return false;
	part[2] = strspn(signature, letters);
	if (!part[0] || !part[1] || !part[2] || signature[part[2]] != '\0' ||
	    !part_decode(payload, part[1], bytes, &length) ||
	    !part_decode(signature, part[2], ret_jws->signature, &ret_jws->signature_length) ||
	    !part_decode(token, part[0], bytes, &length))
		return false;
	ret_jws->header = header_read(bytes, length);
	if (ret_jws->header && signature_length_is_right(ret_jws))
		return true;
	jws_done(ret_jws);
	return false;
}

bool jose_header(struct arena *arena, const char *token, const char **ret_algorithm,
		 const char **ret_kid)
{
	struct jws jws;

	if (!jws_parse(token, &jws))
		return false;
	const char *algorithm = json_string_value(json_object_get(jws.header, "alg"));
	const char *kid = json_string_value(json_object_get(jws.header, "kid"));
	*ret_algorithm = arena_strdup(arena, algorithm ? algorithm : "");
	*ret_kid = arena_strdup(arena, kid ? kid : "");
	jws_done(&jws);
	return true;
}

/* ---- the two signatures of ES256 ---- */

/* The order n of P-256, and its half. When (r, s) verifies, so does (r, n − s): whoever has a token
 * can make a second text of it. Our own tokens have the lower s. */
static const unsigned char p256_order[32] = {0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00,
					     0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
					     0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84,
					     0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51};
static const unsigned char p256_half[32] = {0x7f, 0xff, 0xff, 0xff, 0x80, 0x00, 0x00, 0x00,
					    0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
					    0xde, 0x73, 0x7d, 0x56, 0xd3, 0x8b, 0xcf, 0x42,
					    0x79, 0xdc, 0xe5, 0x61, 0x7e, 0x31, 0x92, 0xa8};

static bool s_is_low(const unsigned char signature[ES256_BYTES])
{
	return memcmp(signature + 32, p256_half, sizeof(p256_half)) <= 0;
}

static void s_negate(unsigned char s[32])
{
	int borrow = 0;

	for (int i = 31; i >= 0; i--) {
		int difference = p256_order[i] - s[i] - borrow;
		borrow = difference < 0;
		s[i] = (unsigned char)difference;
	}
}

bool jose_signature_is_low(const char *token)
{
	struct jws jws;

	if (!jws_parse(token, &jws))
		return false;
	bool low = jws.signature_length == ES256_BYTES && s_is_low(jws.signature);
	jws_done(&jws);
	return low;
}

/* Of a token just signed with ES256: its text has the same length with either s. */
static void signature_make_low(char *token)
{
	unsigned char signature[ES256_BYTES];
	char *text = strrchr(token, '.') + 1;
	size_t length;

	ensure(sodium_base642bin(signature, sizeof(signature), text, strlen(text), NULL, &length,
				 NULL, sodium_base64_VARIANT_URLSAFE_NO_PADDING) == 0 &&
	       length == ES256_BYTES);
	if (s_is_low(signature))
		return;
	s_negate(signature + 32);
	sodium_bin2base64(text, strlen(text) + 1, signature, sizeof(signature),
			  sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

/* ---- signing and verifying ---- */

const char *jose_sign(const struct jose_key *key, struct arena *arena, const char *kid,
		      const char *type, const char *payload)
{
	const char *compact;
	cjose_header_t *header = cjose_header_new(NULL);

	ensure(header && cjose_header_set(header, CJOSE_HDR_ALG, CJOSE_HDR_ALG_ES256, NULL) &&
	       cjose_header_set(header, CJOSE_HDR_KID, kid, NULL) &&
	       cjose_header_set(header, "typ", type, NULL));
	cjose_jws_t *jws = cjose_jws_sign(of(key), header, (const uint8_t *)payload,
					  strlen(payload), NULL);
	ensure(jws && cjose_jws_export(jws, &compact, NULL));
	char *kept = arena_strdup(arena, compact);
	cjose_jws_release(jws);
	cjose_header_release(header);
	signature_make_low(kept);
	return kept;
}

static json_t *payload_verify(const struct jose_key *key, const char *token)
{
	json_t *payload = NULL;
	uint8_t *text;
	size_t length;

	cjose_jws_t *jws = cjose_jws_import(token, strlen(token), NULL);
	if (jws && cjose_jws_verify(jws, of(key), NULL) &&
	    cjose_jws_get_plaintext(jws, &text, &length, NULL))
		payload = json_loadb((const char *)text, length, JSON_REJECT_DUPLICATES, NULL);
	if (jws)
		cjose_jws_release(jws);
	if (payload && !json_is_object(payload)) {
		json_decref(payload);
		return NULL;
	}
	return payload;
}

json_t *jose_verify(const struct jose_key *key, const char *algorithm, const char *token)
{
	struct jws jws;

	if (!jws_parse(token, &jws))
		return NULL;
	const char *named = json_string_value(json_object_get(jws.header, "alg"));
	bool is_right = named && strcmp(named, algorithm) == 0;
	jws_done(&jws);
	return is_right ? payload_verify(key, token) : NULL;
}

const char *const jose_client_algorithms[] = {"RS256", "PS256", "ES256", "ES384", "ES512"};
const size_t jose_client_algorithm_count = ARRAY_SIZE(jose_client_algorithms);

bool jose_is_client_algorithm(const char *algorithm)
{
	return word_find(algorithm, jose_client_algorithms, jose_client_algorithm_count) !=
	       WORD_NONE;
}

static const char *member_text(const json_t *object, const char *member)
{
	const char *text = json_string_value(json_object_get(object, member));
	return text ? text : "";
}

static bool client_key_check(const json_t *jwk, size_t at, bool needs_kid, struct error *err)
{
	const char *kind = member_text(jwk, "kty");

	if (strcmp(kind, "RSA") != 0 && strcmp(kind, "EC") != 0)
		return error_set(err, ERROR_INVALID_FIELD,
				 "publicKeys.keys[%zu].kty: must be RSA or EC", at);
	if (json_object_get(jwk, "d"))
		return error_set(
			err, ERROR_INVALID_FIELD,
			"publicKeys.keys[%zu].d: this is a private key and now compromised: "
			"do not use it any more",
			at);
	if (needs_kid && !*member_text(jwk, "kid"))
		return error_set(err, ERROR_MISSING_FIELD,
				 "publicKeys.keys[%zu].kid: needed where there are several", at);
	if (*kind == 'R' && strlen(member_text(jwk, "n")) < RSA_MODULUS_TEXT_MIN)
		return error_set(err, ERROR_INVALID_FIELD,
				 "publicKeys.keys[%zu].n: RSA needs 2048 bits at least", at);
	char *text = json_dumps(jwk, JSON_COMPACT);
	ensure(text);
	scoped(jose_key) struct jose_key *key = jose_key_load(
		(struct bytes){(unsigned char *)text, strlen(text)});
	free(text);
	return key ||
	       error_set(err, ERROR_INVALID_FIELD, "publicKeys.keys[%zu]: not a usable key", at);
}

bool jose_check_client_keys(const json_t *jwks, struct error *err)
{
	const json_t *keys = json_object_get(jwks, "keys");
	size_t count = json_array_size(keys);

	if (!json_is_array(keys) || count > CLIENT_KEYS_MAX)
		return error_set(err, ERROR_INVALID_FIELD,
				 "publicKeys.keys: must be a list of %d keys at most",
				 CLIENT_KEYS_MAX);
	for (size_t i = 0; i < count; i++) {
		if (!client_key_check(json_array_get(keys, i), i, count > 1, err))
			return false;
	}
	return true;
}
