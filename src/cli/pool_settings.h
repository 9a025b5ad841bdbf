/* pool_settings.h – reads the sizes of the pools of workers. Inside src/cli only. */
#ifndef GREFFIER_CLI_POOL_SETTINGS_H
#define GREFFIER_CLI_POOL_SETTINGS_H

#include "api/core/pools.h"
#include "cli/settings.h"

/* A setting of 0 is replaced by a number that depends on the engine or the processors. */
void pool_settings_read(const struct settings *settings, bool postgresql,
			struct pool_config ret_pools[POOL_COUNT]);

#endif
