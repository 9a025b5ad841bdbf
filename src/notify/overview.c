/* overview.c – see overview.h. Every part is also the answer of another call. */
#include "notify/overview.h"

#include "access/credentials/client_apps.h"
#include "base/json.h"
#include "notify/catalogue.h"
#include "notify/endpoints.h"
#include "store/client_app_store.h"
#include "store/delivery_store.h"

#define DELIVERIES_SPAN_S 86400

static bool deliveries_count(const struct context *context, struct wall_time since,
			     enum delivery_state state, json_int_t *ret_count, struct error *err)
{
	const struct delivery_filter filter = {
		.account = context->account,
		.state = (int)state,
		.http_status = -1,
		.since = since,
		.limit = 1,
	};
	struct delivery_page page;

	if (!delivery_search(session_db(context->session), context->arena, &filter, &page, err))
		return false;
	*ret_count = page.total;
	return true;
}

static json_t *deliveries_to_json(const struct context *context, struct error *err)
{
	const struct wall_time since = wall_add(context->now, duration_s(-DELIVERIES_SPAN_S));
	json_int_t delivered, failed;

	if (!deliveries_count(context, since, DELIVERY_DELIVERED, &delivered, err) ||
	    !deliveries_count(context, since, DELIVERY_FAILED, &failed, err))
		return NULL;
	return json_pack("{s:o, s:I, s:I}", "since", json_date(since), "delivered", delivered,
			 "failed", failed);
}

static json_t *type_names_to_json(void)
{
	json_t *json = json_array();

	for (int type = 0; type < EVENT_TYPE_COUNT; type++) {
		const struct event_type_info *info = event_type_info((enum event_type)type);
		json_array_append_new(json, json_pack("{s:s, s:{s:s, s:s}}", "name", info->name,
						      "displayName", "en", info->display_en, "fr",
						      info->display_fr));
	}
	return json;
}

/* Who may not list client apps does not learn how many there are. */
static json_t *client_apps_to_json(const struct context *context, struct error *err)
{
	struct error refusal = {0};
	struct client_app *apps;
	size_t count;
	int64_t total;

	if (!client_apps_may_manage(context, &refusal) ||
	    !(context->actor->rights.scopes & BIT(SCOPE_ACCESS_MANAGE)))
		return json_null();
	if (!client_app_list(session_db(context->session), context->arena, context->account, 0, 0,
			     &apps, &count, &total, err))
		return NULL;
	return json_integer(total);
}

/* Takes the reference. */
static bool member_set(json_t *json, const char *name, json_t *value)
{
	return value && json_object_set_new(json, name, value) == 0;
}

json_t *overview_read(const struct context *context, const struct statistics_query *query,
		      struct error *err)
{
	const int64_t limit = OVERVIEW_ENDPOINTS_MAX;

	scoped(json_t) json_t *json = json_object();
	if (!member_set(json, "endpoints", endpoints_list(context, NULL, 0, limit, err)) ||
	    !member_set(json, "endpointHealth", endpoints_health(context, 0, limit, err)) ||
	    !member_set(json, "deliveries", deliveries_to_json(context, err)) ||
	    !member_set(json, "statistics", statistics_read(context, query, err)) ||
	    !member_set(json, "eventTypes", type_names_to_json()) ||
	    !member_set(json, "clientApps", client_apps_to_json(context, err)))
		return NULL;
	return json_incref(json);
}
