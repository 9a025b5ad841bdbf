/* filename.h – the file name of a multipart part, in each way that clients write one. Inside src/http only. Hostile input. */
#ifndef GREFFIER_HTTP_FILENAME_H
#define GREFFIER_HTTP_FILENAME_H

#include "base/arena.h"

/* Of a Content-Disposition's value; valid UTF-8 in `arena`; NULL when there is none. In this order:
 *   filename*=UTF-8''…      RFC 5987, also ISO-8859-1
 *   filename*0*=…; …*1*=…   in pieces (RFC 2231): MIME libraries break long names
 *   filename="=?utf-8?B?…"  encoded words (RFC 2047): wrong here, but some HTTP libraries write nothing else
 *   filename="…"            with %22, %0D and %0A as browsers write them (WHATWG); bytes that are no UTF-8 are ISO-8859-1 */
const char *filename_read(struct arena *arena, const char *disposition);

#endif
