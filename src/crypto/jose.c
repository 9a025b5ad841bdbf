/* jose.c – see jose.h. */
#include "crypto/jose.h"

#include <cjose/cjose.h>
#include <stdlib.h>
#include <string.h>

#include "base/ensure.h"
#include "base/macros.h"

#define CLIENT_KEYS_MAX 10
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
	const char *kept = arena_strdup(arena, compact);
	cjose_jws_release(jws);
	cjose_header_release(header);
	return kept;
}

/* Three parts of base64url. cjose checks more; this keeps anything longer or stranger from it. */
static bool form_is_right(const char *token)
{
	static const char letters[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	size_t length = strnlen(token, JOSE_TOKEN_MAX + 1), at = 0;

	for (int part = 0; part < 3; part++) {
		size_t part_length = strspn(token + at, letters);
		if (part_length == 0)
			return false;
		at += part_length;
		if (part < 2 && token[at++] != '.')
			return false;
	}
	return length <= JOSE_TOKEN_MAX && at == length;
}

static cjose_jws_t *jws_read(const char *token)
{
	return form_is_right(token) ? cjose_jws_import(token, strlen(token), NULL) : NULL;
}

bool jose_header(struct arena *arena, const char *token, const char **ret_algorithm,
		 const char **ret_kid)
{
	cjose_jws_t *jws = jws_read(token);
	if (!jws)
		return false;
	cjose_header_t *header = cjose_jws_get_protected(jws);
	const char *algorithm = cjose_header_get(header, CJOSE_HDR_ALG, NULL);
	const char *kid = cjose_header_get(header, CJOSE_HDR_KID, NULL);
	*ret_algorithm = arena_strdup(arena, algorithm ? algorithm : "");
	*ret_kid = arena_strdup(arena, kid ? kid : "");
	cjose_jws_release(jws);
	return true;
}

json_t *jose_verify(const struct jose_key *key, const char *algorithm, const char *token)
{
	json_t *payload = NULL;
	uint8_t *text;
	size_t length;

	cjose_jws_t *jws = jws_read(token);
	if (!jws)
		return NULL;
	const char *named = cjose_header_get(cjose_jws_get_protected(jws), CJOSE_HDR_ALG, NULL);
	if (named && strcmp(named, algorithm) == 0 && cjose_jws_verify(jws, of(key), NULL) &&
	    cjose_jws_get_plaintext(jws, &text, &length, NULL))
		payload = json_loadb((const char *)text, length, JSON_REJECT_DUPLICATES, NULL);
	cjose_jws_release(jws);
	if (payload && !json_is_object(payload)) {
		json_decref(payload);
		return NULL;
	}
	return payload;
}

const char *const jose_client_algorithms[] = {"RS256", "PS256", "ES256", "ES384", "ES512"};
const size_t jose_client_algorithm_count = ARRAY_SIZE(jose_client_algorithms);

bool jose_is_client_algorithm(const char *algorithm)
{
	for (size_t i = 0; i < jose_client_algorithm_count; i++) {
		if (strcmp(algorithm, jose_client_algorithms[i]) == 0)
			return true;
	}
	return false;
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
		return error_set(err, ERROR_INVALID_FIELD,
				 "publicKeys.keys[%zu].d: this is a private key; it is known now, "
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
