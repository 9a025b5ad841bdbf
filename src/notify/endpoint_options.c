/* endpoint_options.c – see endpoint_options.h. Numbers and words are tables: their limits are what
 * the manual says. */
#include "notify/endpoint_options.h"

#include <stdlib.h>
#include <string.h>

#include "base/ensure.h"
#include "base/json.h"
#include "base/words.h"
#include "context/context.h"
#include "crypto/pem.h"
#include "store/endpoint_store.h"

static const char *const format_names[PAYLOAD_FORMAT_COUNT] = {
	[PAYLOAD_ORIGINAL] = "ORIGINAL",
	[PAYLOAD_CLOUDEVENTS_STRUCTURED] = "CLOUDEVENTS_STRUCTURED",
	[PAYLOAD_CLOUDEVENTS_BINARY] = "CLOUDEVENTS_BINARY",
};

static const char *const refusal_names[ON_REFUSAL_COUNT] = {
	[ON_REFUSAL_HOLD] = "HOLD", [ON_REFUSAL_PASS_BY] = "PASS_BY"};

static const struct {
	const char *name;
	unsigned bit;
} signature_names[] = {{"HMAC_SHA256", SIGNATURE_HMAC_SHA256}, {"ED25519", SIGNATURE_ED25519}};

static const struct {
	const char *member;
	size_t offset;
	int64_t minimum, maximum, absent;
} numbers[] = {
	{"horizonHours", offsetof(struct endpoint_options, horizon_h), 1, HORIZON_MAX_H,
	 HORIZON_DEFAULT_H},
	{"inFlightLimit", offsetof(struct endpoint_options, in_flight_limit), 1,
	 ENDPOINT_IN_FLIGHT_MAX, ENDPOINT_IN_FLIGHT_DEFAULT},
	{"rateLimit", offsetof(struct endpoint_options, rate), 0, ENDPOINT_RATE_MAX, 0},
	{"connectTimeoutMs", offsetof(struct endpoint_options, connect_timeout_ms), 0,
	 ENDPOINT_TIMEOUT_MAX_MS, 0},
	{"timeoutMs", offsetof(struct endpoint_options, timeout_ms), 0, ENDPOINT_TIMEOUT_MAX_MS, 0},
};

static int64_t *number_of(struct endpoint_options *options, size_t i)
{
	return (int64_t *)(void *)((char *)options + numbers[i].offset);
}

static void defaults_set(struct endpoint_options *options)
{
	*options = (struct endpoint_options){
		.method = "POST",
		.signatures = SIGNATURE_HMAC_SHA256,
		.ordered = true,
		.failure_mails = true,
		.contact = "",
		.client_certificate = "",
		.ca_certificates = "",
		.filter = "",
		.oauth = {.client_id = "", .url = "", .scope = "", .username = ""},
	};
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
		*number_of(options, i) = numbers[i].absent;
}

static bool numbers_read(struct arena *arena, const json_t *body, struct endpoint_options *options,
			 struct error *err)
{
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		int64_t *number = number_of(options, i);
		if (!json_get_int(body, numbers[i].member, NULL, number, err))
			return false;
		if (*number < numbers[i].minimum || *number > numbers[i].maximum)
			return error_set(err, ERROR_INVALID_FIELD, "%s: must be from %lld to %lld",
					 numbers[i].member, (long long)numbers[i].minimum,
					 (long long)numbers[i].maximum);
	}
	return true;
}

/* One of the words; *ret_word stays when the member is absent. */
static bool option_word_read(const json_t *body, const char *member, const char *where,
			     const char *const *words, size_t count, int *ret_word,
			     struct error *err)
{
	const char *text;

	if (!json_get_text(body, member, where, &text, err))
		return false;
	if (!text)
		return true;
	const int at = word_find(text, words, count);
	if (at != WORD_NONE)
		*ret_word = at;
	return at != WORD_NONE ||
	       error_set(err, ERROR_INVALID_FIELD, "%s%s%s: `%.60s` is not one of its values",
			 where ? where : "", where ? "." : "", member, text);
}

