/* actor.c – see actor.h. */
#include "context/actor.h"

#include "base/ensure.h"

struct actor actor_nobody(const char *address)
{
	ensure(address);
	return (struct actor){.kind = ACTOR_NOBODY, .address = address};
}

struct actor actor_operator(const char *name, const char *address)
{
	ensure(name && address);
	return (struct actor){.kind = ACTOR_OPERATOR,
			      .rights = RIGHTS_OF_OPERATOR,
			      .features = FEATURES_ALL,
			      .name = name,
			      .address = address};
}

const struct actor *actor_command(void)
{
	static const struct actor command = {.kind = ACTOR_COMMAND,
					     .rights = RIGHTS_OF_OPERATOR,
					     .features = FEATURES_ALL,
					     .address = ""};
	return &command;
}

const struct actor *actor_clockwork(void)
{
	static const struct actor clockwork = {.kind = ACTOR_CLOCKWORK,
					       .rights = RIGHTS_OF_OPERATOR,
					       .features = FEATURES_ALL,
					       .address = ""};
	return &clockwork;
}

enum actor_kind actor_kind_proven(const struct actor *actor)
{
	switch (actor->method) {
	case METHOD_API_KEY:
		return ACTOR_PERSON;
	case METHOD_API_TOKEN:
	case METHOD_OAUTH:
		return ACTOR_APP;
	case METHOD_SESSION:
		if (actor->session_kind == SESSION_SIGNER)
			return ACTOR_SIGNER;
		return *actor->client_id ? ACTOR_APP : ACTOR_PERSON;
	case METHOD_NONE:
		break;
	}
	return ACTOR_NOBODY;
}

bool actor_is_operator(const struct actor *actor)
{
	switch (actor->kind) {
	case ACTOR_OPERATOR:
	case ACTOR_COMMAND:
	case ACTOR_CLOCKWORK:
		return true;
	case ACTOR_NOBODY:
	case ACTOR_PERSON:
	case ACTOR_APP:
	case ACTOR_SIGNER:
		break;
	}
	return false;
}
