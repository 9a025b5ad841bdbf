/* jose_test.c – tokens we sign verify, and no other does: not with another key, another algorithm,
 * or none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/json.h"
#include "base/macros.h"
#include "base/text.h"
#include "crypto/jose.h"

static struct jose_key *key_make(struct arena *arena, const char **ret_public)
{
	const char *private_jwk;

	jose_key_make(arena, "grfjk00000000001", &private_jwk, ret_public);
	return jose_key_load(
		(struct bytes){(const unsigned char *)private_jwk, strlen(private_jwk)});
}

static struct bytes bytes_of(const char *text)
{
	return (struct bytes){(const unsigned char *)text, strlen(text)};
}

static void what_was_signed_verifies(void **state)
{
	scoped(arena) struct arena *arena = arena_new();
	const char *public_jwk, *algorithm, *kid;
	scoped(jose_key) struct jose_key *key = key_make(arena, &public_jwk);
	scoped(jose_key) struct jose_key *public_key = jose_key_load(bytes_of(public_jwk));

	const char *token = jose_sign(key, arena, "grfjk00000000001", "at+jwt", "{\"sub\":\"x\"}");
	assert_true(jose_header(arena, token, &algorithm, &kid));
	assert_string_equal(algorithm, "ES256");
	assert_string_equal(kid, "grfjk00000000001");
	scoped(json_t) json_t *claims = jose_verify(public_key, "ES256", token);
	assert_non_null(claims);
	assert_string_equal(json_text(claims, "sub"), "x");
	assert_null(strstr(public_jwk, "\"d\""));
}

/* Scanners look for the start of the header: it must be the same in every token. */
static void the_header_starts_with_a_fixed_text(void **state)
{
	scoped(arena) struct arena *arena = arena_new();
	const char *public_jwk;
	scoped(jose_key) struct jose_key *key = key_make(arena, &public_jwk);
	const char *token = jose_sign(key, arena, "grfjk00000000001", "at+jwt", "{}");
	static const char start[] = "{\"alg\":\"ES256\",\"kid\":\"grfjk";
	const char *expected = base64_encode(arena, start, strlen(start));

	assert_int_equal(strlen(start) % 3, 0);
	assert_true(strncmp(token, expected, strlen(expected)) == 0);
}

static void nothing_else_verifies(void **state)
{
	scoped(arena) struct arena *arena = arena_new();
	const char *public_jwk, *other_public;
	scoped(jose_key) struct jose_key *key = key_make(arena, &public_jwk);
	scoped(jose_key) struct jose_key *other = key_make(arena, &other_public);
	const char *token = jose_sign(key, arena, "k", "at+jwt", "{\"sub\":\"x\"}");
	char *changed = arena_strdup(arena, token);
	char *payload = strchr(changed, '.') + 1;

	assert_null(jose_verify(other, "ES256", token));
	assert_null(jose_verify(key, "ES384", token));
	assert_null(jose_verify(key, "RS256", token));
	payload[4] = payload[4] == 'A' ? 'B' : 'A';
	assert_null(jose_verify(key, "ES256", changed));
	static const char *const refused[] = {
		"",
		".",
		"..",
		"a.b.c",
		"a.b",
		"eyJhbGciOiJub25lIn0.e30.",
		"eyJhbGciOiJub25lIn0.e30.e30",
		"eyJhbGciOiJIUzI1NiJ9.e30.e30",
		"eyJhbGciOiJFUzI1NiJ9.e30.e30.e30",
		"eyJhbGciOiJFUzI1NiJ9.e30.e30 ",
	};
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++)
		assert_null(jose_verify(key, "ES256", refused[i]));
}

/* A token whose part (0 to 2) has its last letter replaced by one that decodes to the same bytes,
 * and then padding bits. */
