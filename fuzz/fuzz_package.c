/* fuzz_package.c – a package as clients send it, through the model and the rules, without a store.
 * Stresses types, ids, references between roles and approvals; what is accepted must be complete.
 */
#include <stdint.h>
#include <string.h>

#include "base/ensure.h"
#include "base/json.h"
#include "crypto/random.h"
#include "signing/model.h"
#include "signing/package_build.h"
#include "signing/package_text.h"
#include "signing/package_view.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool nobody_found(void *arg, const char *email, struct user *ret_user, bool *ret_found,
			 struct error *err)
{
	*ret_found = false;
	return true;
}

static bool has_role(const json_t *package, const char *id)
{
	json_t *role;
	size_t i;

	json_array_foreach(json_object_get(package, "roles"), i, role)
	{
		if (strcmp(json_text(role, "id"), id) == 0)
			return true;
	}
	return false;
}

static void roles_are_there(const json_t *package)
{
	json_t *document, *approval;
	size_t i, j;

	json_array_foreach(json_object_get(package, "documents"), i, document)
	{
		json_array_foreach(json_object_get(document, "approvals"), j, approval)
			ensure(has_role(package, json_text(approval, "role")));
	}
}

/* Divided into parts and put together again, a package is the same; rules say the same of both. */
static void parts_are_the_package(struct arena *arena, const json_t *package)
{
	const json_t *roles = json_object_get(package, "roles");
	const json_t *documents = json_object_get(package, "documents");
	struct package_view views[2];
	struct package_parts parts;
	struct error err = {0}, errs[2] = {{0}, {0}};
	const char *members, *joined;

	ensure(package_parts_encode(arena, roles, documents, &parts, &err));
	json_t *own = json_copy((json_t *)(uintptr_t)package);
	json_object_del(own, "roles");
	json_object_del(own, "documents");
	ensure(package_text_encode(arena, own, &members, &err) &&
	       package_text_join(arena, members, &parts, &joined, &err));
	json_t *whole = json_loads(joined, 0, NULL);
	ensure(whole && json_equal(whole, package));
	json_decref(whole);
	json_decref(own);
	package_view_make(arena, roles, documents, &views[0]);
	ensure(package_view_read(arena, &parts, &views[1], &err));
	for (int i = 0; i < 2; i++)
		ensure(package_is_sendable(&views[i], &errs[i]) ||
		       errs[i].code == ERROR_PACKAGE_NOT_SENDABLE);
	ensure(errs[0].code == errs[1].code);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct user owner = {.account = "account00001",
					  .uid = "owner0000001",
					  .email = "o@x.example",
					  .first_name = "O",
					  .last_name = "W",
					  .title = "",
					  .company = "",
					  .phone = "",
					  .language = "en",
					  .status = "ACTIVE",
					  .type = "MANAGER"};
	struct error err = {0};

	crypto_start();
	json_t *input = json_decode_object((struct bytes){data, size}, &err);
	json_t *package = input ? shape_reduce(&model_package, input, &err) : NULL;
	struct arena *arena = arena_new();
	const struct package_build build = {
		.arena = arena, .now = wall_from_us(1), .owner = &owner, .user_find = nobody_found};
	if (package && package_build(&build, package, &err)) {
		roles_are_there(package);
		parts_are_the_package(arena, package);
	} else {
		ensure(error_http_status(err.code) == 400);
	}
	arena_free(arena);
	json_decref(package);
	json_decref(input);
	return 0;
}