static bool words_read(struct arena *arena, const json_t *body, struct endpoint_options *options,
		       struct error *err)
{
	static const char *const methods[] = {"POST", "PUT"};
	int method = 0, format = PAYLOAD_ORIGINAL, refusal = ON_REFUSAL_UNSET;

	if (!option_word_read(body, "method", NULL, methods, ARRAY_SIZE(methods), &method, err) ||
	    !option_word_read(body, "payloadFormat", NULL, format_names, PAYLOAD_FORMAT_COUNT,
			      &format, err) ||
	    !option_word_read(body, "onRefusal", NULL, refusal_names, ON_REFUSAL_COUNT, &refusal,
			      err) ||
	    !json_get_bool(body, "ordered", NULL, &options->ordered, err) ||
	    !json_get_bool(body, "failureMails", NULL, &options->failure_mails, err))
		return false;
	options->method = methods[method];
	options->format = (enum payload_format)format;
	options->on_refusal = (enum on_refusal)refusal;
	return true;
}

static bool signatures_read(struct arena *arena, const json_t *body,
			    struct endpoint_options *options, struct error *err)
{
	json_t *array, *value;
	size_t i;

	if (!json_get_array(body, "signatures", NULL, &array, err))
		return false;
	if (!array)
		return true;
	options->signatures = 0;
	json_array_foreach(array, i, value)
	{
		const char *name = json_string_value(value);
		unsigned bit = 0;
		for (size_t j = 0; name && j < ARRAY_SIZE(signature_names); j++)
			bit |= strcmp(name, signature_names[j].name) == 0 ? signature_names[j].bit
									  : 0;
		if (!bit)
			return error_set(err, ERROR_INVALID_FIELD,
					 "signatures[%zu]: HMAC_SHA256 or ED25519", i);
		options->signatures |= bit;
	}
	return options->signatures || error_set(err, ERROR_INVALID_FIELD,
						"signatures: at least one of HMAC_SHA256, ED25519");
}

static bool waits_read(struct arena *arena, const json_t *body, struct endpoint_options *options,
		       struct error *err)
{
	json_t *array, *value;
	size_t i;

	if (!json_get_array(body, "retryWaits", NULL, &array, err))
		return false;
	if (json_array_size(array) > RETRY_WAITS_MAX)
		return error_set(err, ERROR_INVALID_FIELD, "retryWaits: at most %d",
				 RETRY_WAITS_MAX);
	json_array_foreach(array, i, value)
	{
		int64_t wait = 0;
		if (!json_whole(value, &wait) || wait < 1 || wait > RETRY_WAIT_MAX_S)
			return error_set(err, ERROR_INVALID_FIELD,
					 "retryWaits[%zu]: seconds, 1 to %d", i, RETRY_WAIT_MAX_S);
		options->retry_waits_s[i] = wait;
	}
	options->retry_wait_count = json_array_size(array);
	return true;
}

/* Kept once each. A success cannot be one of them, nor what is no final answer. */
static bool statuses_read(struct arena *arena, const json_t *body, struct endpoint_options *options,
			  struct error *err)
{
	json_t *array, *value;
	size_t i;

	if (!json_get_array(body, "stopStatuses", NULL, &array, err))
		return false;
	if (json_array_size(array) > STOP_STATUSES_MAX)
		return error_set(err, ERROR_INVALID_FIELD, "stopStatuses: at most %d",
				 STOP_STATUSES_MAX);
	json_array_foreach(array, i, value)
	{
		int64_t status = 0;
		size_t known = 0;
		if (!json_whole(value, &status) || status < 300 || status > 599)
			return error_set(err, ERROR_INVALID_FIELD,
					 "stopStatuses[%zu]: a status from 300 to 599", i);
		while (known < options->stop_status_count &&
		       options->stop_statuses[known] != status)
			known++;
		options->stop_statuses[known] = status;
		options->stop_status_count += known == options->stop_status_count;
	}
	return true;
}

static bool contact_read(struct arena *arena, const json_t *body, struct endpoint_options *options,
			 struct error *err)
{
	const char *contact;

