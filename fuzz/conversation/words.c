/* words.c – see words.h. */
#include "conversation/words.h"

#include <stdio.h>
#include <string.h>

#include "base/macros.h"

static const char *const hostile[] = {
	"",
	"0",
	"-1",
	"..",
	"%00",
	"null",
	"a\xff\xfe",
	"\xed\xa0\x80",
	"\xc3",
	"e\xcc\x81t\xc3\xa9",
	"' OR 1=1 --",
	"<script>",
	"ann@bank.example",
	"ANN@bank.example",
	"Role1",
	"default-consent",
	"SENT",
	"TRASHED",
	"2027-01-15T00:00Z",
	"1970-01-01T00:00:00.000Z",
	"9999-12-31T23:59:59Z",
	"EMAIL_BOUNCE",
	"PACKAGE_CREATE",
	"PACKAGE_COMPLETE",
	"ECM",
	"salesforceOauth2",
	"Basic",
	"application/x-www-form-urlencoded",
	"eyJhbGciOiJub25lIn0.e30.",
	"whsec_AAAA",
	"QUJD",
};

static const char *const urls[] = {
	"http://127.0.0.1:%u/hook",
	"http://127.0.0.1:%u/token?q=secret",
	"http://user:word@127.0.0.1:%u/",
	"http://127.0.0.1:9/",
	"https://127.0.0.1:%u/",
	"http://10.0.0.1/",
	"http://[::1]:%u/",
	"http://[::ffff:127.0.0.1]:%u/",
	"http://169.254.169.254/latest",
	"http://nowhere.invalid/",
	"http://127.0.0.1:0/",
	"ftp://127.0.0.1/",
	"http://",
	"//",
	"javascript:alert(1)",
};

void words_begin(struct words *words, unsigned peer_port)
{
	words->count = 0;
	words->peer_port = peer_port;
}

void words_add(struct words *words, const char *collection, const char *word)
{
	if (words->count == WORDS_MAX || strlen(word) >= WORD_LENGTH_MAX)
		return;
	for (size_t i = 0; i < words->count; i++) {
		if (strcmp(words->list[i], word) == 0)
			return;
	}
	snprintf(words->collection[words->count], COLLECTION_MAX, "%s", collection);
	strcpy(words->list[words->count++], word);
}

static bool names_an_id(const char *member)
{
	size_t length = strlen(member);

	return strcmp(member, "id") == 0 || strcmp(member, "uid") == 0 ||
	       strcmp(member, "value") == 0 ||
	       (length > 2 && strcmp(member + length - 2, "Id") == 0);
}

void words_harvest(struct words *words, const char *collection, const json_t *answer)
{
	const char *member;
	size_t index;
	json_t *value;

	json_object_foreach((json_t *)(uintptr_t)answer, member, value)
	{
		if (json_is_string(value) && names_an_id(member))
			words_add(words, collection, json_string_value(value));
		else
			words_harvest(words, collection, value);
	}
	json_array_foreach(answer, index, value) words_harvest(words, collection, value);
}

const char *words_choose(struct words *words, struct choices *choices)
{
	unsigned known = (unsigned)words->count;
	unsigned which = choose(choices, known + ARRAY_SIZE(hostile));

	return which < known ? words->list[which] : hostile[which - known];
}

const char *words_choose_of(struct words *words, const char *collection, struct choices *choices)
{
	size_t mine[WORDS_MAX], count = 0;

	for (size_t i = 0; i < words->count; i++) {
		if (strcmp(words->collection[i], collection) == 0)
			mine[count++] = i;
	}
	unsigned choice = choose(choices, 64);
	if (count == 0 || choice >= 56)
		return words_choose(words, choices);
	return words->list[mine[choice % count]];
}

const char *words_choose_url(struct words *words, struct choices *choices)
{
	static char url[WORD_LENGTH_MAX];
	const char *pattern = urls[choose(choices, ARRAY_SIZE(urls))];
	const char *port = strstr(pattern, "%u");

	if (!port)
		return pattern;
	snprintf(url, sizeof(url), "%.*s%u%s", (int)(port - pattern), pattern, words->peer_port,
		 port + 2);
	return url;
}
