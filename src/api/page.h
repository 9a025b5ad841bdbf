/* page.h – a file of web/, embedded by the build (scripts/embed-page). Inside src/api only. */
#ifndef GREFFIER_API_PAGE_H
#define GREFFIER_API_PAGE_H

#include <stddef.h>

struct page {
	const char *text;
	size_t length;
	const char *hash; /* of the text: 16 hexadecimal digits */
};

#endif
