/* operation_api.c – /api/operator: queues, mails, the system. Nothing of what accounts hold. */
#include "api/core/routes.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "access/outbox.h"
#include "api/core/operation.h"
#include "base/json.h"
#include "store/operator_store.h"
#include "store/store.h"

#define PAGE_QUEUES 20
#define PAGE_QUEUES_MAX 50
#define PAGE_MAILS 25
#define NODES_MAX 100

/* ---- queues ---- */

static bool queue_to_json(const struct call *call, const struct account_queue *queue,
			  json_t *results, struct error *err)
{
	struct account account;
	bool found;

	if (!account_find(session_db(call->session), call->arena, queue->account, &account, &found,
			  err))
		return false;
	json_array_append_new(
		results, json_pack("{s:s, s:s, s:I, s:b, s:o, s:I, s:I}", "accountId",
				   queue->account, "name", found ? account.name : "", "queued",
				   (json_int_t)queue->queued, "more", queue->more, "oldestDate",
				   queue->oldest.us ? json_date(queue->oldest) : json_null(),
				   "failingEndpoints", (json_int_t)queue->failing,
				   "pausedEndpoints", (json_int_t)queue->paused));
	return true;
}

bool on_operator_queues_get(struct call *call, struct http_response *response, struct error *err)
{
	const char *given = http_request_query(call->request, "after");
	struct account_queue queue = {.account = given ? given : ""};
	const char *last = NULL;
	bool found = true;
	int64_t limit;

	if (!call_query_int(call, "limit", 1, PAGE_QUEUES_MAX, PAGE_QUEUES, &limit, err))
		return false;
	scoped(json_t) json_t *results = json_array();
	while (found && json_array_size(results) < (size_t)limit) {
		if (!account_queue_next(session_db(call->session), call->arena, queue.account,
					&queue, &found, err) ||
		    (found && !queue_to_json(call, &queue, results, err)))
			return false;
		if (found)
			last = queue.account;
	}
	return reply_json(response, json_pack("{s:O, s:o}", "results", results, "next",
					      found && last ? json_string(last) : json_null()));
}

/* ---- mails ---- */

bool on_operator_mails_get(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	int64_t limit;

	return call_query_int(call, "limit", 1, OUTBOX_PAGE_MAX, PAGE_MAILS, &limit, err) &&
	       reply_answer(response,
			    outbox_list(&context, http_request_query(call->request, "state"),
					http_request_query(call->request, "after"), limit, err));
}

bool on_operator_mail_retry(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context_about(call, call->request->parameters[0]);
	return reply_answer(response, outbox_retry(&context, call->request->parameters[1], err));
}

bool on_operator_mail_cancel(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context_about(call, call->request->parameters[0]);
	return reply_answer(response, outbox_cancel(&context, call->request->parameters[1], err));
}

/* ---- the system ---- */

static json_t *disk_to_json(const char *folder)
{
	struct statvfs disk;

	if (!folder || statvfs(folder, &disk) != 0)
		return json_null();
	return json_pack("{s:I, s:I}", "freeBytes",
			 (json_int_t)disk.f_bavail * (json_int_t)disk.f_frsize, "totalBytes",
			 (json_int_t)disk.f_blocks * (json_int_t)disk.f_frsize);
}

static json_t *descriptors_to_json(void)
{
	struct rlimit limit = {0};
	json_int_t open = 0;
	DIR *folder = opendir("/proc/self/fd");

	while (folder && readdir(folder))
		open++;
	if (folder)
		closedir(folder);
	(void)getrlimit(RLIMIT_NOFILE, &limit);
	return json_pack("{s:I, s:I}", "open",
			 open > 3 ? open - 3 : 0, /* ".", ".." and the folder */
			 "limit", (json_int_t)limit.rlim_cur);
}

static json_int_t memory_bytes(void)
{
	FILE *file = fopen("/proc/self/statm", "re");
	char line[128] = "", *second;

	if (file && !fgets(line, sizeof(line), file))
		*line = '\0';
	if (file)
		fclose(file);
	(void)strtoll(line, &second, 10); /* the whole size; then what is resident, in pages */
	return strtoll(second, NULL, 10) * sysconf(_SC_PAGESIZE);
}

static json_t *pools_to_json(const struct installation_facts *facts)
{
	static const char *const names[POOL_COUNT] = {[POOL_API] = "api",
						      [POOL_PASSWORDS] = "passwords",
						      [POOL_DOCUMENTS] = "documents",
						      [POOL_EXPORTS] = "exports"};
	json_t *list = json_array();

	for (int i = 0; i < POOL_COUNT; i++)
		json_array_append_new(
			list, json_pack("{s:s, s:I, s:I, s:I}", "name", names[i], "threads",
					(json_int_t)facts->limits[i].threads, "waiting",
					(json_int_t)pool_waiting(facts->pools, (enum route_pool)i),
					"queueLimit", (json_int_t)facts->limits[i].queue_limit));
	return list;
}

static json_t *nodes_to_json(const struct call *call, struct error *err)
{
	struct node_seen *nodes;
	size_t count;

	if (!nodes_list(session_db(call->session), call->arena, NODES_MAX, &nodes, &count, err))
		return NULL;
	json_t *list = json_array();
	for (size_t i = 0; i < count; i++) {
		bool is_this = strcmp(nodes[i].node, store_node(call->store)) == 0;
		/* On SQLite any other is this server before its last start. */
		if (is_this || store_is_postgresql(call->store))
			json_array_append_new(
				list, json_pack("{s:s, s:o, s:b}", "id", nodes[i].node, "heardDate",
						json_date(nodes[i].heard), "isThis", is_this));
	}
	return list;
}

bool on_operator_system_get(struct call *call, struct http_response *response, struct error *err)
{
	const struct installation_facts *facts = call->facts;
	struct http_response health = {0};
	struct error ignored = {0};

	json_t *nodes = nodes_to_json(call, err);
	if (!nodes)
		return false;
	(void)on_health_ready(call, &health, &ignored);
	json_t *ready = json_loadb((const char *)health.body, health.body_length, 0, NULL);
	http_response_done(&health);
	return reply_json(
		response,
		json_pack("{s:o, s:s, s:s, s:I, s:o, s:o, s:o, s:I, s:o}", "health", ready,
			  "version", GREFFIER_VERSION, "store",
			  store_is_postgresql(call->store) ? "POSTGRESQL" : "SQLITE",
			  "uptimeSeconds",
			  (json_int_t)(mono_since(mono_now(), facts->started).us / 1000000),
			  "nodes", nodes, "disk", disk_to_json(facts->data_folder), "descriptors",
			  descriptors_to_json(), "memoryBytes", memory_bytes(), "pools",
			  pools_to_json(facts)));
}
