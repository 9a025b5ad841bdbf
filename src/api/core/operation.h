/* operation.h – facts about a running server, for operators. Inside src/api only. */
#ifndef GREFFIER_API_OPERATION_H
#define GREFFIER_API_OPERATION_H

#include "api/core/pools.h"
#include "base/time.h"

struct installation_facts {
	const char *data_folder;
	struct mono_time started;
	const struct pools *pools;
	struct pool_config limits[POOL_COUNT];
};

#endif
