/* rights.c – see rights.h. */
#include "context/rights.h"

struct rights rights_of_person(bool live, bool is_owner, unsigned permissions)
{
	return (struct rights){.live = live,
			       .is_owner = is_owner,
			       .permissions = is_owner ? PERMISSIONS_ALL : permissions,
			       .scopes = SCOPES_ALL};
}

struct rights rights_of_link(bool live, unsigned scopes, bool read_only)
{
	return (struct rights){.live = live,
			       .is_owner = true,
			       .permissions = PERMISSIONS_ALL,
			       .scopes = scopes,
			       .read_only = read_only};
}

struct rights rights_within(struct rights rights, struct rights link)
{
	return (struct rights){.live = rights.live && link.live,
			       .is_owner = rights.is_owner && link.is_owner,
			       .permissions = rights.permissions & link.permissions,
			       .scopes = rights.scopes & link.scopes,
			       .read_only = rights.read_only || link.read_only};
}

bool rights_include(struct rights more, struct rights less)
{
	if (!less.live)
		return true;
	return more.live && (more.is_owner || !less.is_owner) &&
	       !(less.permissions & ~more.permissions) && !(less.scopes & ~more.scopes) &&
	       (!more.read_only || less.read_only);
}

bool rights_may_give(struct rights actor, unsigned permissions)
{
	return actor.live && !(permissions & ~actor.permissions);
}

bool rights_may_change(struct rights actor, struct rights person)
{
	if (!actor.live || (person.is_owner && !actor.is_owner))
		return false;
	return actor.is_owner || !(person.permissions & ~actor.permissions);
}

bool rights_may_act_as(struct rights maker, struct rights person)
{
	const unsigned more = person.permissions & ~maker.permissions;

	return maker.live && (maker.permissions & BIT(PERMISSION_USERS)) &&
	       (maker.is_owner || !person.is_owner) && !(more & ~sender_permissions());
}
