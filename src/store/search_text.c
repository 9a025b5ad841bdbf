/* search_text.c – see search_text.h. */
#include "store/search_text.h"

#include <string.h>

#include "base/json.h"
#include "base/unicode.h"
#include "store/rows.h"

#define PEOPLE_MAX 65536    /* bytes of signers' names and addresses; later ones are not found */
#define FILLED_AT_ONCE 200  /* rows of users in one transaction: some 20 ms */
#define PACKAGES_AT_ONCE 20 /* their whole JSON is read */

const char *search_text_make(struct arena *arena, const char *first, const char *second)
{
	return arena_printf(arena, "%s\n%s", unicode_fold(arena, first),
			    unicode_fold(arena, second));
}

/* A signer of a package: names and address, a line each. */
static bool signer_add(struct buf *text, const json_t *signer)
{
	return buf_printf(text, "%s %s\n%s\n", json_text(signer, "firstName"),
			  json_text(signer, "lastName"), json_text(signer, "email"));
}

const char *search_people_make(struct arena *arena, const json_t *package)
{
	const json_t *role, *signer;
	bool has_room = true;
	struct buf text;
	size_t i, j;

	buf_init(&text, PEOPLE_MAX);
	json_array_foreach(json_object_get(package, "roles"), i, role)
	{
		json_array_foreach(json_object_get(role, "signers"), j, signer)
			has_room = has_room && signer_add(&text, signer);
	}
	const char *people = unicode_fold(
		arena,
		text.length ? arena_strndup(arena, (const char *)text.data, text.length) : "");
	buf_done(&text);
	return people;
}

const char *like_pattern(struct arena *arena, const char *text)
{
	char *pattern = arena_alloc(arena, 2 * strlen(text) + 1), *out = pattern;

	for (; *text; text++) {
		if (strchr("%_!", *text))
			*out++ = '!';
		*out++ = *text;
	}
	return pattern;
}

/* Folded, with LIKE's own signs taken as they are. */
static const char *escaped(struct arena *arena, const char *search)
{
	return like_pattern(arena, unicode_fold(arena, search));
}

const char *search_part(struct arena *arena, const char *search)
{
	return search && *search ? unicode_fold(arena, search) : NULL;
}

const char *search_pattern_of_first(struct arena *arena, const char *search)
{
	return search && *search ? arena_printf(arena, "%s\n%%", escaped(arena, search)) : NULL;
}

static const char SELECT_PACKAGES[] = "SELECT account, id, name, description, version, body "
				      "FROM package WHERE search_version <> version LIMIT $1";
static const char FILL_PACKAGE[] =
	"UPDATE package SET search_text = $1, search_version = $2, people_text = $5 "
	"WHERE account = $3 AND id = $4 AND version = $2";

#define NAMES_OF_USER "email || ' ' || first_name || ' ' || last_name"
static const char SELECT_USERS[] =
	"SELECT account, uid, email, first_name || ' ' || last_name AS name, " NAMES_OF_USER
	" AS names FROM app_user WHERE search_of <> " NAMES_OF_USER " LIMIT $1";
static const char FILL_USER[] = "UPDATE app_user SET search_text = $1, search_of = $2 "
				"WHERE account = $3 AND uid = $4 AND " NAMES_OF_USER " = $2";

/* A row whose text is to be made. */
struct stale {
	const char *account, *id, *first, *second;
	const char *people; /* of a package */
	struct arg made_from;
};

static const char *people_of(struct rows *rows, struct arena *arena)
{
	scoped(json_t) json_t *package = json_loads(rows_text(rows, "body", arena), 0, NULL);

	return search_people_make(arena, package);
}

static bool stale_find(struct db *db, struct arena *arena, bool users, struct stale *ret_list,
		       size_t *ret_count, struct error *err)
{
	scoped(rows) struct rows *rows = db_query(
		db, users ? SELECT_USERS : SELECT_PACKAGES,
		ARGS(arg_int(users ? FILLED_AT_ONCE : PACKAGES_AT_ONCE)), err);
	size_t count = 0;

	if (!rows)
		return false;
	while (rows_next(rows, err)) {
		ret_list[count++] = (struct stale){
			.account = rows_text(rows, "account", arena),
			.id = rows_text(rows, users ? "uid" : "id", arena),
			.first = rows_text(rows, users ? "email" : "name", arena),
			.second = rows_text(rows, users ? "name" : "description", arena),
			.people = users ? NULL : people_of(rows, arena),
			.made_from = users ? arg_text(rows_text(rows, "names", arena))
					   : arg_int(rows_int(rows, "version")),
		};
	}
	*ret_count = count;
	return err->code == ERROR_NONE;
}

static bool table_fill(struct db *db, bool users, bool *ret_more, struct error *err)
{
	scoped(arena) struct arena *arena = arena_new();
	struct stale *list = arena_alloc(arena, FILLED_AT_ONCE * sizeof(*list));
	size_t count;

	if (!stale_find(db, arena, users, list, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		const char *text = search_text_make(arena, list[i].first, list[i].second);
		const struct arg args[] = {arg_text(text), list[i].made_from,
					   arg_text(list[i].account), arg_text(list[i].id),
					   arg_text(list[i].people)};
		if (!db_run(db, users ? FILL_USER : FILL_PACKAGE, args, users ? 4 : 5, NULL, err))
			return false;
	}
	*ret_more = *ret_more || count == (users ? FILLED_AT_ONCE : PACKAGES_AT_ONCE);
	return true;
}

bool search_texts_fill(struct session *session, bool *ret_more, struct error *err)
{
	bool more = false;

	scoped(txn) struct txn *txn = txn_begin(session, err);
	if (!txn || !table_fill(txn_db(txn), false, &more, err) ||
	    !table_fill(txn_db(txn), true, &more, err) || !txn_commit(&txn, err))
		return false;
	*ret_more = more;
	return true;
}
