/* access.c – tokens, authenticated calls, client apps. */
#include "bench/modes.h"

#include <stdlib.h>
#include <string.h>

#include "base/ensure.h"
#include "bench/run.h"

static void token_request_add(struct requests *requests, const char *line, const char *arg)
{
	requests_add(requests, post_make("/apitoken/clientApp/accessToken", NULL, line));
}

static void app_request_add(struct requests *requests, const char *line, const char *arg)
{
	char authorization[256];

	snprintf(authorization, sizeof(authorization), "Basic %s", line);
	requests_add(requests, post_make("/api/account/authentication/clientApps", authorization,
					 "{\"name\":\"Bench\"}"));
}

static void get_request_add(struct requests *requests, const char *line, const char *path)
{
	requests_add(requests, get_make(path, line));
}

/* The text of a member of an answer. */
static void member_copy(const char *body, size_t length, const char *name, char *ret_text,
			size_t room)
{
	char member[64];

	snprintf(member, sizeof(member), "\"%s\":\"", name);
	const char *at = memmem(body, length, member, strlen(member));
	ensure(at);
	at += strlen(member);
	size_t text = strcspn(at, "\"");
	ensure(text < room);
	memcpy(ret_text, at, text);
	ret_text[text] = '\0';
}

static void token_save(size_t request, const char *body, size_t length, struct mono_time sent,
		       void *save)
{
	char token[256];

	member_copy(body, length, "accessToken", token, sizeof(token));
	fprintf(save, "Bearer %s\n", token);
}

static void app_save(size_t request, const char *body, size_t length, struct mono_time sent,
		     void *save)
{
	char id[128], secret[128];

	member_copy(body, length, "clientId", id, sizeof(id));
	member_copy(body, length, "secret", secret, sizeof(secret));
	fprintf(save, "{\"clientId\":\"%s\",\"secret\":\"%s\",\"type\":\"OWNER\"}\n", id, secret);
}

static FILE *save_open(const char *path)
{
	FILE *save = fopen(path, "we");

	ensure(save);
	return save;
}

static unsigned number_of(const char *text)
{
	return (unsigned)strtoul(text, NULL, 10);
}

void tokens_mode(struct loop *loop, int argc, char **argv)
{
	struct requests requests = {0};
	struct run all = {.loop = loop, .port = number_of(argv[0]), .requests = &requests};

	requests_read(&requests, argv[1], token_request_add, NULL);
	all.seconds = run_seconds();
	if (argc > 2) { /* each once */
		all.seconds = 0;
		all.limit = requests.count;
		all.on_answer = token_save;
		all.arg = save_open(argv[2]);
	}
	run(&all);
	run_print(&all, 1);
	if (all.arg)
		ensure(fclose(all.arg) == 0);
	requests_done(&requests);
}

void get_mode(struct loop *loop, int argc, char **argv)
{
	struct requests requests = {0};
	struct run all = {.loop = loop,
			  .port = number_of(argv[0]),
			  .requests = &requests,
			  .seconds = run_seconds()};

	if (argc > 2)
		requests_read(&requests, argv[2], get_request_add, argv[1]);
	else
		requests_add(&requests, get_make(argv[1], NULL));
	run(&all);
	run_print(&all, 1);
	requests_done(&requests);
}

void apps_mode(struct loop *loop, int argc, char **argv)
{
	struct requests requests = {0};
	struct run all = {.loop = loop,
			  .port = number_of(argv[0]),
			  .requests = &requests,
			  .on_answer = app_save};

	requests_read(&requests, argv[1], app_request_add, NULL);
	all.limit = requests.count * number_of(argv[2]);
	all.arg = save_open(argv[3]);
	run(&all);
	run_print(&all, 1);
	ensure(fclose(all.arg) == 0);
	requests_done(&requests);
}
