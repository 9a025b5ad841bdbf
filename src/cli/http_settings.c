/* http_settings.c – see http_settings.h. */
#include "cli/http_settings.h"

#include <dirent.h>
#include <string.h>
#include <sys/resource.h>

#include "base/log.h"
#include "base/text.h"

/* ---- descriptors ---- */

#define OTHER_FILES 256 /* database, log, mails, name look-ups */

static unsigned open_files(void)
{
	DIR *folder = opendir("/proc/self/fd");
	unsigned count = 0;

	if (!folder)
		return OTHER_FILES;
	while (readdir(folder))
		count++;
	closedir(folder);
	return count;
}

/* How many there may be. */
static rlim_t files_raise(rlim_t wanted)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return wanted;
	if (limit.rlim_cur < wanted) {
		limit.rlim_cur = wanted < limit.rlim_max ? wanted : limit.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &limit);
		(void)getrlimit(RLIMIT_NOFILE, &limit);
	}
	return limit.rlim_cur;
}

/* Where files are short, clients get half of those that are left: deliveries and the database need
 * the others to answer them. */
static unsigned connections_limit(const struct settings *settings)
{
	unsigned wanted = (unsigned)setting_number(settings, SETTING_CONNECTIONS_LIMIT);
	rlim_t others = (rlim_t)setting_number(settings, SETTING_IN_FLIGHT_LIMIT) + OTHER_FILES;
	rlim_t files = files_raise(wanted + others);
	rlim_t in_use = open_files();

	if (files >= wanted + others)
		return wanted;
	rlim_t half = files > in_use ? (files - in_use) / 2 : 0;
	if (half >= wanted)
		return wanted;
	unsigned lowered = half > 0 ? (unsigned)half : 1;
	log_warn(
		"http",
		"only %llu files may be open: at most %u client connections, not %u (raise ulimit -n)",
		(unsigned long long)files, lowered, wanted);
	return lowered;
}

/* ---- the rest ---- */

static const char *text_or_null(const char *text)
{
	return *text ? text : NULL;
}

static bool proxies_read(const struct settings *settings, struct proxies *ret_proxies,
			 struct error *err)
{
	const char *header = setting_text(settings, SETTING_FORWARDED_HEADER);
	bool is_rfc_7239 = text_equal_nocase(header, "Forwarded");

	if (!is_rfc_7239 && !text_equal_nocase(header, "X-Forwarded-For"))
		return error_set(err, ERROR_USAGE,
				 "--forwarded-header: X-Forwarded-For or Forwarded");
	ret_proxies->header = is_rfc_7239 ? FORWARDED_RFC_7239 : FORWARDED_X_FORWARDED_FOR;
	return setting_networks(settings, SETTING_TRUSTED_PROXIES, &ret_proxies->trusted, err);
}

/* A body that is allowed finds room when it is the only one. */
static size_t bodies_limit(const struct settings *settings)
{
	int64_t one = setting_number(settings, SETTING_BODY_LIMIT);
	int64_t all = setting_number(settings, SETTING_BODIES_LIMIT);

	return (size_t)(all > one ? all : one);
}

static struct duration seconds(const struct settings *settings, enum setting setting)
{
	return duration_s(setting_number(settings, setting));
}

bool http_settings_read(const struct settings *settings, const struct listen_address *listen,
			struct http_server_config *ret_config, struct error *err)
{
	*ret_config = (struct http_server_config){
		.address = listen->address,
		.port = listen->port,
		.tls_certificate = text_or_null(setting_text(settings, SETTING_TLS_CERTIFICATE)),
		.tls_key = text_or_null(setting_text(settings, SETTING_TLS_KEY)),
		.is_behind_tls = text_starts_with_nocase(setting_text(settings, SETTING_BASE_URL),
							 "https:"),
		.headers_limit = (size_t)setting_number(settings, SETTING_HEADERS_LIMIT),
		.bodies_limit = bodies_limit(settings),
		.body_rate = setting_number(settings, SETTING_BODY_RATE),
		.connections_limit = connections_limit(settings),
		.peer_limit = (unsigned)setting_number(settings, SETTING_CONNECTIONS_PER_ADDRESS),
		.handshake_timeout = seconds(settings, SETTING_HANDSHAKE_TIMEOUT),
		.head_timeout = seconds(settings, SETTING_HEAD_TIMEOUT),
		.request_timeout = seconds(settings, SETTING_REQUEST_TIMEOUT),
		.idle_timeout = seconds(settings, SETTING_IDLE_TIMEOUT),
	};
	return proxies_read(settings, &ret_config->proxies, err);
}
