/* frame.c – see frame.h. */
#include "paperwork/frame.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>

#define FRAME_MAGIC 0x31505247u /* "GRP1" */

static bool must_wait(void)
{
	return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

static int wait_ms(struct mono_time deadline)
{
	if (deadline.us == INT64_MAX)
		return -1;
	const int64_t ms = (mono_since(deadline, mono_now()).us + 999) / 1000;
	return ms <= 0 ? 0 : ms > INT_MAX ? INT_MAX : (int)ms;
}

/* False when the deadline has passed. */
static bool wait_for(int socket, short what, struct mono_time deadline)
{
	struct pollfd polled = {.fd = socket, .events = what};
	const int ms = wait_ms(deadline);

	return ms != 0 && (poll(&polled, 1, ms) != 0 || wait_ms(deadline) != 0);
}

enum frame_result frame_send(int socket, struct frame_head head, struct bytes payload,
			     struct mono_time deadline)
{
	head.magic = FRAME_MAGIC;
	head.length = (uint32_t)payload.length;
	struct iovec parts[2] = {{&head, sizeof(head)},
				 {(void *)(uintptr_t)payload.data, payload.length}};
	struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};

	while (parts[0].iov_len + parts[1].iov_len > 0) {
		ssize_t sent = sendmsg(socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (sent < 0 && !must_wait())
			return FRAME_CLOSED;
		if (sent < 0 && !wait_for(socket, POLLOUT, deadline))
			return FRAME_LATE;
		for (size_t i = 0; i < 2 && sent > 0; i++) {
			const size_t taken = (size_t)sent < parts[i].iov_len ? (size_t)sent
									     : parts[i].iov_len;
			parts[i].iov_base = (char *)parts[i].iov_base + taken;
			parts[i].iov_len -= taken;
			sent -= (ssize_t)taken;
		}
	}
	return FRAME_DONE;
}

enum frame_result frame_receive(int socket, void *ret_data, size_t length,
				struct mono_time deadline)
{
	char *at = ret_data;

	while (length > 0) {
		const ssize_t got = recv(socket, at, length, MSG_DONTWAIT);
		if (got == 0 || (got < 0 && !must_wait()))
			return FRAME_CLOSED;
		if (got < 0 && !wait_for(socket, POLLIN, deadline))
			return FRAME_LATE;
		if (got > 0) {
			at += got;
			length -= (size_t)got;
		}
	}
	return FRAME_DONE;
}

bool frame_is_pending(int socket)
{
	char byte;

	return recv(socket, &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}

bool frame_head_is_sound(const struct frame_head *head, size_t limit)
{
	return head->magic == FRAME_MAGIC && head->length <= limit;
}
