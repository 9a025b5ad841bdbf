/* health_api.c – is the process alive, is it of use, what is it? */
#include "api/routes.h"

#include "store/account_store.h"

/* What the SDKs take this server for. */
#define COMPATIBLE_VERSION "11.51.0"

bool on_health_live(struct call *call, struct http_response *response, struct error *err)
{
	return reply_json_text(response, "{\"status\":\"UP\"}");
}

/* Ready when the database answers. */
bool on_health_ready(struct call *call, struct http_response *response, struct error *err)
{
	int64_t accounts;

	if (!account_count(session_db(call->session), &accounts, err))
		return error_set(err, ERROR_STORE_UNAVAILABLE, "the database does not answer");
	return reply_json_text(response, "{\"status\":\"UP\"}");
}

bool on_sysinfo_get(struct call *call, struct http_response *response, struct error *err)
{
	return reply_json_text(response, "{\"version\":\"" COMPATIBLE_VERSION
					 "\",\"greffier\":\"" GREFFIER_VERSION "\"}");
}
