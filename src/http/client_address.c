/* client_address.c – see client_address.h.
 *
 * Each proxy adds the address it saw at the end. From there, the first that is no proxy of ours is
 * the client. What stands before it anybody may have written: it is not even read. */
#include "http/client_address.h"

#include <string.h>

#include "base/text.h"

/* A part of a header's value. */
struct part {
	const char *start;
	size_t length;
};

static struct part trimmed(struct part part)
{
	while (part.length > 0 && (*part.start == ' ' || *part.start == '\t')) {
		part.start++;
		part.length--;
	}
	while (part.length > 0 && strchr(" \t", part.start[part.length - 1]))
		part.length--;
	return part;
}

/* Takes what stands behind the last `separator` off *rest. False when nothing is left. */
static bool last_take(struct part *rest, char separator, struct part *ret_part)
{
	if (!rest->start)
		return false;
	const char *found = memrchr(rest->start, separator, rest->length);
	size_t kept = found ? (size_t)(found - rest->start) : 0;

	*ret_part = trimmed(found ? (struct part){found + 1, rest->length - kept - 1} : *rest);
	*rest = found ? (struct part){rest->start, kept} : (struct part){NULL, 0};
	return true;
}

/* Quotes are those of the whole part only: an address holds nothing that needs a backslash. */
static struct part unquoted(struct part part)
{
	if (part.length >= 2 && part.start[0] == '"' && part.start[part.length - 1] == '"')
		return trimmed((struct part){part.start + 1, part.length - 2});
	return part;
}

static bool is_port(const char *text, size_t length)
{
	return length > 0 && length <= 5 && strspn(text, "0123456789") >= length;
}

/* An address without the brackets or the port around it; empty when it is none. */
static struct part bare(struct part part)
{
	const struct part none = {part.start, 0};

	if (part.length > 0 && *part.start == '[') {
		const char *end = memchr(part.start, ']', part.length);
		if (!end)
			return none;
		size_t after = part.length - (size_t)(end - part.start) - 1;
		if (after > 0 && !(end[1] == ':' && is_port(end + 2, after - 1)))
			return none;
		return (struct part){part.start + 1, (size_t)(end - part.start) - 1};
	}
	const char *colon = memchr(part.start, ':', part.length);
	if (!colon || colon != memrchr(part.start, ':', part.length))
		return part; /* IPv4, or IPv6 without a port */
	size_t before = (size_t)(colon - part.start);
	return is_port(colon + 1, part.length - before - 1) ? (struct part){part.start, before}
							    : none;
}

/* NULL when it is no address. */
static const char *address_of(struct arena *arena, struct part part)
{
	char text[NETWORK_ADDRESS_TEXT];

	part = bare(unquoted(part));
	if (!network_address_normalize(part.start, part.length, text))
		return NULL;
	return arena_strdup(arena, text);
}

/* RFC 7239 section 4: `for=192.0.2.60;proto=http;by=203.0.113.43`. An element that does not say for
 * whom has an empty one. */
static struct part for_of(struct part element)
{
	struct part pair, found = {element.start, 0};

	while (last_take(&element, ';', &pair)) {
		if (pair.length > 4 && strncasecmp(pair.start, "for=", 4) == 0)
			found = trimmed((struct part){pair.start + 4, pair.length - 4});
	}
	return found;
}

/* Where the reading is: at a header line, and in what is left of it. */
struct reader {
	const struct http_request *request;
	const char *name;
	size_t line; /* those from here on have been read */
	struct part rest;
};

static bool element_take(struct reader *reader, struct part *ret_element)
{
	while (!last_take(&reader->rest, ',', ret_element)) {
		while (reader->line > 0 &&
		       !text_equal_nocase(reader->request->headers[reader->line - 1].name,
					  reader->name))
			reader->line--;
		if (reader->line == 0)
			return false;
		const char *value = reader->request->headers[--reader->line].value;
		reader->rest = (struct part){value, strlen(value)};
	}
	return true;
}

const char *client_address(const struct http_request *request, const struct proxies *proxies)
{
	const bool is_rfc_7239 = proxies->header == FORWARDED_RFC_7239;
	struct reader reader = {
		.request = request,
		.name = is_rfc_7239 ? "Forwarded" : "X-Forwarded-For",
		.line = request->header_count,
	};
	const char *address = request->remote_address;
	struct part element;

	while (network_list_contains(&proxies->trusted, address) &&
	       element_take(&reader, &element)) {
		const char *said = address_of(request->arena,
					      is_rfc_7239 ? for_of(element) : element);
		if (!said) /* the proxy does not know, or does not tell */
			break;
		address = said;
	}
	return address;
}
