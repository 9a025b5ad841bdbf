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
		cmocka_unit_test(client_keys_are_public_and_strong),
	};
	return cmocka_run_group_tests_name("crypto/jose", tests, NULL, NULL);
}
