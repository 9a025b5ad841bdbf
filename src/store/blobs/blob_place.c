/* blob_place.c – chooses the place for an engine. */
#include "store/blobs/blob_place.h"

#include "store/db_driver.h"

const struct blob_place *blob_place_of(const struct session *session)
{
	return session->store->driver->is_postgresql ? &blob_rows : &blob_files;
}
