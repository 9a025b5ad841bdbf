/* blob_sweep.h – deletes unreferenced blobs, and bytes that no blob names. */
#ifndef GREFFIER_STORE_BLOBS_BLOB_SWEEP_H
#define GREFFIER_STORE_BLOBS_BLOB_SWEEP_H

#include "store/blobs/blob.h"

/* Deletes some of them, of all accounts. *ret_more is true when there may be others. `now` is
 * queue time. */
MUST_CHECK bool blobs_sweep_step(struct session *session, struct wall_time now, bool *ret_more, struct error *err);

#endif
