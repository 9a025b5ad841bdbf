/* mails.c – the texts, and putting one into the queue. */
#include "access/mails.h"

#include <string.h>

#include "crypto/random.h"
#include "store/mail_store.h"

struct mail_text {
	const char *subject,
		*body; /* the body has %1$s for the name, %2$s and %3$s for the two texts */
};

enum {
	ENGLISH,
	FRENCH,
	LANGUAGE_COUNT
};

#define LEAK_END_EN \
	"\n\nSomeone reported that a credential of your account can be read by others:\n\n" \
	"  %2$s\n  found at: %3$s\n\n"
#define LEAK_END_FR \
	"\n\nIl nous a été signalé qu'un identifiant secret de votre compte " \
	"peut être lu par d'autres :\n\n  %2$s\n  trouvé ici : %3$s\n\n"

static const struct mail_text texts[MAIL_KIND_COUNT][LANGUAGE_COUNT] = {
	[MAIL_INVITATION] =
		{{"You are invited to sign in",
		  "Hello %1$s,\n\nYou are invited to join the account \"%2$s\".\n\nChoose your "
		  "password here (the link works for seven days, once):\n\n%3$s\n\nIf you did not "
		  "expect this invitation, ignore this message.\n"},
		 {"Vous êtes invité(e) à vous connecter",
		  "Bonjour %1$s,\n\nVous êtes invité(e) à rejoindre le compte "
		  "« %2$s ».\n\nChoisissez votre mot de passe ici (le lien est valable "
		  "sept jours, une seule fois) :\n\n%3$s\n\nSi vous n'attendiez pas cette "
		  "invitation, ignorez ce message.\n"}},
	[MAIL_PASSWORD] =
		{{"Choose a new password",
		  "Hello %1$s,\n\nSomeone, probably you, asked for a new password for the account "
		  "\"%2$s\".\n\nChoose it here (the link works for one hour, once):\n\n%3$s\n\nIf it "
		  "was not you, ignore this message: your password stays as it is.\n"},
		 {"Choisissez un nouveau mot de passe",
		  "Bonjour %1$s,\n\nQuelqu'un, sans doute vous, a demandé un nouveau mot de "
		  "passe pour le compte « %2$s ».\n\nChoisissez-le ici (le lien est "
		  "valable une heure, une seule fois) :\n\n%3$s\n\nSi ce n'était pas vous, "
		  "ignorez ce message : votre mot de passe ne change pas.\n"}},
	[MAIL_EMAIL_CHANGED] =
		{{"Your e-mail address was changed",
		  "Hello %1$s,\n\nYour account now has another e-mail address: %2$s. Nothing is sent "
		  "to this one any more.\n\nIf it was not you, take this address back and choose a "
		  "new password here (the link works for seven days, once):\n\n%3$s\n\nIf it was "
		  "you, ignore this message.\n"},
		 {"Votre adresse électronique a été changée",
		  "Bonjour %1$s,\n\nVotre compte a désormais une autre adresse électronique : %2$s. "
		  "Plus rien n'est envoyé à celle-ci.\n\nSi ce n'était pas vous, rétablissez cette "
		  "adresse et choisissez un nouveau mot de passe ici (le lien est valable sept jours, "
		  "une seule fois) :\n\n%3$s\n\nSi c'était vous, ignorez ce message.\n"}},
	[MAIL_BLOCKED] =
		{{"Sign-in is blocked for a while",
		  "Hello %1$s,\n\nThere were several attempts to sign in as you with a wrong "
		  "password, the last one from %2$s. Signing in from there is blocked until "
		  "%3$s.\n\nIf it was not you, tell your administrator. You can sign in from where "
		  "you are.\n"},
		 {"Connexion bloquée pour un moment",
		  "Bonjour %1$s,\n\nPlusieurs tentatives de connexion en votre nom ont "
		  "échoué, la dernière depuis %2$s. La connexion depuis cette adresse est "
		  "bloquée jusqu'au %3$s.\n\nSi ce n'était pas vous, prévenez votre administrateur. "
		  "Depuis votre poste, la connexion reste possible.\n"}},
	[MAIL_LEAK_NOTIFIED] =
		{{"A credential of your account has leaked",
		  "Hello %1$s," LEAK_END_EN "It still works: renew or revoke it now.\n"},
		 {"Un identifiant secret de votre compte a fuité",
		  "Bonjour %1$s," LEAK_END_FR
		  "Il fonctionne encore : renouvelez-le ou révoquez-le maintenant.\n"}},
	[MAIL_LEAK_DISABLED] = {{"A credential of your account has leaked and was disabled",
				 "Hello %1$s," LEAK_END_EN
				 "It was disabled at once, as your account's settings say.\n"},
				{"Un identifiant secret de votre compte a fuité et a été "
				 "désactivé",
				 "Bonjour %1$s," LEAK_END_FR "Il a été désactivé "
				 "aussitôt, comme le veulent les réglages de votre compte.\n"}},
	[MAIL_LEAK_RENEWED] =
		{{"A credential of your account has leaked and was renewed",
		  "Hello %1$s," LEAK_END_EN
		  "A new one was made, as your account's settings say; the leaked one works for 24 "
		  "hours more. Collect the new one now.\n"},
		 {"Un identifiant secret de votre compte a fuité et a été "
		  "renouvelé",
		  "Bonjour %1$s," LEAK_END_FR "Un nouveau a été créé, comme le veulent les "
		  "réglages de votre compte ; l'ancien fonctionne encore 24 heures. "
		  "Récupérez le nouveau maintenant.\n"}},
	[MAIL_DELIVERY_FAILED] =
		{{"A notification could not be delivered",
		  "Hello %1$s,\n\nA notification could not be delivered, and will not be "
		  "retried:\n\n  %2$s\n\nThis is the JSON that was sent; it can be sent again "
		  "as it is, or from the delivery log:\n\n%3$s\n"},
		 {"Une notification n'a pas pu être livrée",
		  "Bonjour %1$s,\n\nUne notification n'a pas pu être livrée, et ne sera plus "
		  "retentée :\n\n  %2$s\n\nVoici le JSON envoyé ; il peut être renvoyé tel quel, ou "
		  "depuis le journal des livraisons :\n\n%3$s\n"}},
	[MAIL_ENDPOINT_FAILING] =
		{{"A notification endpoint does not answer",
		  "Hello %1$s,\n\nNothing can be delivered to this endpoint:\n\n  %2$s\n\n%3$s\n\n"
		  "Its notifications are queued and will be retried. Once it answers, they are "
		  "delivered.\n"},
		 {"Une destination de notifications ne répond pas",
		  "Bonjour %1$s,\n\nRien ne peut être livré à cette destination :\n\n  %2$s\n\n"
		  "%3$s\n\nLes notifications restent en file et seront retentées. Dès que la destination "
		  "répond, tout reprend automatiquement.\n"}},
	[MAIL_ENDPOINT_STOPPED] =
		{{"A notification endpoint was disabled",
		  "Hello %1$s,\n\nThis endpoint was disabled and receives no more notifications:\n\n  "
		  "%2$s\n\n%3$s\n\nEvents are kept: enable it again and replay what it has missed.\n"},
		 {"Une destination de notifications a été désactivée",
		  "Bonjour %1$s,\n\nCette destination a été désactivée et ne reçoit plus "
		  "rien :\n\n  %2$s\n\n%3$s\n\nLes événements sont conservés : réactivez-la et rejouez "
		  "ce qu'elle a manqué.\n"}},
};

