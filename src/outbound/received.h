/* received.h – how much a receiver has sent. libcurl tells of headers and of the reply as it is decoded; but a gzip of nothing and
 * the extension of a chunk have no end and no byte of a reply. So the bytes of the connection are counted, by the kernel.
 * Inside src/outbound only. */
#ifndef GREFFIER_OUTBOUND_RECEIVED_H
#define GREFFIER_OUTBOUND_RECEIVED_H

#include <stdint.h>

/* Bytes of a connection before a transfer of it ends; then it is cut. The headers and replies that are read of 100 requests, as
 * many as HTTP/2 has under way on one, are less. */
#define RECEIVED_MAX (8 * 1024 * 1024)

/* Bytes that the socket has received since it was connected, those of TLS included; 0: it is no TCP socket. */
int64_t received_by_socket(int fd);

#endif
