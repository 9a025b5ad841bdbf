/* run_corpus.c – runs every file of a folder through a target: how fuzz targets take part in the
 * ordinary tests. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/ensure.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
/* A target may have it, as with libFuzzer. */
int LLVMFuzzerInitialize(int *argc, char ***argv) __attribute__((weak));

static void file_run(const char *folder, const char *name)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	FILE *file = fopen(path, "rb");
	ensure(file && fseek(file, 0, SEEK_END) == 0);
	long size = ftell(file);
	rewind(file);
	uint8_t *data = malloc((size_t)size + 1);
	ensure(data && fread(data, 1, (size_t)size, file) == (size_t)size);
	fclose(file);
	(void)LLVMFuzzerTestOneInput(data, (size_t)size);
	free(data);
}

int main(int argc, char **argv)
{
	struct dirent *entry;
	int count = 0;

	if (LLVMFuzzerInitialize)
		(void)LLVMFuzzerInitialize(&argc, &argv);
	ensure(argc == 2);
	DIR *folder = opendir(argv[1]);
	ensure(folder);
	while ((entry = readdir(folder))) {
		if (entry->d_name[0] == '.')
			continue;
		file_run(argv[1], entry->d_name);
		count++;
	}
	closedir(folder);
	printf("1..1\n%s 1 - %d inputs of %s\n", count ? "ok" : "not ok", count, argv[1]);
	return count ? 0 : 1;
}