/* The text with %1$s … filled in. The formats are the constants above; this keeps printf away from
 * what people have given. */
static const char *fill(struct arena *arena, const char *format, const char *const values[3])
{
	size_t length = strlen(format) + 1;
	for (const char *at = format; (at = strchr(at, '%')); at++)
		length += strlen(values[at[1] - '1']);
	char *text = arena_alloc(arena, length), *out = text;
	while (*format) {
		if (*format != '%') {
			*out++ = *format++;
			continue;
		}
		out = stpcpy(out, values[format[1] - '1']);
		format += strlen("%1$s");
	}
	return text;
}

bool mail_queue(const struct access_service *service, struct txn *txn, const struct user *user,
		enum mail_kind kind, const char *first, const char *second, struct error *err)
{
	const struct mail_text *text =
		&texts[kind][strncmp(user->language, "fr", 2) == 0 ? FRENCH : ENGLISH];
	const char *const values[] = {user->first_name, first, second};
	const char *body = fill(service->arena, text->body, values);
	char id[23];

	random_base62(id, 22);
	const struct mail mail = {
		.account = user->account,
		.id = id,
		.recipient = user->email,
		.subject = text->subject,
		.body_sealed = keyring_seal(
			service->keyring, service->arena,
			arena_printf(service->arena, "mail:%s", id),
			(struct bytes){(const unsigned char *)body, strlen(body)}),
		.created = service->now,
		.due = service_queue_now(service),
	};
	txn_announce(txn, STORE_TOPIC_MAIL);
	return mail_insert(txn_db(txn), &mail, err) || error_wrap(err, "queueing a mail");
}
