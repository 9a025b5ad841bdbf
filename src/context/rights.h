/* rights.h – what somebody may do: the one place where rights are put together and compared.
 *
 * A call stands at the end of a chain: a person in an account, perhaps a client app, whoever made that app, and the sessions
 * and tokens that were derived on the way. Each link takes away what it does not have itself, and gives nothing. Where a chain
 * is followed: authenticator.c. Networks and the rate of an app are no sets and are checked there. Pure. */
#ifndef GREFFIER_CONTEXT_RIGHTS_H
#define GREFFIER_CONTEXT_RIGHTS_H

#include <stdbool.h>

#include "context/grants.h"

struct rights {
	bool live;            /* nobody has ended it */
	bool is_owner;        /* of the account: what no permission stands for */
	bool read_only;
	unsigned permissions; /* bits of enum permission */
	unsigned scopes;      /* bits of enum scope */
};

/* Who runs the installation may do all. */
#define RIGHTS_OF_OPERATOR \
	{.live = true, .is_owner = true, .permissions = PERMISSIONS_ALL, .scopes = SCOPES_ALL}
/* Of a person in an account. An owner has every permission. */
struct rights rights_of_person(bool live, bool is_owner, unsigned permissions);
/* Of a link that is no person: it takes scopes away, and perhaps writing. */
struct rights rights_of_link(bool live, unsigned scopes, bool read_only);
/* What is left of `rights` behind one more link. */
struct rights rights_within(struct rights rights, struct rights link);
/* Whether `more` has all that `less` has. What has ended has nothing. */
bool rights_include(struct rights more, struct rights less);

/* Nobody gives, by role or by type of user, what they do not have. */
bool rights_may_give(struct rights actor, unsigned permissions);
/* Nobody changes a person, or a person's credentials, who may do more; the owner is the owner's alone. */
bool rights_may_change(struct rights actor, struct rights person);
/* Whether an app that `maker` made may act as `person`, another than the maker: who manages users may act for those who have,
 * besides what every sender has, no more than the maker. */
bool rights_may_act_as(struct rights maker, struct rights person);

#endif
