/* mail.c – see mail.h. */
#include "mail/mail.h"

#include <string.h>
#include <strings.h>
#include <time.h>

#include "base/ensure.h"
#include "crypto/random.h"
#include "mail/template.h"
#include "store/mail_store.h"

#define FIRST_NAME "FIRST_NAME"
#define MAIL_ID_LENGTH 22

/* Made of templates/ by the build: the subject, an empty line, the body. */
#define MAIL(kind, values) extern const char mail_##kind##_en[], mail_##kind##_fr[];
#include "mail/mails.def"
#undef MAIL

static const struct {
	const char *english, *french;
	const char *values; /* names, separated by spaces */
} mails[MAIL_KIND_COUNT] = {
#define MAIL(kind, values) [MAIL_##kind] = {mail_##kind##_en, mail_##kind##_fr, values},
#include "mail/mails.def"
#undef MAIL
};

static bool is_french(const struct mail_recipient *recipient)
{
	return strncasecmp(recipient->language, "fr", 2) == 0;
}

/* "29 November 2026, 15:04 UTC", "29 novembre 2026 à 15 h 04 UTC": what no reader takes for another
 * day. */
static const char *date_text(struct arena *arena, struct wall_time time, bool french)
{
	static const char *const months[][2] = {
		{"January", "janvier"}, {"February", "février"},  {"March", "mars"},
		{"April", "avril"},	{"May", "mai"},		  {"June", "juin"},
		{"July", "juillet"},	{"August", "août"},	  {"September", "septembre"},
		{"October", "octobre"}, {"November", "novembre"}, {"December", "décembre"},
	};
	time_t seconds = (time_t)(time.us / 1000000);
	struct tm utc;

	gmtime_r(&seconds, &utc);
	return arena_printf(arena, french ? "%d %s %d à %d h %02d UTC" : "%d %s %d, %d:%02d UTC",
			    utc.tm_mday, months[utc.tm_mon][french], utc.tm_year + 1900,
			    utc.tm_hour, utc.tm_min);
}

/* ---- composing ---- */

struct filling {
	struct arena *arena;
	const struct mail_recipient *recipient;
	const struct mail_value *values;
	size_t count;
};

static const char *value_find(const char *name, size_t length, void *arg)
{
	const struct filling *filling = arg;

	if (length == strlen(FIRST_NAME) && strncmp(name, FIRST_NAME, length) == 0)
		return filling->recipient->first_name;
	for (size_t i = 0; i < filling->count; i++) {
		const struct mail_value *value = &filling->values[i];
		if (strlen(value->name) != length || strncmp(value->name, name, length) != 0)
			continue;
		return value->text ? value->text
				   : date_text(filling->arena, value->time,
					       is_french(filling->recipient));
	}
	return NULL;
}

static size_t word_count(const char *words)
{
	size_t count = *words != '\0';

	for (; *words; words++)
		count += *words == ' ';
	return count;
}

static bool values_are(enum mail_kind kind, const struct mail_value *values, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const char *found = strstr(mails[kind].values, values[i].name);
		if (!found || (found > mails[kind].values && found[-1] != ' '))
			return false;
	}
	return word_count(mails[kind].values) == count;
}

struct mail_composed mail_compose(struct arena *arena, const struct mail_recipient *recipient,
				  enum mail_kind kind, const struct mail_value *values,
				  size_t count)
{
	const char *template = is_french(recipient) ? mails[kind].french : mails[kind].english;
	struct filling filling = {arena, recipient, values, count};
	size_t subject = strcspn(template, "\n");

	ensure(values_are(kind, values, count));
	return (struct mail_composed){
		.subject = arena_strndup(arena, template, subject),
		.body = template_fill(arena, template + subject + strlen("\n\n"), value_find,
				      &filling),
	};
}

/* ---- queueing ---- */

bool mail_queue(const struct mail_context *context, struct txn *txn,
		const struct mail_recipient *recipient, enum mail_kind kind,
		const struct mail_value *values, size_t count, struct error *err)
{
	const struct mail_composed composed = mail_compose(context->arena, recipient, kind, values,
							   count);
	char id[MAIL_ID_LENGTH + 1];

	random_base62(id, MAIL_ID_LENGTH);
	const struct mail mail = {
		.account = recipient->account,
		.id = id,
		.recipient = recipient->email,
		.subject = composed.subject,
		.body_sealed = keyring_seal(context->keyring, context->arena,
					    arena_printf(context->arena, "mail:%s", id),
					    (struct bytes){(const unsigned char *)composed.body,
							   strlen(composed.body)}),
		.created = context->now,
		.due = context->queue_now,
	};
	txn_announce(txn, STORE_TOPIC_MAIL);
	return mail_insert(txn_db(txn), &mail, err) || error_wrap(err, "queueing a mail");
}
