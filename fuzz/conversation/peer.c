/* peer.c – see peer.h. One connection at a time, one answer each: the sender has to cope with both.
 */
#include "conversation/peer.h"

#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/ensure.h"
#include "base/macros.h"

#define REQUEST_WAIT_MS 30

static struct {
	pthread_mutex_t lock;
	uint8_t script[PEER_SCRIPT_MAX];
	size_t length, at;
	int listener;
} peer = {.lock = PTHREAD_MUTEX_INITIALIZER};

#define JSON_ANSWER(status, body) \
	"HTTP/1.1 " status " X\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n" body

static const char *const answers[] = {
	"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
	JSON_ANSWER("200", "{\"access_token\":\"t\",\"token_type\":\"Bearer\",\"expires_in\":60}"),
	JSON_ANSWER("201", "{\"access_token\":\"t\\u0000\\n\",\"expires_in\":1.5}"),
	JSON_ANSWER("200", "{\"access_token\":null,\"token_type\":7,\"expires_in\":\"x\"}"),
	JSON_ANSWER("400", "{\"error\":{\"a\":[]},\"error_description\":null}"),
	JSON_ANSWER("401",
		    "{\"error\":\"invalid_\xff\xfe\",\"error_description\":\"\xed\xa0\x80\"}"),
	JSON_ANSWER("200", "[[[[[[[[[[[[[["),
	JSON_ANSWER("500", "\x80\x81\x82"),
	"HTTP/1.1 410 Gone\r\nConnection: close\r\n\r\n\xff\xfe\xfd",
	"HTTP/1.1 429 Wait\r\nRetry-After: 99999999999999999999\r\nConnection: close\r\n\r\n",
	"HTTP/1.1 503 Wait\r\nRetry-After: -1\r\nConnection: close\r\n\r\n",
	"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/\r\nConnection: close\r\n\r\n",
	"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort",
	"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
	"HTTP/1.1 999 \xff\r\n\r\n",
	"HTTP/1.1 101 Switching\r\n\r\n",
	"\r\n\r\n",
	"",
};

static uint8_t script_next(void)
{
	return peer.at < peer.length ? peer.script[peer.at++] : 0;
}

static void answer(int connection)
{
	unsigned char raw[PEER_SCRIPT_MAX];
	size_t raw_length = 0;

	pthread_mutex_lock(&peer.lock);
	unsigned kind = script_next() % (ARRAY_SIZE(answers) + 2);
	if (kind >= ARRAY_SIZE(answers)) {
		raw_length = peer.length - peer.at;
		memcpy(raw, peer.script + peer.at, raw_length);
	}
	pthread_mutex_unlock(&peer.lock);
	if (kind == ARRAY_SIZE(answers)) /* bytes of the input, after a head that is well formed */
		(void)!send(connection, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", 38,
			    MSG_NOSIGNAL);
	if (kind >= ARRAY_SIZE(answers))
		(void)!send(connection, raw, raw_length, MSG_NOSIGNAL);
	else
		(void)!send(connection, answers[kind], strlen(answers[kind]), MSG_NOSIGNAL);
}

static void *peer_main(void *arg)
{
	for (;;) {
		char request[65536];
		int connection = accept(peer.listener, NULL, NULL);
		if (connection < 0)
			continue;
		struct pollfd readable = {.fd = connection, .events = POLLIN};
		if (poll(&readable, 1, REQUEST_WAIT_MS) > 0)
			(void)!recv(connection, request, sizeof(request), 0);
		answer(connection);
		close(connection);
	}
	return arg;
}

unsigned peer_start(void)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
				      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof(address);
	pthread_t thread;

	peer.listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ensure(peer.listener >= 0 &&
	       bind(peer.listener, (struct sockaddr *)&address, sizeof(address)) == 0 &&
	       listen(peer.listener, 64) == 0 &&
	       getsockname(peer.listener, (struct sockaddr *)&address, &size) == 0 &&
	       pthread_create(&thread, NULL, peer_main, NULL) == 0 && pthread_detach(thread) == 0);
	return ntohs(address.sin_port);
}

void peer_script(const uint8_t *script, size_t length)
{
	pthread_mutex_lock(&peer.lock);
	peer.length = length < PEER_SCRIPT_MAX ? length : PEER_SCRIPT_MAX;
	memcpy(peer.script, script, peer.length);
	peer.at = 0;
	pthread_mutex_unlock(&peer.lock);
}
