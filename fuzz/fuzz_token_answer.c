/* fuzz_token_answer.c – what an authorization server answers to a token request. Stresses statuses,
 * types of members, lives out of range, tokens that no header may hold; a token that is accepted
 * must fit into one. The first byte is the status. */
#include <stdint.h>
#include <string.h>

#include "base/ensure.h"
#include "outbound/authorization.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fits_a_header(const char *token)
{
	ensure(*token && strlen(token) <= TOKEN_TEXT_MAX);
	for (const char *c = token; *c; c++)
		ensure(*c > 0x20 && *c < 0x7f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const long statuses[] = {200, 201, 302, 400, 401, 429, 500, 503};

	if (size == 0)
		return 0;
	scoped(arena) struct arena *arena = arena_new();
	const struct token_answer answer = token_answer_read(arena, statuses[data[0] % 8],
							     (struct bytes){data + 1, size - 1});
	ensure((answer.access_token == NULL) == (answer.problem != NULL));
	if (!answer.access_token)
		return 0;
	fits_a_header(answer.access_token);
	ensure(answer.life.us > 0);
	if (answer.refresh_token)
		ensure(strlen(answer.refresh_token) <= TOKEN_TEXT_MAX);
	return 0;
}
