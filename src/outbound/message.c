/* message.c – see message.h. */
#include "outbound/message.h"

#include <jansson.h>
#include <string.h>

#include "base/ensure.h"
#include "base/log.h"
#include "base/macros.h"
#include "base/text.h"
#include "context/actor.h"
#include "crypto/webhook_signature.h"
#include "notify/endpoint_hidden.h"
#include "notify/endpoint_secrets.h"
#include "notify/payload.h"
#include "notify/signing_keys.h"

static bool fail(struct sending *sending, const struct endpoint *endpoint,
		 enum error_class error_class, const char *why)
{
	sending->outcome.error_class = error_class;
	sending->problem = arena_strdup(sending->arena, why);
	log_warn("sender", "endpoint %s of account %s: %s", endpoint->id, endpoint->account, why);
	return false;
}

/* True when one of them names the sender. */
static bool custom_headers_add(struct sending *sending, const char *text)
{
	bool has_agent = false;
	size_t i;
	json_t *header;

	if (strcmp(text, "[]") == 0)
		return false;
	json_t *headers = json_loads(text, 0, NULL);
	json_array_foreach(headers, i, header)
	{
		const char *key = json_string_value(json_object_get(header, "key"));
		const char *value = json_string_value(json_object_get(header, "value"));
		has_agent |= text_equal_nocase(key, "User-Agent");
		/* curl takes `Name;` for a header without a value. */
		sending_header(sending, *value ? arena_printf(sending->arena, "%s: %s", key, value)
					       : arena_printf(sending->arena, "%s;", key));
	}
	json_decref(headers);
	return has_agent;
}

static bool authorization_add(struct sending *sending, const struct outbound_config *config,
			      const struct message *message)
{
	const struct endpoint *endpoint = message->endpoint;
	struct error err = {0};
	const char *key;

	if (message->access_token)
		sending_header(sending, arena_printf(sending->arena, "Authorization: Bearer %s",
						     message->access_token));
	if (endpoint->auth != ENDPOINT_AUTH_BASIC)
		return true;
	if (!endpoint_text_open(config->keyring, sending->arena, endpoint, "key",
				endpoint->key_sealed, &key, &err))
		return fail(sending, endpoint, ERROR_CLASS_INTERNAL, err.technical);
	/* Verbatim: the key is not encoded again. */
	sending_header(sending, arena_printf(sending->arena, "Authorization: Basic %s", key));
	return true;
}

/* What signatures are made of, and what they add up to: "v1,… v1,… v1a,…". */
struct signing {
	struct sending *sending;
	const struct message *message;
	int64_t timestamp;
	const char *signatures;
};

static void signature_add(struct signing *signing, const char *signature)
{
	ensure(signature);
	signing->signatures = arena_printf(signing->sending->arena, "%s%s%s", signing->signatures,
					   *signing->signatures ? " " : "", signature);
}

static bool hmac_add(struct signing *signing, const struct outbound_config *config,
		     const struct endpoint_secrets *secrets, struct error *err)
{
	struct arena *arena = signing->sending->arena;
	const struct endpoint *endpoint = signing->message->endpoint;
	const char *id = signing->message->event->id, *current;
	char forged[WEBHOOK_SECRET_TEXT_MAX];

	if (!endpoint_text_open(config->keyring, arena, endpoint, "signing_secret",
				endpoint->signing_secret_sealed, &current, err))
		return false;
	if (signing->message->is_forged) {
		webhook_secret_make(forged);
		current = forged;
	}
	signature_add(signing,
		      webhook_sign(arena, current, id, signing->timestamp, signing->sending->body));
	for (size_t i = 0; i < secrets->old_count && !signing->message->is_forged; i++) {
		if (secrets->old[i].expires.us > signing->sending->started.us)
			signature_add(signing,
				      webhook_sign(arena, secrets->old[i].secret, id,
						   signing->timestamp, signing->sending->body));
	}
	return true;
}

static bool ed25519_add(struct signing *signing, const struct outbound_config *config,
			struct db *db, struct error *err)
{
	struct arena *arena = signing->sending->arena;
	const struct event *event = signing->message->event;
	struct signing_seed seeds[SIGNING_KEYS_MAX];
	unsigned char ignored[WEBHOOK_PUBLIC_KEY_BYTES];
	size_t count;

