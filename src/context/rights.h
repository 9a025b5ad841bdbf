/* rights.h – computes and compares rights. The only place where rights are combined. Pure.
 *
 * A call is the end of a chain: a person in an account, perhaps a client app and the maker of
 * that app, and the sessions and tokens derived on the way. Each link removes the rights that it
 * does not have, and adds none. authenticator.c walks along the chain. Networks and rate limits
 * of an app are not sets and are checked there. */
#ifndef GREFFIER_CONTEXT_RIGHTS_H
#define GREFFIER_CONTEXT_RIGHTS_H

#include <stdbool.h>

#include "context/grants.h"

struct rights {
	bool live;            /* no link of the chain has ended */
	bool is_owner;        /* of the account: includes what no permission covers */
	bool read_only;
	unsigned permissions; /* bits of enum permission */
	unsigned scopes;      /* bits of enum scope */
};

/* Who runs the installation may do all. */
#define RIGHTS_OF_OPERATOR \
	{.live = true, .is_owner = true, .permissions = PERMISSIONS_ALL, .scopes = SCOPES_ALL}
/* Rights of a person in an account. An owner has every permission. */
struct rights rights_of_person(bool live, bool is_owner, unsigned permissions);
/* Rights of a link that is not a person: it limits scopes and may forbid writing. */
struct rights rights_of_link(bool live, unsigned scopes, bool read_only);
/* Returns `rights` reduced by one more link. */
struct rights rights_within(struct rights rights, struct rights link);
/* True when `more` includes all of `less`. Ended credentials have no rights. */
bool rights_include(struct rights more, struct rights less);

/* Nobody may grant, by role or user type, permissions that they do not have. */
bool rights_may_give(struct rights actor, unsigned permissions);
/* Nobody may change a person, or a person's credentials, with more rights than their own. Only
 * the owner may change the owner. */
bool rights_may_change(struct rights actor, struct rights person);
/* Tells whether an app made by `maker` may act as another `person`. A maker who manages users
 * may act for persons whose permissions, apart from those of every sender, are all among the
 * maker's. */
bool rights_may_act_as(struct rights maker, struct rights person);

#endif
