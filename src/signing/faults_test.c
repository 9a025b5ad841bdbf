/* faults_test.c – packages on a store that fails at the Nth call, for every N: nothing is half
 * done, nothing leaks, and the same call works afterwards. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/ensure.h"
#include "base/json.h"
#include "context/context.h"
#include "crypto/random.h"
#include "paperwork/paperwork.h"
#include "signing/consent_pdf.h"
#include "signing/document_files.h"
#include "signing/package.h"
#include "signing/package_create.h"
#include "store/fault_driver.h"

#define ACCOUNT "account00001"

struct scene {
	struct test_store *store;
	struct keyring *keyring;
	bool (*act)(const struct context *context, struct scene *scene, struct error *err);
	char id[64]; /* of the package made last */
};

static const char body[] =
	"{\"name\": \"NDA\", \"roles\": [{\"id\": \"R\", \"signers\": [{\"email\": "
	"\"ann@example.com\", \"firstName\": \"Ann\", \"lastName\": \"Lee\"}]}],"
	" \"callback\": {\"url\": \"https://receiver.example/hook\", \"events\": "
	"[\"PACKAGE_CREATE\"]}}";

/* Calls scene->act as the account's owner, in an arena of its own. */
static bool as_owner(void *arg, struct error *err)
{
	struct scene *scene = arg;
	scoped(arena) struct arena *arena = arena_new();
	const struct judge judge = judge_in_process();
	const struct context_tools tools = {.keyring = scene->keyring, .judge = &judge};
	const struct actor owner = {.kind = ACTOR_PERSON,
				    .method = METHOD_API_KEY,
				    .rights = rights_of_person(true, true, 0),
				    .features = FEATURES_ALL,
				    .account = ACCOUNT,
				    .user = ACCOUNT,
				    .address = ""};
	const struct wall_time now = wall_now();
	const struct context context = context_for_call(&tools, scene->store->session, arena,
							&owner, now, now);
	return scene->act(&context, scene, err);
}

static bool create(const struct context *context, struct scene *scene, struct error *err)
{
	unsigned char wide[sizeof(body) * 2] = {0};
	const char *id = "";

	for (size_t i = 0; i + 1 < sizeof(body); i++) /* as UTF-16 */
		wide[i * 2] = (unsigned char)body[i];
	json_t *sent = json_decode_object((struct bytes){wide, (sizeof(body) - 1) * 2}, err);
	bool ok = sent && package_create(context, sent, NULL, 0, &id, err);

	if (ok)
		snprintf(scene->id, sizeof(scene->id), "%s", id);
	json_decref(sent);
	return ok;
}

/* A PDF that is new each time; a large one is larger than what lies in a row. */
static struct bytes pdf_make(struct arena *arena, bool is_large)
{
	struct bytes pdf = consent_pdf(arena);
	const unsigned char *end = memmem(pdf.data, pdf.length, "startxref", 9);
	const size_t before = (size_t)(end - pdf.data), padding = is_large ? 300000 : 64;
	unsigned char *made = arena_alloc(arena, pdf.length + padding);

	memcpy(made, pdf.data, before);
	memset(made + before, 'a', padding);
	made[before] = '%';
	random_hex((char *)made + before + 1, 32);
	made[before + 33] = 'a';
	made[before + padding - 1] = '\n';
	memcpy(made + before + padding, end, pdf.length - before);
	return (struct bytes){made, pdf.length + padding};
}

static bool create_with(const struct context *context, struct scene *scene, bool is_large,
			struct error *err)
{
	const struct upload file = {"NDA.pdf", "NDA.pdf", pdf_make(context->arena, is_large)};
	const char *id = "";
	json_t *sent = json_pack("{s:s, s:[{s:s, s:s}]}", "name", "NDA", "documents", "id", "nda",
				 "name", "NDA");
	bool ok = package_create(context, sent, &file, 1, &id, err);

	if (ok)
		snprintf(scene->id, sizeof(scene->id), "%s", id);
	json_decref(sent);
	return ok;
}

static bool create_with_small(const struct context *context, struct scene *scene, struct error *err)
{
	return create_with(context, scene, false, err);
}

static bool create_with_large(const struct context *context, struct scene *scene, struct error *err)
{
	return create_with(context, scene, true, err);
}

static bool read_document(const struct context *context, struct scene *scene, struct error *err)
{
	struct document_file file;

	if (!document_file_read(context, scene->id, "nda", &file, err))
		return false;
	ensure(file.content.length > 300000);
	return true;
}

static bool copy(const struct context *context, struct scene *scene, struct error *err)
{
	const char *ignored;
	json_t *nothing = json_object();
	bool ok = package_clone(context, scene->id, nothing, &ignored, err);

	json_decref(nothing);
	return ok;
}

static bool change(const struct context *context, struct scene *scene, json_t *partial,
		   struct error *err)
{
	bool ok = package_change(context, scene->id, partial, err);

	json_decref(partial);
	return ok;
}

static bool describe(const struct context *context, struct scene *scene, struct error *err)
{
	return change(context, scene, json_pack("{s:s}", "description", "changed"), err);
}

static bool read_it(const struct context *context, struct scene *scene, struct error *err)
{
	const char *json;

	return package_read(context, scene->id, &json, err);
}

static bool read_as_signer(const struct context *context, struct scene *scene, struct error *err)
{
	const char *json;

	return package_read_as_signer(context, scene->id, &json, err);
}

static bool search(const struct context *context, struct scene *scene, struct error *err)
{
	const struct package_query query = {.search = "nda", .limit = 10};
	const char *json;

	return package_search(context, &query, &json, err);
}

static const struct {
	const char *what;
	bool (*act)(const struct context *context, struct scene *scene, struct error *err);
} calls[] = {
	{"a package with an endpoint", create},
	{"a package's text", describe},
	{"a package that is read", read_it},
	{"a package that a signer reads", read_as_signer},
	{"packages that are looked for", search},
	{"a package with a small document", create_with_small},
	{"a package with a large document", create_with_large},
	{"a document that is read", read_document},
	{"a copy of a package with a document", copy},
};

static void packages_on_each_engine(void **state)
{
	static const unsigned char key[32] = {7};
	struct error err = {0};

	EACH_ENGINE(engine)
	{
		struct scene scene = {.store = test_store_open(engine, NULL),
				      .keyring = keyring_from_key(key),
				      .act = create};
		test_store_add_account(scene.store, ACCOUNT);
		if (!as_owner(&scene, &err))
			fail_msg("%s", err.technical);
		fault_plug(scene.store);
		for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
			scene.act = calls[i].act;
			fault_each(scene.store, engine, calls[i].what, as_owner, &scene);
		}
		test_store_close(scene.store);
		keyring_free(scene.keyring);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(packages_on_each_engine)};

	crypto_start();
	return cmocka_run_group_tests_name("signing/faults", tests, NULL, NULL);
}
