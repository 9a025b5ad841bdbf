/* http_settings.h – reads the settings of the HTTP server and adapts them to this machine. */
#ifndef GREFFIER_CLI_HTTP_SETTINGS_H
#define GREFFIER_CLI_HTTP_SETTINGS_H

#include "cli/listen_address.h"
#include "cli/settings.h"
#include "http/server.h"

/* Fills everything except the functions, which are NULL. Raises the limit of open files as far
 * as possible. If that is not enough for --connections-limit, logs it and lowers the limit of
 * connections. Texts are borrowed from both arguments. */
MUST_CHECK bool http_settings_read(const struct settings *settings, const struct listen_address *listen,
				   struct http_server_config *ret_config, struct error *err);

#endif
