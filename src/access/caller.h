/* caller.h – who makes a request, once that is proven. */
#ifndef GREFFIER_ACCESS_CALLER_H
#define GREFFIER_ACCESS_CALLER_H

#include <stdbool.h>

#include "crypto/credential.h"
#include "store/account_store.h"

enum caller_method { CALLER_API_KEY, CALLER_API_TOKEN };

struct caller {
	enum caller_method method;
	char account[ACCOUNT_ID_LENGTH + 1];
	char user[USER_UID_LENGTH + 1];
	bool is_owner;      /* of the account */
	unsigned features;  /* of the account: enum account_feature */
};

#endif
