/* filename.h – reads the file name of a multipart part in every form that clients use. Hostile
 * input. Inside src/http only. */
#ifndef GREFFIER_HTTP_FILENAME_H
#define GREFFIER_HTTP_FILENAME_H

#include "base/arena.h"

/* Reads the name from the value of Content-Disposition. Returns valid UTF-8 in `arena`, or NULL
 * when there is no name. The forms are tried in this order:
 *
 *   filename*=UTF-8''…      RFC 5987, also ISO-8859-1
 *   filename*0*=…; …*1*=…   in pieces (RFC 2231): MIME libraries split long names
 *   filename="=?utf-8?B?…"  encoded words (RFC 2047): not allowed here, but some HTTP libraries write nothing else
 *   filename="…"            with %22, %0D and %0A as browsers write them (WHATWG); bytes that are not UTF-8 are read as ISO-8859-1 */
const char *filename_read(struct arena *arena, const char *disposition);

#endif
