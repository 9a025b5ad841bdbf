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

struct listener {
	struct store *store;
	PGconn *connection;
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

static bool notifications_hear(struct listener *listener)
{
	PGnotify *notification;

	if (!PQconsumeInput(listener->connection))
		return false;
	while ((notification = PQnotifies(listener->connection))) {
		notification_hear(listener, notification);
		PQfreemem(notification);
	}
	return true;
}

/* False when it is time to stop. */
static bool wait_for(const struct listener *listener, int fd, int timeout_ms)
{
	struct pollfd fds[] = {{listener->stop_fd, POLLIN, 0}, {fd, POLLIN, 0}};

	(void)poll(fds, fd >= 0 ? 2 : 1, timeout_ms);
	return fds[0].revents == 0;
}

static bool reconnect(struct listener *listener)
{
	log_warn("store", "the listening connection to PostgreSQL is lost; trying again");
	do {
		if (!wait_for(listener, -1, RECONNECT_WAIT_MS))
			return false;
		PQreset(listener->connection);
	} while (!listen_begin(listener));
	log_info("store", "listening to PostgreSQL again");
	store_announce_all(listener->store);
	return true;
}

static void *listen_main(void *arg)
{
	struct listener *listener = arg;

	while (wait_for(listener, PQsocket(listener->connection), -1)) {
		if (!notifications_hear(listener) && !reconnect(listener))
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
	if (listener->stop_fd < 0 || !listen_begin(listener) ||
	    pthread_create(&listener->thread, NULL, listen_main, listener) != 0) {
		(void)error_set(err, ERROR_STORE_UNAVAILABLE, "PostgreSQL: cannot listen");
		PQfinish(listener->connection);
		if (listener->stop_fd >= 0)
			close(listener->stop_fd);
		free(listener);
		return NULL;
	}
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
