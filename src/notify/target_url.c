/* target_url.c – see target_url.h. */
#include "notify/target_url.h"

#include <curl/curl.h>
#include <string.h>

#include "base/ensure.h"

static bool url_parts_are_acceptable(const char *member, CURLU *parts, struct error *err)
{
	char *scheme = NULL, *user = NULL, *host = NULL;

	bool ok = curl_url_get(parts, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
		  curl_url_get(parts, CURLUPART_HOST, &host, 0) == CURLUE_OK && *host;
	if (!ok)
		(void)error_set(err, ERROR_CALLBACK_INVALID_URL, "%s: not an absolute URL", member);
	else if (strcmp(scheme, "http") != 0 && strcmp(scheme, "https") != 0)
		ok = error_set(err, ERROR_CALLBACK_INVALID_URL, "%s: must be http or https",
			       member);
	else if (curl_url_get(parts, CURLUPART_USER, &user, 0) == CURLUE_OK)
		ok = error_set(err, ERROR_CALLBACK_INVALID_URL,
			       "%s: may not carry user information", member);
	curl_free(scheme);
	curl_free(host);
	curl_free(user);
	return ok;
}

bool target_url_check(const char *member, const char *url, struct error *err)
{
	if (strlen(url) > TARGET_URL_MAX)
		return error_set(err, ERROR_CALLBACK_INVALID_URL, "%s: longer than %d characters",
				 member, TARGET_URL_MAX);
	for (const char *c = url; *c; c++) {
		if (*c <= 0x20 || *c >= 0x7f) /* as signed char: anything beyond ASCII too */
			return error_set(err, ERROR_CALLBACK_INVALID_URL,
					 "%s: only visible ASCII characters; encode others",
					 member);
	}
	/* libcurl takes one slash for two, and three: what is shown would not be what is called. */
	const char *colon = strchr(url, ':');
	if (!colon || strncmp(colon, "://", 3) != 0 || colon[3] == '/')
		return error_set(err, ERROR_CALLBACK_INVALID_URL, "%s: not an absolute URL",
				 member);
	CURLU *parts = curl_url();
	ensure(parts);
	bool ok = curl_url_set(parts, CURLUPART_URL, url, CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK
			  ? url_parts_are_acceptable(member, parts, err)
			  : error_set(err, ERROR_CALLBACK_INVALID_URL, "%s: not a URL", member);
	curl_url_cleanup(parts);
	return ok;
}
