/* failure.c – see failure.h. */
#include "notify/failure.h"

#include <string.h>

#include "base/macros.h"

struct rule {
	const char *error_class;
	const char *phase, *said; /* NULL: any */
	const char *cause;
};

/* The first that fits. The words are OpenSSL's and libcurl's own. */
static const struct rule rules[] = {
	{"NOT_ATTEMPTED", NULL, NULL, "NOT_ATTEMPTED"},
	{"NAME_RESOLUTION", NULL, NULL, "NAME_UNKNOWN"},
	{"ADDRESS_REFUSED", NULL, NULL, "ADDRESS_REFUSED"},
	{"CONNECTION", NULL, "efused", "CONNECTION_REFUSED"},
	{"CONNECTION", NULL, "ouldn't connect", "CONNECTION_REFUSED"},
	{"CONNECTION", NULL, NULL, "UNREACHABLE"},
	{"TLS", NULL, "has expired", "CERTIFICATE_EXPIRED"},
	{"TLS", NULL, "not yet valid", "CERTIFICATE_EXPIRED"},
	{"TLS", NULL, "subject name", "CERTIFICATE_NAME"},
	{"TLS", NULL, "issuer", "CERTIFICATE_UNTRUSTED"},
	{"TLS", NULL, "self-signed", "CERTIFICATE_UNTRUSTED"},
	{"TLS", NULL, "self signed", "CERTIFICATE_UNTRUSTED"},
	{"TLS", NULL, "certificate required", "CERTIFICATE_WANTED"},
	{"TLS", NULL, NULL, "TLS_FAILED"},
	{"TIMEOUT", "ANSWER", NULL, "TIMEOUT_ANSWER"},
	{"TIMEOUT", "BODY", NULL, "TIMEOUT_ANSWER"},
	{"TIMEOUT", "SEND", NULL, "TIMEOUT_ANSWER"},
	{"TIMEOUT", NULL, NULL, "TIMEOUT_CONNECTION"},
	{"BROKEN_ANSWER", NULL, NULL, "BROKEN_ANSWER"},
	{"AUTHORIZATION", NULL, NULL, "TOKEN_REFUSED"},
	{"INTERNAL", NULL, NULL, "INTERNAL"},
};

static const struct {
	int64_t from, through;
	const char *cause;
} statuses[] = {
	{300, 399, "REDIRECT"},	 {401, 401, "UNAUTHORIZED"}, {403, 403, "FORBIDDEN"},
	{404, 404, "NOT_FOUND"}, {405, 405, "NOT_FOUND"},    {410, 410, "GONE"},
	{413, 413, "TOO_LARGE"}, {429, 429, "TOO_MANY"},     {408, 408, "UNAVAILABLE"},
	{400, 499, "REFUSED"},	 {502, 504, "UNAVAILABLE"},  {500, 599, "SERVER_ERROR"},
};

static const char *status_cause(int64_t http_status)
{
	for (size_t i = 0; i < ARRAY_SIZE(statuses); i++) {
		if (http_status >= statuses[i].from && http_status <= statuses[i].through)
			return statuses[i].cause;
	}
	return "OTHER";
}

const char *failure_cause(const char *error_class, const char *phase, int64_t http_status,
			  const char *said)
{
	if (!*error_class)
		return status_cause(http_status);
	for (size_t i = 0; i < ARRAY_SIZE(rules); i++) {
		const struct rule *rule = &rules[i];
		if (strcmp(rule->error_class, error_class) == 0 &&
		    (!rule->phase || strcmp(rule->phase, phase) == 0) &&
		    (!rule->said || strstr(said, rule->said)))
			return rule->cause;
	}
	return "OTHER";
}
