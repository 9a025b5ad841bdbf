/* received.h – counts how many bytes a receiver has sent. Inside src/outbound only.
 *
 * libcurl reports headers and the decoded reply. A gzip stream of nothing, or the extension of a
 * chunk, can be endless without a byte of reply. The kernel's count of the connection's bytes is
 * therefore used. */
#ifndef GREFFIER_OUTBOUND_RECEIVED_H
#define GREFFIER_OUTBOUND_RECEIVED_H

#include <stdint.h>

/* Bytes of a connection before a transfer ends; the connection is then cut. It exceeds the
 * headers and replies read for 100 requests, the maximum in progress on one HTTP/2 connection. */
#define RECEIVED_MAX (8 * 1024 * 1024)

/* Bytes received by the socket since it was connected, TLS included; 0 when it is not a TCP
 * socket. */
int64_t received_by_socket(int fd);

#endif
