/* received.c – see received.h. A file of its own: the kernel's header and glibc's both define
 * struct tcp_info, and only the kernel's has what is needed. */
#include "outbound/received.h"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <stddef.h>
#include <sys/socket.h>

int64_t received_by_socket(int fd)
{
	struct tcp_info info;
	socklen_t length = sizeof(info);
	const size_t needed = offsetof(struct tcp_info, tcpi_bytes_received) +
			      sizeof(info.tcpi_bytes_received);

	if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &length) != 0 || length < needed)
		return 0;
	return (int64_t)info.tcpi_bytes_received;
}