	if (!json_get_text(body, "contact", NULL, &contact, err))
		return false;
	if (!contact || !*contact)
		return true;
	options->contact = arena_strdup(arena, contact);
	return email_check("contact", contact, err);
}

static bool certificates_read(struct arena *arena, const json_t *tls, const char *member,
			      const char **ret_text, struct error *err)
{
	const char *text;

	if (!json_get_text(tls, member, "tls", &text, err))
		return false;
	if (!text || !*text)
		return true;
	/* Files with both are common, but this text is shown to readers of the endpoint. */
	if (strstr(text, "PRIVATE KEY-----"))
		return error_set(err, ERROR_INVALID_FIELD,
				 "tls.%s: certificates only; a private key goes into tls.clientKey",
				 member);
	if (pem_count_certificates(text) == 0)
		return error_set(err, ERROR_INVALID_FIELD,
				 "tls.%s: one or more X.509 certificates in PEM", member);
	*ret_text = arena_strdup(arena, text);
	return true;
}

static bool tls_read(struct arena *arena, const json_t *body, struct endpoint_options *options,
		     struct error *err)
{
	json_t *tls;

	return json_get_object(body, "tls", NULL, &tls, err) &&
	       (!tls ||
		(certificates_read(arena, tls, "clientCertificate", &options->client_certificate,
				   err) &&
		 certificates_read(arena, tls, "caCertificates", &options->ca_certificates, err)));
}

/* ---- filters ---- */

static bool texts_check(const json_t *texts, size_t limit, const char *where, struct error *err)
{
	json_t *text;
	size_t i;

	if (!json_is_array(texts) || json_array_size(texts) == 0 || json_array_size(texts) > limit)
		return error_set(err, ERROR_INVALID_FIELD, "%s: 1 to %zu texts", where, limit);
	json_array_foreach(texts, i, text)
	{
		if (!json_is_string(text) || json_string_length(text) == 0 ||
		    json_string_length(text) > FILTER_TEXT_MAX)
			return error_set(err, ERROR_INVALID_FIELD,
					 "%s[%zu]: a text of 1 to %d bytes", where, i,
					 FILTER_TEXT_MAX);
	}
	return true;
}

static bool attributes_check(const json_t *attributes, struct error *err)
{
	const char *name;
	json_t *values;

	if (json_object_size(attributes) > FILTER_ATTRIBUTES_MAX)
		return error_set(err, ERROR_INVALID_FIELD, "filters.attributes: at most %d",
				 FILTER_ATTRIBUTES_MAX);
	json_object_foreach((json_t *)(uintptr_t)attributes, name, values)
	{
		char where[FILTER_TEXT_MAX + 32];
		if (!*name || strlen(name) > FILTER_TEXT_MAX)
			return error_set(err, ERROR_INVALID_FIELD,
					 "filters.attributes: a name of 1 to %d bytes",
					 FILTER_TEXT_MAX);
		snprintf(where, sizeof(where), "filters.attributes.%s", name);
		if (!texts_check(values, FILTER_VALUES_MAX, where, err))
			return false;
	}
	return true;
}

static bool filter_read(struct arena *arena, const json_t *body, struct endpoint_options *options,
			struct error *err)
{
	json_t *filters, *senders, *attributes;

	if (!json_get_object(body, "filters", NULL, &filters, err) || !filters)
		return err->code == ERROR_NONE;
	if (!json_get_array(filters, "senders", "filters", &senders, err) ||
	    !json_get_object(filters, "attributes", "filters", &attributes, err) ||
	    (json_array_size(senders) > 0 &&
	     !texts_check(senders, FILTER_SENDERS_MAX, "filters.senders", err)) ||
	    !attributes_check(attributes, err))
		return false;
	scoped(json_t) json_t *kept = json_object();
	if (json_array_size(senders) > 0)
		json_object_set(kept, "senders", senders);
	if (json_object_size(attributes) > 0)
		json_object_set(kept, "attributes", attributes);
	if (json_object_size(kept) == 0)
		return true;
	options->filter = json_encode_in(arena, kept);
	return true;
}