static const char *other_spelling(struct arena *arena, const char *token, int part)
{
	static const char letters[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	char *text = arena_strdup(arena, token), *end = text;

	for (int i = 0; i < part; i++)
		end = strchr(end, '.') + 1;
	end += strcspn(end, ".") - 1;
	*end = letters[(size_t)(strchr(letters, *end) - letters) + 1];
	return text;
}

/* `header` and `payload` in base64url without padding, then the token's own signature. */
static const char *with_header(struct arena *arena, const char *header, const char *token)
{
	char *encoded = base64url_encode(arena, header, strlen(header));

	encoded[strcspn(encoded, "=")] = '\0';
	return arena_printf(arena, "%s%s", encoded, strchr(token, '.'));
}

static void a_token_has_one_text(void **state)
{
	scoped(arena) struct arena *arena = arena_new();
	const char *public_jwk, *algorithm, *kid;
	scoped(jose_key) struct jose_key *key = key_make(arena, &public_jwk);

	for (int i = 0; i < 50; i++) { /* s is high in half of all signatures */
		const char *token = jose_sign(key, arena, "grfjk00000000001", "at+jwt",
					      "{\"sub\":\"xy\"}");
		assert_true(jose_signature_is_low(token));
		scoped(json_t) json_t *claims = jose_verify(key, "ES256", token);
		assert_non_null(claims);
	}
	/* 43 bytes of header, 13 of payload, 64 of signature: none fills its last letter. */
	const char *token = jose_sign(key, arena, "kk", "at+jwt", "{\"sub\":\"xyz\"}");
	for (int part = 0; part < 3; part++) {
		const char *other = other_spelling(arena, token, part);
		assert_string_not_equal(other, token);
		assert_false(jose_header(arena, other, &algorithm, &kid));
		assert_null(jose_verify(key, "ES256", other));
		assert_false(jose_signature_is_low(other));
	}
}

/* n − s instead of s verifies, by the mathematics of ECDSA: it must be told from what we sign. */
static void the_other_s_is_told(void **state)
{
	static const unsigned char order[] = {0xff, 0xff, 0xff, 0xff, 0,    0,	  0,	0,
					      0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
					      0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84,
					      0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51};
	scoped(arena) struct arena *arena = arena_new();
	const char *public_jwk;
	scoped(jose_key) struct jose_key *key = key_make(arena, &public_jwk);
	const char *token = jose_sign(key, arena, "k", "at+jwt", "{\"sub\":\"x\"}");
	const char *text = strrchr(token, '.') + 1;
	struct bytes decoded;
	unsigned char signature[64];
	int borrow = 0;

	assert_true(base64_decode(arena, arena_printf(arena, "%s==", text), strlen(text) + 2,
				  &decoded));
	assert_int_equal(decoded.length, sizeof(signature));
	memcpy(signature, decoded.data, sizeof(signature));
	for (int i = 31; i >= 0; i--) {
		int difference = order[i] - signature[32 + i] - borrow;
		borrow = difference < 0;
		signature[32 + i] = (unsigned char)difference;
	}
	char *encoded = base64url_encode(arena, signature, sizeof(signature));
	encoded[strcspn(encoded, "=")] = '\0';
	const char *other = arena_printf(arena, "%.*s%s", (int)(text - token), token, encoded);
	scoped(json_t) json_t *claims = jose_verify(key, "ES256", other);
	assert_non_null(claims);
	assert_false(jose_signature_is_low(other));
}

static void critical_extensions_are_refused(void **state)
{
	static const char *const headers[] = {
		"{\"alg\":\"ES256\",\"crit\":[\"exp\"]}",
		"{\"alg\":\"ES256\",\"crit\":[\"b64\"],\"b64\":false}",
		"{\"alg\":\"ES256\",\"crit\":[]}",
		"{\"alg\":\"ES256\",\"crit\":null}",
		"{\"alg\":\"none\",\"alg\":\"ES256\"}",
		"[\"ES256\"]",
	};
	scoped(arena) struct arena *arena = arena_new();
	const char *public_jwk, *algorithm, *kid;
	scoped(jose_key) struct jose_key *key = key_make(arena, &public_jwk);
	const char *token = jose_sign(key, arena, "k", "at+jwt", "{}");

	assert_true(jose_header(arena, with_header(arena, "{\"alg\":\"ES256\"}", token), &algorithm,
				&kid));
	for (size_t i = 0; i < ARRAY_SIZE(headers); i++)
		assert_false(jose_header(arena, with_header(arena, headers[i], token), &algorithm,
					 &kid));
}

static void client_keys_are_public_and_strong(void **state)
{
	static const struct {
		const char *jwks;
		bool good;
	} rows[] = {
		{"{\"keys\":[]}", true},
		{"{}", false},
		{"{\"keys\":{}}", false},
		{"{\"keys\":[{\"kty\":\"oct\",\"k\":\"AAAA\"}]}", false},
		{"{\"keys\":[{\"kty\":\"RSA\",\"n\":\"AQAB\",\"e\":\"AQAB\"}]}", false},
		{"{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AA\",\"y\":\"AA\"}]}",
		 false},
		{"{\"keys\":[7]}", false},
	};
	scoped(arena) struct arena *arena = arena_new();
	const char *public_jwk, *private_jwk;
	struct error err;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		scoped(json_t) json_t *jwks = json_loads(rows[i].jwks, 0, NULL);
		assert_int_equal(jose_check_client_keys(jwks, &err), rows[i].good);
	}
	jose_key_make(arena, "k1", &private_jwk, &public_jwk);
	scoped(json_t) json_t *good = json_loads(arena_printf(arena, "{\"keys\":[%s]}", public_jwk),
						 0, NULL);
	scoped(json_t) json_t *bad = json_loads(arena_printf(arena, "{\"keys\":[%s]}", private_jwk),
						0, NULL);
	assert_true(jose_check_client_keys(good, &err));
	assert_false(jose_check_client_keys(bad, &err));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_signed_verifies),
		cmocka_unit_test(the_header_starts_with_a_fixed_text),
		cmocka_unit_test(nothing_else_verifies),
		cmocka_unit_test(a_token_has_one_text),
		cmocka_unit_test(the_other_s_is_told),
		cmocka_unit_test(critical_extensions_are_refused),
		cmocka_unit_test(client_keys_are_public_and_strong),
	};
	return cmocka_run_group_tests_name("crypto/jose", tests, NULL, NULL);
}
