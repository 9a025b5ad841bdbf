/* wire.c – see wire.h. */
#include "conversation/wire.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/ensure.h"
#include "base/time.h"

static int server_connect(unsigned port)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
				      .sin_port = htons((uint16_t)port),
				      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int connection = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	ensure(connection >= 0 &&
	       connect(connection, (struct sockaddr *)&address, sizeof(address)) == 0);
	return connection;
}

static void request_send(int connection, struct bytes request)
{
	while (request.length > 0) {
		ssize_t sent = send(connection, request.data, request.length, MSG_NOSIGNAL);
		if (sent < 0 && errno == EINTR)
			continue;
		if (sent <= 0)
			return; /* refused early: the answer says why */
		request.data += sent;
		request.length -= (size_t)sent;
	}
}

/* Bytes received; 0 at the end, or when none come in time. The fuzzer's alarm interrupts waits. */
static size_t piece_receive(int connection, char *piece, size_t size, int patience_ms)
{
	struct pollfd readable = {.fd = connection, .events = POLLIN};
	ssize_t got;
	int ready;

	while ((ready = poll(&readable, 1, patience_ms)) < 0 && errno == EINTR)
		;
	if (ready <= 0)
		return 0;
	while ((got = recv(connection, piece, size, 0)) < 0 && errno == EINTR)
		;
	return got > 0 ? (size_t)got : 0;
}

struct answer wire_ask(unsigned port, struct bytes request, int patience_ms)
{
	struct answer answer = {.body = ""};
	char piece[65536];
	int connection = server_connect(port);

	buf_init(&answer.bytes, ANSWER_MAX);
	request_send(connection, request);
	size_t got;
	while ((got = piece_receive(connection, piece, sizeof(piece), patience_ms)) > 0) {
		if (!buf_add(&answer.bytes, piece, got))
			break;
	}
	close(connection);
	if (answer.bytes.length == 0)
		return answer;
	const char *text = (const char *)answer.bytes.data;
	const char *end = strstr(text, "\r\n\r\n");
	(void)!sscanf(text, "HTTP/1.1 %d", &answer.status);
	answer.body = end ? end + 4 : "";
	return answer;
}

void answer_done(struct answer *answer)
{
	buf_done(&answer->bytes);
}
