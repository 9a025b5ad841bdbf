/* health_api.c – is the process alive, is it of use, what is it? */
#include "api/core/routes.h"

#include "base/macros.h"
#include "store/store.h"

/* What the SDKs take this server for. */
#define COMPATIBLE_VERSION "11.51.0"

bool on_health_live(struct call *call, struct http_response *response, struct error *err)
{
	return reply_json_text(response, "{\"status\":\"UP\"}");
}

/* The words of openapi.yaml. */
static const char *const trouble_words[] = {
	[STORE_TROUBLE_NONE] = NULL,
	[STORE_TROUBLE_FULL] = "DISK_FULL",
	[STORE_TROUBLE_SILENT] = "NO_ANSWER",
	[STORE_TROUBLE_GONE] = "DATA_FOLDER_GONE",
	[STORE_TROUBLE_REFUSES] = "REFUSES_WRITES",
};

/* What the probe in the background found last: never waits for the store. */
bool on_health_ready(struct call *call, struct http_response *response, struct error *err)
{
	struct store_health health = store_health(call->store);
	const bool up = health.trouble == STORE_TROUBLE_NONE;
	json_t *store = json_pack("{s:s, s:I}", "status", up ? "UP" : "DOWN", "ageMilliseconds",
				  (json_int_t)health.age_ms);
	json_t *body = json_pack("{s:s, s:o*}", "status", up ? "UP" : "DOWN", "store", store);

	if (!up) {
		json_object_set_new(store, "reason", json_string(trouble_words[health.trouble]));
		json_object_set_new(store, "message",
				    json_string(store_trouble_text(health.trouble)));
	}
	(void)reply_json(response, body);
	if (!up)
		response->status = 503;
	return true;
}

bool on_sysinfo_get(struct call *call, struct http_response *response, struct error *err)
{
	return reply_json_text(response, "{\"version\":\"" COMPATIBLE_VERSION
					 "\",\"greffier\":\"" GREFFIER_VERSION "\"}");
}
