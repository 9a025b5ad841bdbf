/* listener.c – see listener.h. */
#include "store/listener.h"

#include <errno.h>
#include <libpq-fe.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/ensure.h"
#include "base/log.h"

#define RECONNECT_WAIT_MS 500
#define ASK_EVERY_MS 250
#define SILENCE_MAX_MS 5000 /* without a word for so long: another connection */

struct listener {
	struct store *store;
	PGconn *connection;
	bool asked; /* and not answered */
	struct mono_time asked_at;
	pthread_t thread;
	int stop_fd;
};

void listener_payload(char ret_payload[LISTENER_PAYLOAD_MAX], enum store_topic topic,
		      const char *token)
{
	snprintf(ret_payload, LISTENER_PAYLOAD_MAX, "%d:%s", (int)topic, token);
}

static bool listen_begin(struct listener *listener)
{
	if (PQstatus(listener->connection) != CONNECTION_OK)
		return false;
	PGresult *result = PQexec(listener->connection, "LISTEN " LISTENER_CHANNEL);
	bool ok = PQresultStatus(result) == PGRES_COMMAND_OK;
	PQclear(result);
	return ok;
}

static void notification_hear(const struct listener *listener, const PGnotify *notification)
{
	bool topics[STORE_TOPIC_COUNT] = {false};
	const char *token = strchr(notification->extra, ':');
	long topic = strtol(notification->extra, NULL, 10);

	if (!token || strcmp(token + 1, listener->store->token) == 0 || topic < 0 ||
	    topic >= STORE_TOPIC_COUNT)
		return;
	topics[topic] = true;
	store_announce(listener->store, topics);
}

/* ---- the word ---- */

/* What was committed before that moment has been heard. */
static void heard(const struct listener *listener, struct mono_time at)
{
	atomic_store(&listener->store->heard_until_us, at.us + STORE_DEAF_AFTER_MS * 1000);
}

static bool ask(struct listener *listener, struct mono_time now)
{
	listener->asked = PQsendQuery(listener->connection, "SELECT 1");
	listener->asked_at = now;
	return listener->asked;
}

/* Whether the answer is there, whole and good. */
static bool answer_take(struct listener *listener, bool *ret_answered)
{
	PGresult *result;
	bool ok = true;

	*ret_answered = false;
	while (listener->asked && !PQisBusy(listener->connection)) {
		result = PQgetResult(listener->connection);
		if (!result) {
			listener->asked = false;
			*ret_answered = true;
		}
		ok = ok && (!result || PQresultStatus(result) == PGRES_TUPLES_OK);
		PQclear(result);
	}
	return ok;
}

/* What comes with the answer, or before it, was committed before: it is passed on first. */
static bool notifications_hear(struct listener *listener)
{
	PGnotify *notification;
	bool answered;

	if (!PQconsumeInput(listener->connection) || !answer_take(listener, &answered))
		return false;
	while ((notification = PQnotifies(listener->connection))) {
		notification_hear(listener, notification);
		PQfreemem(notification);
	}
	if (answered)
		heard(listener, listener->asked_at);
	return true;
}

/* ---- the connection ---- */

/* False when it is time to stop. */
static bool wait_for(const struct listener *listener, int fd, short events, int timeout_ms)
{
	struct pollfd fds[] = {{listener->stop_fd, POLLIN, 0}, {fd, events, 0}};

	(void)poll(fds, fd >= 0 ? 2 : 1, timeout_ms);
	return fds[0].revents == 0;
}

/* A database that accepts connections and says nothing must not keep the process from stopping.
 * False when it is time to stop; else *ret_open. */
static bool connection_reset(struct listener *listener, bool *ret_open)
{
	const struct mono_time begun = mono_now();
	PostgresPollingStatusType state = PGRES_POLLING_WRITING;

	*ret_open = false;
	if (!PQresetStart(listener->connection))
		return true;
	while (state == PGRES_POLLING_WRITING || state == PGRES_POLLING_READING) {
		short events = state == PGRES_POLLING_READING ? POLLIN : POLLOUT;
		if (!wait_for(listener, PQsocket(listener->connection), events, ASK_EVERY_MS))
			return false;
		if (mono_since(mono_now(), begun).us > SILENCE_MAX_MS * 1000)
			return true;
		state = PQresetPoll(listener->connection);
	}
	*ret_open = state == PGRES_POLLING_OK;
	return true;
}

static bool reconnect(struct listener *listener)
{
	struct mono_time now;
	bool is_open = false;

	log_warn("store", "the listener's connection to PostgreSQL is lost; reconnecting");
	listener->asked = false;
	do {
		if (!wait_for(listener, -1, 0, RECONNECT_WAIT_MS) ||
		    !connection_reset(listener, &is_open))
			return false;
		now = mono_now();
	} while (!is_open || !listen_begin(listener));
	log_info("store", "listening to PostgreSQL again");
	store_announce_all(listener->store);
	heard(listener, now);
	return true;
}

/* False when the connection is of no use any more. */
static bool turn(struct listener *listener)
{
	const struct mono_time now = mono_now();
	const int64_t waited_us = mono_since(now, listener->asked_at).us;

	if (!notifications_hear(listener))
		return false;
	if (listener->asked)
		return waited_us < SILENCE_MAX_MS * 1000;
	return waited_us < ASK_EVERY_MS * 1000 || ask(listener, now);
}

static void *listen_main(void *arg)
{
	struct listener *listener = arg;

	while (wait_for(listener, PQsocket(listener->connection), POLLIN, ASK_EVERY_MS)) {
		if (!turn(listener) && !reconnect(listener))
			break;
	}
	return NULL;
}

struct listener *listener_start(struct store *store, struct error *err)
{
	struct listener *listener = calloc(1, sizeof(*listener));

	ensure(listener);
	listener->store = store;
	listener->stop_fd = eventfd(0, EFD_CLOEXEC);
	listener->connection = PQconnectdb(store->config.database);
	listener->asked_at = mono_now();
	if (listener->stop_fd < 0 || !listen_begin(listener) ||
	    pthread_create(&listener->thread, NULL, listen_main, listener) != 0) {
		(void)error_set(err, ERROR_STORE_UNAVAILABLE, "PostgreSQL: cannot listen");
		PQfinish(listener->connection);
		if (listener->stop_fd >= 0)
			close(listener->stop_fd);
		free(listener);
		return NULL;
	}
	heard(listener, listener->asked_at);
	pthread_setname_np(listener->thread, "store-listen");
	return listener;
}

void listener_stop_and_free(struct listener *listener)
{
	if (!listener)
		return;
	ensure(eventfd_write(listener->stop_fd, 1) == 0);
	pthread_join(listener->thread, NULL);
	PQfinish(listener->connection);
	close(listener->stop_fd);
	free(listener);
}