	if (!signing_seeds_open(db, config->keyring, arena, signing->message->endpoint->account,
				signing->sending->started, seeds, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		if (signing->message->is_forged)
			webhook_key_make(seeds[i].seed, ignored);
		signature_add(signing,
			      webhook_sign_ed25519(arena, seeds[i].seed, event->id,
						   signing->timestamp, signing->sending->body));
	}
	explicit_bzero(seeds, sizeof(seeds));
	return true;
}

static bool signatures_add(struct sending *sending, const struct outbound_config *config,
			   struct db *db, const struct message *message,
			   const struct endpoint_secrets *secrets)
{
	struct signing signing = {.sending = sending,
				  .message = message,
				  .timestamp = sending->started.us / 1000000,
				  .signatures = ""};
	struct error err = {0};
	unsigned schemes = message->options->signatures;

	if (((schemes & SIGNATURE_HMAC_SHA256) && !hmac_add(&signing, config, secrets, &err)) ||
	    ((schemes & SIGNATURE_ED25519) && !ed25519_add(&signing, config, db, &err)))
		return fail(sending, message->endpoint, ERROR_CLASS_INTERNAL, err.technical);
	sending_header(sending, arena_printf(sending->arena, "webhook-id: %s", message->event->id));
	sending_header(sending, arena_printf(sending->arena, "webhook-timestamp: %lld",
					     (long long)signing.timestamp));
	sending_header(sending,
		       arena_printf(sending->arena, "webhook-signature: %s", signing.signatures));
	return true;
}

/* The account's number of the event, so that the receiver can see that it has missed none; and
 * which attempt this is. */
static void marks_add(struct sending *sending, const struct message *message)
{
	struct arena *arena = sending->arena;

	sending_header(sending,
		       arena_printf(arena, "greffier-endpoint: %s", message->endpoint->id));
	sending_header(sending, arena_printf(arena, HOPS_HEADER ": %lld",
					     (long long)message->event->hops + 1));
	if (message->is_test) {
		sending_header(sending, "greffier-test: true");
		return;
	}
	sending_header(sending, arena_printf(arena, "greffier-sequence: %lld",
					     (long long)message->event->sequence));
	sending_header(sending,
		       arena_printf(arena, "greffier-attempt: %lld", (long long)message->attempt));
}

static struct duration timeout_of(int64_t own_ms, struct duration usual)
{
	return own_ms ? duration_ms(own_ms) : usual;
}

static void payload_add(struct sending *sending, const struct message *message)
{
	const struct payload payload = payload_build_as(sending->arena, message->event,
							message->options->format);

	sending->body = payload.body;
	sending_header(sending,
		       arena_printf(sending->arena, "Content-Type: %s", payload.content_type));
	sending_header(sending, "Expect:"); /* no waiting for 100 Continue */
	for (size_t i = 0; i < payload.header_count; i++)
		sending_header(sending, payload.headers[i]);
}

bool message_build(struct sending *sending, const struct outbound_config *config, struct db *db,
		   const struct message *message, struct wall_time now)
{
	const struct endpoint *endpoint = message->endpoint;
	const struct endpoint_options *options = message->options;
	struct endpoint_secrets secrets;
	struct error err = {0};

	sending->started = now;
	sending->method = options->method;
	sending->url = endpoint->url;
	sending->connect_timeout = timeout_of(options->connect_timeout_ms, config->connect_timeout);
	sending->timeout = timeout_of(options->timeout_ms, config->request_timeout);
	if (!endpoint_secrets_open(config->keyring, sending->arena, endpoint, &secrets, &err))
		return fail(sending, endpoint, ERROR_CLASS_INTERNAL, err.technical);
	struct endpoint revealed = *endpoint;
	endpoint_reveal_with(sending->arena, &revealed, &secrets);
	sending->url = revealed.url;
	const char *catcher = guard_catcher_url(sending->arena, &config->guard, sending->url);
	const char *refusal = catcher ? NULL
				      : guard_refuses_url(&config->guard, sending->url,
							  *config->proxy);
	if (refusal)
		return fail(sending, endpoint, ERROR_CLASS_ADDRESS_REFUSED, refusal);
	if (catcher) {
		sending->url = catcher;
		/* The certificate is for the name that clients know, and the address is judged. */
		sending->to_self = sending->ignore_certificate = true;
	}
	sending->ca_certificates = options->ca_certificates;
	sending->client_certificate = options->client_certificate;
	sending->client_key = secrets.client_key;
	payload_add(sending, message);
	if (!custom_headers_add(sending, revealed.custom_headers))
		sending_header(sending, sending_agent(sending, config->user_agent));
	marks_add(sending, message);
	if (*secrets.authorization)
		sending_header(sending, arena_printf(sending->arena, "Authorization: %s",
						     secrets.authorization));
	return authorization_add(sending, config, message) &&
	       signatures_add(sending, config, db, message, &secrets);
}

/* What every request has; looked at first, because each delivery shows its head. */
static bool is_ours(const char *line, size_t name_length)
{
	static const char *const ours[] = {
		"webhook-id",	     "webhook-timestamp", "webhook-signature", "greffier-endpoint",
		"greffier-sequence", "greffier-attempt",  HOPS_HEADER,	       "Content-Type",
		"User-Agent",	     "greffier-test"};

	for (size_t i = 0; i < ARRAY_SIZE(ours); i++) {
		if (strlen(ours[i]) == name_length && memcmp(line, ours[i], name_length) == 0)
			return true;
	}
	return false;
}

/* Custom headers may hold keys, whatever their names: of all that is not ours the value is masked.
 */
static bool is_secret(const char *line, size_t name_length)
{
	return !is_ours(line, name_length) && strncmp(line, "ce-", 3) != 0;
}

/* "Authorization: Basic ***": these two schemes stay. Of a header of the endpoint's own the first
 * word may be the secret. */
static bool header_show(struct buf *buf, const char *line)
{
	size_t name = strcspn(line, ":;");
	const char *value = line[name] == ':' ? line + name + 1 : "";

	value += strspn(value, " ");
	if (line[name] == ':' && !*value) /* one that libcurl is told to leave out */
		return true;
	if (!is_secret(line, name))
		return buf_printf(buf, "%.*s: %s\n", (int)name, line, value);
	size_t scheme = text_starts_with_nocase(value, "Basic ") ||
					text_starts_with_nocase(value, "Bearer ")
				? strcspn(value, " ")
				: 0;
	return buf_printf(buf, "%.*s: %.*s%s***\n", (int)name, line, (int)scheme, value,
			  scheme ? " " : "");
}

const char *message_head(const struct sending *sending)
{
	struct buf buf;
	bool fits;

	buf_init(&buf, ATTEMPT_REQUEST_HEAD_MAX);
	fits = buf_printf(&buf, "%s %s\n", sending->method,
			  url_masked(sending->arena, sending->url));
	for (const struct curl_slist *line = sending->headers; line && fits; line = line->next)
		fits = header_show(&buf, line->data);
	const char *head = arena_strndup(sending->arena, (const char *)buf.data, buf.length);
	buf_done(&buf);
	return head;
}
