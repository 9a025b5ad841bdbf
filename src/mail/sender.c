/* sender.c – see sender.h. */
#include "mail/sender.h"

#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/ensure.h"
#include "base/log.h"
#include "loop/alarm.h"
#include "mail/address.h"
#include "mail/message.h"
#include "store/mail_store.h"
#include "store/store_clock.h"

#define CLAIMED_AT_ONCE 10
#define SEND_TIMEOUT_S 60
#define LEASE_S (CLAIMED_AT_ONCE * SEND_TIMEOUT_S + 60)
#define FIRST_WAIT_S 60
#define WAIT_GROWTH 4
#define WAIT_MAX_S (6 * 3600)
#define BRING_BATCH_MAX 500
#define STORE_WAIT_S 5 /* when the store refuses */
#define LOOK_WAIT_MS 1 /* until the next look, when another node has just claimed what is due */

struct mail_sender {
	struct mail_sender_config config;
	struct session *session;
	struct alarm *alarm;
	bool warned; /* that there is no way to send; the thread's */
};

/* ---- one mail ---- */

struct reading {
	const char *text;
	size_t left;
};

static size_t on_read(char *buffer, size_t size, size_t count, void *arg)
{
	struct reading *reading = arg;
	size_t length = size * count < reading->left ? size * count : reading->left;

	memcpy(buffer, reading->text, length);
	reading->text += length;
	reading->left -= length;
	return length;
}

/* The addresses as SMTP carries them. */
static bool smtp_send(const struct mail_sender *sender, const char *from, const char *recipient,
		      const char *message, char ret_error[CURL_ERROR_SIZE])
{
	struct reading reading = {message, strlen(message)};
	struct curl_slist *recipients = curl_slist_append(NULL, recipient);
	CURL *easy = curl_easy_init();

	ensure(easy && recipients);
	curl_easy_setopt(easy, CURLOPT_URL, sender->config.smtp_url);
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	curl_easy_setopt(easy, CURLOPT_USE_SSL, (long)CURLUSESSL_TRY);
	if (*sender->config.smtp_user) { /* a password only goes over TLS */
		curl_easy_setopt(easy, CURLOPT_USE_SSL, (long)CURLUSESSL_ALL);
		curl_easy_setopt(easy, CURLOPT_USERNAME, sender->config.smtp_user);
		curl_easy_setopt(easy, CURLOPT_PASSWORD, sender->config.smtp_password);
	}
	curl_easy_setopt(easy, CURLOPT_MAIL_FROM, from);
	curl_easy_setopt(easy, CURLOPT_MAIL_RCPT, recipients);
	curl_easy_setopt(easy, CURLOPT_READFUNCTION, on_read);
	curl_easy_setopt(easy, CURLOPT_READDATA, &reading);
	curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
	curl_easy_setopt(easy, CURLOPT_TIMEOUT, (long)SEND_TIMEOUT_S);
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, ret_error);
	ret_error[0] = '\0';
	CURLcode code = curl_easy_perform(easy);
	if (code != CURLE_OK && !*ret_error)
		strncpy(ret_error, curl_easy_strerror(code), CURL_ERROR_SIZE - 1);
	curl_easy_cleanup(easy);
	curl_slist_free_all(recipients);
	return code == CURLE_OK;
}

/* Written under another name first, so that watchers of the folder see complete mails only. */
static bool folder_put(const struct mail_sender *sender, struct arena *arena, const char *id,
		       const char *message, char ret_error[CURL_ERROR_SIZE])
{
	const char *path = arena_printf(arena, "%s/%s.eml", sender->config.folder, id);
	const char *part = arena_printf(arena, "%s.part", path);
	size_t length = strlen(message);

	int fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	bool ok = fd >= 0 && write(fd, message, length) == (ssize_t)length;
	if (fd >= 0)
		close(fd);
	ok = ok && rename(part, path) == 0;
	if (!ok)
		snprintf(ret_error, CURL_ERROR_SIZE, "--mail-folder %.150s: %s",
			 sender->config.folder, strerror(errno));
	return ok;
}

static struct duration wait_after(const struct mail_sender *sender, int64_t attempts)
{
	const struct duration wait = duration_grown(duration_s(FIRST_WAIT_S), WAIT_GROWTH,
						    attempts - 1, duration_s(WAIT_MAX_S));

	return duration_us((int64_t)((double)wait.us / sender->config.retry_scale));
}

static bool outcome_store(struct mail_sender *sender, const struct mail *mail,
			  enum mail_state state, const char *error, struct error *err)
{
	scoped(txn) struct txn *txn = txn_begin(sender->session, err);
	return txn && mail_finish(txn_db(txn), mail, state, error, err) && txn_commit(&txn, err);
}

static bool mail_send(struct mail_sender *sender, struct arena *arena, struct mail *mail,
		      struct error *err)
{
	char error[CURL_ERROR_SIZE] = "";
	struct bytes body;