/* ---- all of it ---- */

static bool oauth_read(struct arena *arena, const json_t *body, struct endpoint_options *options,
		       struct error *err)
{
	return oauth_setting_read(arena, body, &options->oauth, err);
}

typedef bool group_reader(struct arena *arena, const json_t *body, struct endpoint_options *options,
			  struct error *err);
/* Each reads its members, and leaves those of the others alone. */
static group_reader *const groups[] = {words_read,    signatures_read, waits_read,
				       statuses_read, numbers_read,    contact_read,
				       tls_read,      filter_read,     oauth_read};

bool endpoint_options_read(struct arena *arena, const json_t *body,
			   struct endpoint_options *ret_options, struct error *err)
{
	defaults_set(ret_options);
	for (size_t i = 0; i < ARRAY_SIZE(groups); i++) {
		if (!groups[i](arena, body, ret_options, err))
			return false;
	}
	return true;
}

void endpoint_options_load(struct arena *arena, const char *text,
			   struct endpoint_options *ret_options)
{
	defaults_set(ret_options);
	if (strcmp(text, "{}") == 0) /* most have this, and each delivery reads it */
		return;
	scoped(json_t) json_t *json = json_loads(text, 0, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(groups); i++) {
		const struct endpoint_options before = *ret_options;
		struct error err = {0};
		if (!groups[i](arena, json, ret_options, &err))
			*ret_options = before;
	}
}

static json_t *names_to_json(const struct endpoint_options *options)
{
	json_t *names = json_array();

	for (size_t i = 0; i < ARRAY_SIZE(signature_names); i++) {
		if (options->signatures & signature_names[i].bit)
			json_array_append_new(names, json_string(signature_names[i].name));
	}
	return names;
}

static json_t *numbers_to_json(const int64_t *list, size_t count)
{
	json_t *json = json_array();

	for (size_t i = 0; i < count; i++)
		json_array_append_new(json, json_integer(list[i]));
	return json;
}

bool endpoint_passes_by(const struct endpoint_options *options, const char *origin)
{
	if (options->on_refusal == ON_REFUSAL_UNSET)
		return strcmp(origin, ENDPOINT_ORIGIN_NONE) != 0;
	return options->on_refusal == ON_REFUSAL_PASS_BY;
}

json_t *endpoint_options_to_json(const struct endpoint_options *options)
{
	json_t *filter = *options->filter ? json_loads(options->filter, 0, NULL) : json_object();
	json_t *json = json_pack(
		"{s:s, s:s, s:o, s:b, s:b, s:o, s:o, s:s, s:{s:s, s:s}, s:o}", "method",
		options->method, "payloadFormat", format_names[options->format], "signatures",
		names_to_json(options), "ordered", options->ordered, "failureMails",
		options->failure_mails, "retryWaits",
		numbers_to_json(options->retry_waits_s, options->retry_wait_count), "stopStatuses",
		numbers_to_json(options->stop_statuses, options->stop_status_count), "contact",
		options->contact, "tls", "clientCertificate", options->client_certificate,
		"caCertificates", options->ca_certificates, "filters", filter);

	ensure(json);
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
		json_object_set_new(
			json, numbers[i].member,
			json_integer(*number_of((struct endpoint_options *)(uintptr_t)options, i)));
	if (options->on_refusal != ON_REFUSAL_UNSET)
		json_object_set_new(json, "onRefusal",
				    json_string(refusal_names[options->on_refusal]));
	if (*options->oauth.client_id)
		json_object_set_new(json, "oauthSetting", oauth_setting_to_json(&options->oauth));
	return json;
}

const char *endpoint_options_text(struct arena *arena, const struct endpoint_options *options)
{
	struct endpoint_options defaults;

	defaults_set(&defaults);
	scoped(json_t) json_t *usual = endpoint_options_to_json(&defaults);
	scoped(json_t) json_t *json = endpoint_options_to_json(options);
	if (json_equal(usual, json))
		return "{}";
	return json_encode_in(arena, json);
}
