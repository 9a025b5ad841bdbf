/* routes_test.c – the document of openapi/ lists the routes of the table, all of them and no
 * others, in the same order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <cmocka.h>
#include <yaml.h>

#include "api/core/routes.h"
#include "base/ensure.h"
#include "base/json.h"
#include "http/server.h"

#define DOCUMENTED_MAX 500

struct documented {
	char path[200];
	char method[10];
};

struct documented_list {
	struct documented routes[DOCUMENTED_MAX];
	size_t count;
};

static const char *const methods[] = {"get", "put", "post", "delete", "patch"};

static bool is_method(const char *key)
{
	for (size_t i = 0; i < ARRAY_SIZE(methods); i++) {
		if (strcmp(key, methods[i]) == 0)
			return true;
	}
	return false;
}

static const char *scalar(yaml_document_t *document, int node)
{
	return (const char *)yaml_document_get_node(document, node)->data.scalar.value;
}

static void path_read(yaml_document_t *document, const char *path, yaml_node_t *operations,
		      struct documented_list *list)
{
	for (yaml_node_pair_t *pair = operations->data.mapping.pairs.start;
	     pair < operations->data.mapping.pairs.top; pair++) {
		const char *key = scalar(document, pair->key);
		if (!is_method(key))
			continue;
		ensure(list->count < DOCUMENTED_MAX);
		struct documented *route = &list->routes[list->count++];
		snprintf(route->path, sizeof(route->path), "%s", path);
		snprintf(route->method, sizeof(route->method), "%s", key);
	}
}

static void openapi_read(const char *file_name, struct documented_list *list)
{
	yaml_parser_t parser;
	yaml_document_t document;

	FILE *file = fopen(file_name, "r");
	ensure(file && yaml_parser_initialize(&parser));
	yaml_parser_set_input_file(&parser, file);
	ensure(yaml_parser_load(&parser, &document));
	yaml_node_t *root = yaml_document_get_root_node(&document);
	for (yaml_node_pair_t *member = root->data.mapping.pairs.start;
	     member < root->data.mapping.pairs.top; member++) {
		if (strcmp(scalar(&document, member->key), "paths") != 0)
			continue;
		yaml_node_t *paths = yaml_document_get_node(&document, member->value);
		for (yaml_node_pair_t *path = paths->data.mapping.pairs.start;
		     path < paths->data.mapping.pairs.top; path++)
			path_read(&document, scalar(&document, path->key),
				  yaml_document_get_node(&document, path->value), list);
	}
	yaml_document_delete(&document);
	yaml_parser_delete(&parser);
	fclose(file);
}

static bool is_documented(const struct documented_list *list, const struct api_route *route)
{
	for (size_t i = 0; i < list->count; i++) {
		if (strcmp(list->routes[i].path, route->pattern) == 0 &&
		    strcasecmp(list->routes[i].method, http_method_name(route->method)) == 0)
			return true;
	}
	return false;
}

static bool is_routed(const struct documented *documented)
{
	for (size_t i = 0; i < api_route_count; i++) {
		if (strcmp(documented->path, api_routes[i].pattern) == 0 &&
		    strcasecmp(documented->method, http_method_name(api_routes[i].method)) == 0)
			return true;
	}
	return false;
}

static void every_route_is_documented(void **state)
{
	for (size_t i = 0; i < api_route_count; i++) {
		if (!is_documented(*state, &api_routes[i]))
			fail_msg("openapi/ lacks %s %s", http_method_name(api_routes[i].method),
				 api_routes[i].pattern);
	}
}

static void every_documented_route_is_there(void **state)
{
	const struct documented_list *list = *state;

	assert_true(list->count > 0);
	for (size_t i = 0; i < list->count; i++) {
		if (!is_routed(&list->routes[i]))
			fail_msg("openapi/ lists %s %s, which is not there", list->routes[i].method,
				 list->routes[i].path);
	}
}

/* A missing or a superfluous one is told by the others. */
static void the_order_is_the_same(void **state)
{
	const struct documented_list *list = *state;

	for (size_t i = 0; i < list->count && i < api_route_count; i++) {
		if (strcmp(list->routes[i].path, api_routes[i].pattern) != 0 ||
		    strcasecmp(list->routes[i].method, http_method_name(api_routes[i].method)) != 0)
			fail_msg("openapi/ lists %s %s where the table has %s %s",
				 list->routes[i].method, list->routes[i].path,
				 http_method_name(api_routes[i].method), api_routes[i].pattern);
	}
}

/* Whatever may hash a password stays away from the threads of all other calls. */
static void passwords_have_threads_of_their_own(void **state)
{
	static call_handler *const hashing[] = {
		on_session_post,	 on_password_post,   on_password_forgotten,
		on_sender_post,		 on_sender_password, on_second_factor_post,
		on_second_factor_delete, on_api_key_reveal,  on_operated_accounts_post,
	};

	for (size_t i = 0; i < api_route_count; i++) {
		bool hashes = false;
		for (size_t j = 0; j < ARRAY_SIZE(hashing); j++)
			hashes |= api_routes[i].handler == hashing[j];
		if (hashes != (api_routes[i].pool == POOL_PASSWORDS))
			fail_msg("%s %s", http_method_name(api_routes[i].method),
				 api_routes[i].pattern);
	}
}

/* A limit is born with its route (docs/reference/limits.md): whoever may send much is somebody, or
 * reports leaks. */
static void every_body_has_a_limit(void **state)
{
	for (size_t i = 0; i < api_route_count; i++) {
		const struct api_route *route = &api_routes[i];
		const struct body_kind *kind = &body_kinds[route->body];
		bool has_body = route->method != HTTP_METHOD_GET &&
				route->method != HTTP_METHOD_DELETE;
		/* A catcher's token is a secret; a report is signed, or bounded by --bodies-limit.
		 */
		bool is_let_in = strstr(route->pattern, "/dlp/reports") ||
				 strstr(route->pattern, "/catch/");
		if (!has_body && route->body != BODY_SMALL)
			fail_msg("%s %s has no body", http_method_name(route->method),
				 route->pattern);
		if (route->level == LEVEL_PUBLIC && !is_let_in &&
		    (kind->limit == 0 || kind->limit > HTTP_BODY_SMALL))
			fail_msg("anybody may send %s much", route->pattern);
		if ((route->flags & ROUTE_FROM_MEMORY) && kind->limit != HTTP_BODY_SMALL)
			fail_msg("%s is answered on the loop", route->pattern);
		assert_true(kind->values > 0 && kind->values <= JSON_VALUES_MAX);
	}
}

int main(int argc, char **argv)
{
	static struct documented_list list;
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_prestate(every_route_is_documented, &list),
		cmocka_unit_test_prestate(every_documented_route_is_there, &list),
		cmocka_unit_test_prestate(the_order_is_the_same, &list),
		cmocka_unit_test(every_body_has_a_limit),
		cmocka_unit_test(passwords_have_threads_of_their_own),
	};

	openapi_read(GREFFIER_OPENAPI, &list);
	return cmocka_run_group_tests_name("api/routes", tests, NULL, NULL);
}