	if (!keyring_unseal(sender->config.keyring, arena, arena_printf(arena, "mail:%s", mail->id),
			    mail->body_sealed, &body, err))
		return false;
	const char *from = mail_address(arena, sender->config.from);
	const char *recipient = mail_address(arena, mail->recipient);
	const char *message = mail_message(arena, from, recipient, mail->subject,
					   (const char *)body.data, mail->id,
					   store_now(sender->config.store));
	bool sent = *sender->config.folder ? folder_put(sender, arena, mail->id, message, error)
					   : smtp_send(sender, from, recipient, message, error);
	enum mail_state state = sent				      ? MAIL_SENT
				: mail->attempts >= MAIL_ATTEMPTS_MAX ? MAIL_GIVEN_UP
								      : MAIL_WAITING;
	if (!sent)
		log_warn("mail", "mail %s of account %s to %s: %s; %s", mail->id, mail->account,
			 mail->recipient, error,
			 state == MAIL_GIVEN_UP ? "given up: check --smtp-url, then send it again"
						: "will be retried");
	mail->due = wall_add(store_queue_now(sender->config.store),
			     wait_after(sender, mail->attempts));
	return outcome_store(sender, mail, state, error, err);
}

/* ---- the thread ---- */

static bool can_send(const struct mail_sender *sender)
{
	return *sender->config.folder || *sender->config.smtp_url;
}

static bool due_claim(struct mail_sender *sender, struct arena *arena, struct mail **ret_mails,
		      size_t *ret_count, struct error *err)
{
	const struct wall_time now = store_queue_now(sender->config.store);
	scoped(txn) struct txn *txn = txn_begin(sender->session, err);

	return txn &&
	       mail_claim(txn_db(txn), arena, now, wall_add(now, duration_s(LEASE_S)),
			  CLAIMED_AT_ONCE, ret_mails, ret_count, err) &&
	       txn_commit(&txn, err);
}

/* No mail waits for longer than WAIT_MAX_S. One that does was put off by a clock that was wrong. */
static bool far_bring_back(struct mail_sender *sender, struct wall_time *due, struct error *err)
{
	const struct wall_time now = store_queue_now(sender->config.store);
	const struct wall_time farthest = wall_add(now, duration_s(WAIT_MAX_S));

	if (due->us <= farthest.us)
		return true;
	scoped(txn) struct txn *txn = txn_begin(sender->session, err);
	*due = now;
	return txn && mail_bring_back(txn_db(txn), farthest, now, BRING_BATCH_MAX, err) &&
	       txn_commit(&txn, err);
}

/* Sends what is due. *ret_due: when the next one is; 0: none waits. */
static bool due_send(struct mail_sender *sender, struct wall_time *ret_due, struct error *err)
{
	struct mail *mails;
	size_t count;

	do {
		scoped(arena) struct arena *arena = arena_new();
		if (!due_claim(sender, arena, &mails, &count, err))
			return false;
		for (size_t i = 0; i < count && !alarm_is_stopping(sender->alarm); i++) {
			if (!mail_send(sender, arena, &mails[i], err))
				return false;
		}
	} while (count == CLAIMED_AT_ONCE && !alarm_is_stopping(sender->alarm));
	return mail_next_due(session_db(sender->session), ret_due, err) &&
	       far_bring_back(sender, ret_due, err);
}

/* Says once that mails wait which cannot be sent. */
static void waiting_warn(struct mail_sender *sender)
{
	struct wall_time waiting = {0};
	struct error err = {0};

	if (sender->warned || !mail_next_due(session_db(sender->session), &waiting, &err) ||
	    !waiting.us)
		return;
	log_warn("mail", "mails are queued but cannot be sent: set --smtp-url or --mail-folder");
	sender->warned = true;
}

static struct mono_time run(struct alarm *alarm, void *arg)
{
	struct mail_sender *sender = arg;
	struct wall_time due;
	struct error err = {0};

	if (!can_send(sender)) {
		waiting_warn(sender);
		return ALARM_NEVER;
	}
	if (!due_send(sender, &due, &err)) {
		log_error("mail", "%s (%s)", error_message(err.code), err.technical);
		return mono_add(mono_now(), duration_s(STORE_WAIT_S));
	}
	if (due.us == 0)
		return ALARM_NEVER;
	const struct mono_time soonest = mono_add(mono_now(), duration_ms(LOOK_WAIT_MS));
	const struct mono_time at = alarm_at(due, store_queue_now(sender->config.store));
	return at.us < soonest.us ? soonest : at;
}

struct mail_sender *mail_sender_start(const struct mail_sender_config *config, struct error *err)
{
	struct mail_sender *sender = calloc(1, sizeof(*sender));

	ensure(sender);
	sender->config = *config;
	sender->alarm = alarm_new("mail", run, sender);
	sender->session = session_open(config->store, err);
	if (sender->session && alarm_start(sender->alarm, err))
		return sender;
	mail_sender_stop_and_free(sender);
	return NULL;
}

void mail_sender_wake(struct mail_sender *sender)
{
	alarm_wake(sender->alarm);
}

void mail_sender_stop_and_free(struct mail_sender *sender)
{
	if (!sender)
		return;
	alarm_free(sender->alarm);
	session_close(sender->session);
	free(sender);
}
