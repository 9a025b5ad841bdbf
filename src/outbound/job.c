/* job.c – builds the request of an attempt. */
#include "outbound/job.h"

#include <jansson.h>
#include <string.h>

#include "base/ensure.h"
#include "base/log.h"
#include "base/text.h"
#include "crypto/webhook_signature.h"
#include "notify/payload.h"

static const char *copy(struct arena *arena, const char *text)
{
	return text ? arena_strdup(arena, text) : NULL;
}

static struct bytes copy_bytes(struct arena *arena, struct bytes bytes)
{
	return bytes.data
		       ? (struct bytes){arena_memdup(arena, bytes.data, bytes.length), bytes.length}
		       : bytes;
}

/* A claim's texts live in the arena of the transaction that made it. */
static void claim_copy(struct arena *arena, const struct claim *from, struct claim *to)
{
	*to = *from;
	to->lane = copy(arena, from->lane);
	to->event.account = copy(arena, from->event.account);
	to->event.id = copy(arena, from->event.id);
	to->event.type = copy(arena, from->event.type);
	to->event.package = copy(arena, from->event.package);
	to->event.session_user = copy(arena, from->event.session_user);
	to->event.message = copy(arena, from->event.message);
	to->event.document = copy(arena, from->event.document);
	to->event.extra = copy(arena, from->event.extra);
	to->endpoint.account = copy(arena, from->endpoint.account);
	to->endpoint.id = copy(arena, from->endpoint.id);
	to->endpoint.origin = copy(arena, from->endpoint.origin);
	to->endpoint.url = copy(arena, from->endpoint.url);
	to->endpoint.custom_headers = copy(arena, from->endpoint.custom_headers);
	to->endpoint.events = NULL;
	to->endpoint.key_sealed = copy_bytes(arena, from->endpoint.key_sealed);
	to->endpoint.signing_secret_sealed = copy_bytes(arena,
							from->endpoint.signing_secret_sealed);
}

struct job *job_new(const struct claim *claim)
{
	struct arena *arena = arena_new();
	struct job *job = arena_alloc(arena, sizeof(*job));

	job->arena = arena;
	claim_copy(arena, claim, &job->claim);
	return job;
}

void job_free(struct job *job)
{
	if (!job)
		return;
	curl_slist_free_all(job->headers);
	arena_free(job->arena);
}

static bool fail(struct job *job, enum error_class error_class, const char *why)
{
	const struct endpoint *endpoint = &job->claim.endpoint;

	job->outcome.error_class = error_class;
	log_warn("sender", "endpoint %s of account %s: %s", endpoint->id, endpoint->account, why);
	return false;
}

static bool unseal(struct job *job, const struct keyring *keyring, const char *what,
		   struct bytes sealed, const char **ret_text)
{
	struct error err = {0};
	struct bytes plain;
	const char *context = arena_printf(job->arena, "endpoint.%s:%s:%s", what,
					   job->claim.endpoint.account, job->claim.endpoint.id);

	if (!keyring_unseal(keyring, job->arena, context, sealed, &plain, &err))
		return fail(job, ERROR_CLASS_INTERNAL, err.technical);
	*ret_text = (const char *)plain.data;
	return true;
}

static void header_add(struct job *job, const char *line)
{
	struct curl_slist *headers = curl_slist_append(job->headers, line);
	ensure(headers);
	job->headers = headers;
}

static void custom_headers_add(struct job *job)
{
	const char *text = job->claim.endpoint.custom_headers;
	size_t i;
	json_t *header;

	if (strcmp(text, "[]") == 0)
		return;
	json_t *headers = json_loads(text, 0, NULL);
	json_array_foreach(headers, i, header)
	{
		const char *key = json_string_value(json_object_get(header, "key"));
		const char *value = json_string_value(json_object_get(header, "value"));
		/* curl takes `Name;` for a header without a value. */
		header_add(job, *value ? arena_printf(job->arena, "%s: %s", key, value)
				       : arena_printf(job->arena, "%s;", key));
	}
	json_decref(headers);
}

static bool authorization_add(struct job *job, const struct keyring *keyring)
{
	const char *key;

	if (job->claim.endpoint.auth != ENDPOINT_AUTH_BASIC)
		return true;
	if (!unseal(job, keyring, "key", job->claim.endpoint.key_sealed, &key))
		return false;
	/* Verbatim: the key is not encoded again. */
	header_add(job, arena_printf(job->arena, "Authorization: Basic %s", key));
	return true;
}

static bool signature_add(struct job *job, const struct keyring *keyring)
{
	const char *secret;
	const char *id = job->claim.event.id;
	long long timestamp = job->started.us / 1000000;

	if (!unseal(job, keyring, "signing_secret", job->claim.endpoint.signing_secret_sealed,
		    &secret))
		return false;
	const char *signature = webhook_sign(job->arena, secret, id, timestamp, job->body);
	ensure(signature);
	header_add(job, arena_printf(job->arena, "webhook-id: %s", id));
	header_add(job, arena_printf(job->arena, "webhook-timestamp: %lld", timestamp));
	header_add(job, arena_printf(job->arena, "webhook-signature: %s", signature));
	return true;
}

bool job_prepare(struct job *job, const struct outbound_config *config, struct wall_time now)
{
	job->started = now;
	job->url = job->claim.endpoint.url;
	if (config->require_https && !text_starts_with_nocase(job->url, "https://"))
		return fail(job, ERROR_CLASS_ADDRESS_REFUSED,
			    "its URL is not https (--require-https-targets)");
	job->body = payload_build(job->arena, &job->claim.event);
	header_add(job, "Content-Type: application/json; charset=utf-8");
	header_add(job, "User-Agent;"); /* present and empty, as listeners have always seen it */
	header_add(job, "Expect:");	/* no waiting for 100 Continue */
	custom_headers_add(job);
	return authorization_add(job, config->keyring) && signature_add(job, config->keyring);
}

const char *job_reply_text(const struct job *job)
{
	char *text = arena_strndup(job->arena, (const char *)job->reply, job->reply_kept);
	size_t length = job->reply_kept;

	/* The cut may have split a character: drop up to three bytes before giving up on the text.
	 */
	for (int dropped = 0; dropped < 4 && length > 0 && !utf8_is_valid(text, length); dropped++)
		length--;
	if (!utf8_is_valid(text, length))
		return "";
	text[length] = '\0';
	for (char *c = text; c < text + length; c++) {
		if (((unsigned char)*c < 0x20 && *c != '\n') || *c == 0x7f)
			*c = ' ';
	}
	return text;
}
