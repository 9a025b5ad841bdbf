/* member.c – see member.h. */
#include "access/people/member.h"

#include <string.h>

#include "base/macros.h"
#include "context/grants.h"

/* Their names are keys of translations, as in OneSpan Sign. */
#define PREDEFINED(id) \
	{ \
		id, "esl.account.account_role.default_role." id ".name", \
			"esl.account.account_role.default_role." id ".description" \
	}
static const struct {
	const char *id, *name, *description;
} predefined[] = {
	PREDEFINED("owner"),  PREDEFINED("manager"),	       PREDEFINED("sender"),
	PREDEFINED("notary"), PREDEFINED("trustVaultManager"),
};

static unsigned predefined_permissions(const char *id)
{
	if (strcmp(id, "owner") == 0)
		return PERMISSIONS_ALL;
	return strcmp(id, "manager") == 0 ? manager_permissions() : sender_permissions();
}

bool predefined_role_find(struct arena *arena, const char *id, struct account_role *ret_role)
{
	for (size_t i = 0; i < ARRAY_SIZE(predefined); i++) {
		if (strcmp(predefined[i].id, id) != 0)
			continue;
		*ret_role = (struct account_role){
			.account = "",
			.id = predefined[i].id,
			.name = predefined[i].name,
			.description = predefined[i].description,
			.permissions = permissions_text(arena, predefined_permissions(id)),
			.enabled = true,
			.inherited = true,
		};
		return true;
	}
	return false;
}

bool any_role_find(struct db *db, struct arena *arena, const struct account *account,
		   const char *id, struct account_role *ret_role, bool *ret_found,
		   struct error *err)
{
	*ret_found = predefined_role_find(arena, id, ret_role);
	return *ret_found ||
	       role_find(db, arena, account->id, account->parent, id, ret_role, ret_found, err);
}

bool member_permissions(struct db *db, struct arena *arena, const struct account *account,
			const struct user *user, bool *ret_is_member, unsigned *ret_permissions,
			struct error *err)
{
	const char **ids;
	size_t count;
	unsigned permissions = 0, bits;

	if (!user_roles_list(db, arena, account->id, user->uid, &ids, &count, err))
		return false;
	*ret_is_member = count > 0 || strcmp(user->account, account->id) == 0 ||
			 strcmp(user->uid, account->owner) == 0;
	if (count == 0)
		permissions = strcmp(user->type, "MANAGER") == 0 ? manager_permissions()
								 : sender_permissions();
	for (size_t i = 0; i < count; i++) {
		struct account_role role;
		struct error ignored = {0};
		bool found;
		if (!any_role_find(db, arena, account, ids[i], &role, &found, err))
			return false;
		if (found && role.enabled &&
		    permissions_parse(role.permissions, "permissions", &bits, &ignored))
			permissions |= bits;
	}
	*ret_permissions = permissions;
	return true;
}

const char *predefined_role_id(size_t number)
{
	return number < ARRAY_SIZE(predefined) ? predefined[number].id : NULL;
}
