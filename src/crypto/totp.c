/* totp.c – liboath does the arithmetic. */
#include "crypto/totp.h"

#include <liboath/oath.h>
#include <stdlib.h>
#include <string.h>

#include "base/ensure.h"

#define STEP_S 30
#define DIGITS 6

const char *totp_secret_text(struct arena *arena, struct bytes secret)
{
	char *text;
	size_t length;

	ensure(oath_base32_encode((const char *)secret.data, secret.length, &text, &length) ==
	       OATH_OK);
	while (length > 0 && text[length - 1] == '=')
		length--;
	const char *kept = arena_strndup(arena, text, length);
	explicit_bzero(text, length);
	free(text);
	return kept;
}

bool totp_matches(struct bytes secret, const char *code, struct wall_time now, int64_t *ret_step)
{
	int offset;

	if (strlen(code) != DIGITS || strspn(code, "0123456789") != DIGITS)
		return false;
	int64_t step = now.us / 1000000 / STEP_S;
	for (int distance = -1; distance <= 1; distance++) {
		if (oath_totp_validate2((const char *)secret.data, secret.length,
					(time_t)((step + distance) * STEP_S), STEP_S, 0, 0, &offset,
					code) >= 0) {
			*ret_step = step + distance;
			return true;
		}
	}
	return false;
}
