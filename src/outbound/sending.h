/* sending.h – one outgoing HTTP request as a value: it goes to the sender and returns with its
 * answer. Deliveries (job.h), token requests (authorizer.h) and probes are sendings. Inside
 * src/outbound only. */
#ifndef GREFFIER_OUTBOUND_SENDING_H
#define GREFFIER_OUTBOUND_SENDING_H

#include <curl/curl.h>

#include "base/arena.h"
#include "base/buf.h"
#include "outbound/lease.h"
#include "outbound/verdict.h"

/* Bytes of the description of a receiver's certificates, which may be hundreds. */
#define SENDING_CHAIN_MAX (16 * 1024)
/* Bytes read of a reply by default; the connection is then cut. */
#define SENDING_REPLY_READ_MAX (16 * 1024)

/* What the object is that begins with the sending; checked where a sending becomes it again. */
enum sending_kind { SENDING_PLAIN, SENDING_JOB, SENDING_FETCH };

struct sending {
	enum sending_kind kind;
	struct sending *next;
	struct arena *arena; /* holds the sending and everything it points to */
	/* Takes the sending when it has ended: on the sender's thread or, with `abandoned`, on
	 * the thread that stops the sender. */
	void (*on_done)(struct sending *sending, void *arg);
	void *arg;
	/* Request. */
	const char *method, *url;
	struct curl_slist *headers;
	struct bytes body;
	struct duration connect_timeout, timeout;
	size_t reply_limit; /* bytes to read of the reply */
	const char *ca_certificates, *client_certificate, *client_key; /* PEM; NULL or "" for none */
	bool ignore_certificate;
	/* For one of this server's catchers: sent to its own listener, without proxies and
	 * without the guard's other rules. */
	bool to_self;
	/* Once it has ended, the request does not begin: `abandoned`. NULL for none. */
	const struct lease *lease;
	bool wants_chain; /* fills `chain` */
	/* Answer, filled by the sender. */
	struct wall_time started;
	struct outcome outcome;
	enum phase phase;
	/* Durations since `started`; 0: phase not reached. `sent` is the start of sending the
	 * request. */
	struct duration took, name, connect, tls_done, sent, first_byte;
	char address[80];
	char tls[80]; /* "TLSv1.3 TLS_AES_256_GCM_SHA384" */
	unsigned char *reply; /* in the arena, reply_limit long */
	size_t reply_length;
	struct bytes reply_head; /* status line and headers as received, cut; in the arena */
	const char *chain;  /* subject, issuer and dates of each certificate; in the arena; NULL without */
	const char *problem; /* libcurl's message; in the arena; NULL without error */
	bool address_refused; /* the guard refused at least one address of the name */
	bool is_short;        /* this process could not open a socket */
	bool is_connected, reply_cut;
	/* No answer: aborted at an orderly stop, or the lease had ended before it began. */
	bool abandoned;
};

/* Makes an arena and, in it, an object of `size` bytes that begins with a struct sending. */
void *sending_new(enum sending_kind kind, size_t size);
void sending_free(struct sending *sending); /* NULL is fine */
void sending_release(struct sending *sending); /* frees everything that is not in its arena */
void sending_header(struct sending *sending, const char *line);
/* Returns the User-Agent line in the arena. libcurl's "User-Agent;" means an empty header. */
const char *sending_agent(struct sending *sending, const char *user_agent);
/* Returns the start of the reply as text for a record, at most `limit` bytes, in the arena.
 * Invalid UTF-8 becomes U+FFFD; control characters other than line ends become spaces. */
const char *sending_reply_text(const struct sending *sending, size_t limit);

#endif
