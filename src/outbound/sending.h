/* sending.h – one HTTP request that leaves this server, by value: from whoever needs it to the sender and, with its answer,
 * back. Deliveries (job.h), token requests (authorizer.h) and probes are sendings. Inside src/outbound only. */
#ifndef GREFFIER_OUTBOUND_SENDING_H
#define GREFFIER_OUTBOUND_SENDING_H

#include <curl/curl.h>

#include "base/arena.h"
#include "base/buf.h"
#include "outbound/lease.h"
#include "outbound/verdict.h"

#define SENDING_CHAIN_MAX (16 * 1024) /* of what is told of a receiver's certificates: a receiver may have hundreds */
#define SENDING_REPLY_READ_MAX (16 * 1024) /* of a reply, unless the sending says otherwise; then the connection is cut */

struct sending {
	struct sending *next;
	struct arena *arena; /* holds the sending itself and all it points to */
	/* Takes it: on the sender's thread; or, `abandoned`, on the thread that stops the sender. */
	void (*on_done)(struct sending *sending, void *arg);
	void *arg;
	/* The request. */
	const char *method, *url;
	struct curl_slist *headers;
	struct bytes body;
	struct duration connect_timeout, timeout;
	size_t reply_limit; /* bytes of the reply that are read */
	const char *ca_certificates, *client_certificate, *client_key; /* PEM; NULL or "" for none */
	bool ignore_certificate;
	bool to_self; /* to one of this server's catchers, at its own listener: past proxies and the guard's rules for others */
	const struct lease *lease; /* when it is over the request does not begin: `abandoned`. NULL for none */
	bool wants_chain; /* asks for the receiver's certificates, see `chain` */
	/* The answer: the sender's to fill. */
	struct wall_time started;
	struct outcome outcome;
	enum phase phase;
	struct duration took, name, connect, tls_done, sent, first_byte; /* from `started` on; 0: not reached. `sent`: the request begins to go out */
	char address[80];
	char tls[80]; /* "TLSv1.3 TLS_AES_256_GCM_SHA384" */
	unsigned char *reply; /* in the arena, reply_limit long */
	size_t reply_length;
	struct bytes reply_head; /* status line and headers as they came, cut short; in the arena */
	const char *chain;  /* subject, issuer and dates of each certificate; in the arena; NULL without */
	const char *problem; /* what libcurl says went wrong; in the arena; NULL when nothing did */
	bool address_refused; /* one of the name's addresses, at least */
	bool is_short;        /* this process could not open a socket */
	bool is_connected, reply_cut;
	bool abandoned; /* no answer: cut at an orderly stop, or its lease was over before it began */
};

/* Makes the arena and a sending of `size` bytes (that begins with a struct sending) in it. */
void *sending_new(size_t size);
void sending_free(struct sending *sending); /* NULL is fine */
void sending_release(struct sending *sending); /* all that is not in its arena */
void sending_header(struct sending *sending, const char *line);
/* The line that names this server; "User-Agent;" is libcurl's word for a header without a value. In the arena. */
const char *sending_agent(struct sending *sending, const char *user_agent);
/* The start of the reply as text for a record, at most `limit` bytes: valid UTF-8, with U+FFFD for what was not, and spaces for
 * control characters other than line ends. In the arena. */
const char *sending_reply_text(const struct sending *sending, size_t limit);

#endif
