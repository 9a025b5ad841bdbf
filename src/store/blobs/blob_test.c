/* blob_test.c – contents of all sizes come back; equal ones are one blob; what nobody refers to
 * goes; on each engine, with faults of the store and of the files. */
#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/ensure.h"
#include "crypto/random.h"
#include "store/blobs/blob_place.h"
#include "store/blobs/blob_reader.h"
#include "store/blobs/blob_sweep.h"
#include "store/blobs/blob_writer.h"
#include "store/fault_driver.h"
#include "store/rows.h"
#include "store/store_clock.h"

#define ACCOUNT "account00001"
#define OTHER "account00002"

struct scene {
	struct test_store *store;
	struct keyring *keyring;
	struct arena *arena;
	struct blob_context context;
	enum test_engine engine;
	struct bytes content; /* for calls that a fault meets */
	struct blob kept;
};

static void scene_open(struct scene *scene, enum test_engine engine)
{
	static const unsigned char key[32] = {7};

	scene->engine = engine;
	scene->store = test_store_open(engine, NULL);
	scene->keyring = keyring_from_key(key);
	scene->arena = arena_new();
	scene->context = (struct blob_context){scene->store->session, scene->keyring, scene->arena,
					       ACCOUNT};
}

static void scene_close(struct scene *scene)
{
	test_store_close(scene->store);
	keyring_free(scene->keyring);
	arena_free(scene->arena);
}

/* Bytes that differ from piece to piece. */
static struct bytes content_make(const struct scene *scene, size_t length, unsigned seed)
{
	unsigned char *data = arena_alloc(scene->arena, length + 1);

	for (size_t i = 0; i < length; i++)
		data[i] = (unsigned char)((i * 31 + i / 65536 + seed) % 251);
	return (struct bytes){data, length};
}

static bool add(const struct scene *scene, const struct blob *blob, struct error *err)
{
	scoped(txn) struct txn *txn = txn_begin(scene->store->session, err);

	return txn && blob_add(txn, blob, err) && txn_commit(&txn, err);
}

static bool drop(const struct scene *scene, const struct blob *blob, struct error *err)
{
	scoped(txn) struct txn *txn = txn_begin(scene->store->session, err);

	return txn && blob_drop(txn, blob->account, blob->address, err) && txn_commit(&txn, err);
}

static struct blob stored(const struct scene *scene, struct bytes content)
{
	struct error err = {0};
	struct blob blob;

	if (!blob_make(&scene->context, content, &blob, &err) || !add(scene, &blob, &err))
		fail_msg("%s", err.technical);
	return blob;
}

static void assert_holds(const struct scene *scene, const struct blob *blob, struct bytes content)
{
	struct error err = {0};
	struct bytes read;

	if (!blob_read_all(&scene->context, blob->address, &read, &err))
		fail_msg("%s", err.technical);
	assert_int_equal(read.length, content.length);
	assert_memory_equal(read.data, content.data, content.length);
}

static void assert_gone(const struct scene *scene, const struct blob *blob)
{
	struct error err = {0};

	assert_null(blob_reader_open(&scene->context, blob->address, &err));
	assert_int_equal(err.code, ERROR_DOCUMENT_NOT_FOUND);
}

static int64_t total(const struct scene *scene, const char *sql)
{
	struct error err = {0};
	int64_t count;

	ensure(query_total(session_db(scene->store->session), sql, NO_ARGS, &count, &err));
	return count;
}

static const char BLOBS[] = "SELECT COUNT(*) AS total FROM blob";
static const char LOOSE[] = "SELECT COUNT(*) AS total FROM blob_loose";
static const char PIECES[] = "SELECT COUNT(DISTINCT id) AS total FROM blob_piece";
static const char PLACED[] = "SELECT COUNT(*) AS total FROM blob WHERE content IS NULL";
static const char REFERENCES[] = "SELECT CAST(COALESCE(SUM(refs), 0) AS BIGINT) AS total FROM blob";

static int64_t files_count(const char *folder)
{
	DIR *list = opendir(folder);
	const struct dirent *entry;
	int64_t count = 0;

	while (list && (entry = readdir(list))) {
		char path[512];
		if (entry->d_name[0] == '.')
			continue;
		ensure(snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name) <
		       (int)sizeof(path));
		count += entry->d_type == DT_DIR ? files_count(path) : 1;
	}
	if (list)
		closedir(list);
	return count;
}

/* How many large contents lie in their place. */
static int64_t places(const struct scene *scene)
{
	char folder[128];

	(void)snprintf(folder, sizeof(folder), "%s/blobs", scene->store->directory);
	return scene->engine == TEST_POSTGRESQL ? total(scene, PIECES) : files_count(folder);
}

static void sweep(const struct scene *scene, struct wall_time now)
{
	struct error err = {0};
	bool more = true;

	while (more) {
		if (!blobs_sweep_step(scene->store->session, now, &more, &err))
			fail_msg("%s", err.technical);
	}
}

static struct wall_time later(const struct scene *scene, int64_t seconds)
{
	return wall_add(session_queue_now(scene->store->session), duration_s(seconds));
}

static void every_size_comes_back(void **state)
{
	static const struct {
		size_t length, at_once;
		bool lies_in_place;
	} rows[] = {
		{0, 1, false},
		{1, 1, false},
		{BLOB_PIECE_SIZE - 1, 4096, false},
		{BLOB_PIECE_SIZE, 100000, false},
		{BLOB_PIECE_SIZE + 1, BLOB_PIECE_SIZE, true},
		{2 * BLOB_PIECE_SIZE, 1000001, true},
		{2 * BLOB_PIECE_SIZE + 1, 70000, true},
		{5 * BLOB_PIECE_SIZE + 12345, 5 * BLOB_PIECE_SIZE + 12345, true},
	};

	EACH_ENGINE(engine)
	{
		struct scene scene;
		scene_open(&scene, engine);
		for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
			struct bytes content = content_make(&scene, rows[i].length, (unsigned)i);
			struct error err = {0};
			struct blob blob;
			scoped(blob_writer) struct blob_writer *writer = blob_writer_open(
				&scene.context, NULL, &err);
			for (size_t at = 0; at < content.length; at += rows[i].at_once) {
				size_t left = content.length - at;
				size_t some = left < rows[i].at_once ? left : rows[i].at_once;
				ensure(blob_write(writer, (struct bytes){content.data + at, some},
						  &err));
			}
			ensure(blob_finish(writer, &blob, &err) && add(&scene, &blob, &err));
			assert_int_equal(blob.lies_in_place, rows[i].lies_in_place);
			assert_int_equal(blob.size, rows[i].length);
			assert_holds(&scene, &blob, content);
		}
		assert_int_equal(total(&scene, LOOSE), 0);
		scene_close(&scene);
	}
}

static void equal_contents_of_an_account_are_one(void **state)
{
	EACH_ENGINE(engine)
	{
		struct scene scene;
		scene_open(&scene, engine);
		struct bytes small = content_make(&scene, 1000, 1);
		struct bytes large = content_make(&scene, 600000, 2);
		for (int i = 0; i < 3; i++) {
			stored(&scene, small);
			stored(&scene, large);
		}
		assert_int_equal(total(&scene, BLOBS), 2);
		assert_int_equal(total(&scene, REFERENCES), 6);
		assert_int_equal(places(&scene), 3);
		sweep(&scene, later(&scene, 1)); /* the copies */
		assert_int_equal(places(&scene), 1);

		struct blob first = stored(&scene, large);
		struct scene other = scene;
		other.context = (struct blob_context){scene.store->session, scene.keyring,
						      scene.arena, OTHER};
		struct blob second = stored(&other, large);
		assert_memory_not_equal(first.address, second.address, sizeof(first.address));
		assert_gone(&other, &first);
		assert_holds(&other, &second, large);
		scene_close(&scene);
	}
}

static void a_version_is_its_base_and_what_follows(void **state)
{
	static const size_t lengths[] = {300000, 0, 10, 400000};

	EACH_ENGINE(engine)
	{
		struct scene scene;
		struct blob versions[ARRAY_SIZE(lengths)];
		struct bytes whole;
		struct error err = {0};
		size_t length = 0;
		scene_open(&scene, engine);
		whole = content_make(&scene, 1000000, 3);
		for (size_t i = 0; i < ARRAY_SIZE(lengths); i++) {
			if (lengths[i] == 0) { /* the same content again is no new blob */
				versions[i] = versions[i - 1];
				continue;
			}
			scoped(blob_writer) struct blob_writer *writer = blob_writer_open(
				&scene.context, i > 0 ? versions[i - 1].address : NULL, &err);
			ensure(blob_write(writer, (struct bytes){whole.data + length, lengths[i]},
					  &err));
			ensure(blob_finish(writer, &versions[i], &err) &&
			       add(&scene, &versions[i], &err));
			length += lengths[i];
			assert_holds(&scene, &versions[i], (struct bytes){whole.data, length});
		}
		/* The last version keeps those below it; then all go, one after the other. */
		ensure(drop(&scene, &versions[0], &err) && drop(&scene, &versions[2], &err));
		sweep(&scene, later(&scene, BLOB_UNREFERENCED_S + 1));
		assert_holds(&scene, &versions[3], (struct bytes){whole.data, length});
		ensure(drop(&scene, &versions[3], &err));
		for (int i = 1; i <= 4; i++) {
			test_store_set_queue_time(scene.store,
						  later(&scene, BLOB_UNREFERENCED_S + 1));
			sweep(&scene, later(&scene, 0));
		}
		assert_int_equal(total(&scene, BLOBS), 0);
		assert_int_equal(total(&scene, LOOSE), 0);
		assert_int_equal(places(&scene), 0);
		scene_close(&scene);
	}
}

static void what_nobody_refers_to_goes_in_time(void **state)
{
	EACH_ENGINE(engine)
	{
		struct scene scene;
		struct error err = {0};
		scene_open(&scene, engine);
		struct bytes large = content_make(&scene, 600000, 4);
		struct blob blob = stored(&scene, large), again;
		ensure(drop(&scene, &blob, &err));
		sweep(&scene, later(&scene, BLOB_UNREFERENCED_S - 60));
		assert_holds(&scene, &blob, large);
		stored(&scene, large); /* referred to again */
		sweep(&scene, later(&scene, BLOB_UNREFERENCED_S * 2));
		assert_holds(&scene, &blob, large);

		ensure(drop(&scene, &blob, &err));
		struct blob_reader *reader = blob_reader_open(&scene.context, blob.address, &err);
		struct wall_time end = later(&scene, BLOB_UNREFERENCED_S + 1);
		sweep(&scene, end);
		assert_gone(&scene, &blob);
		struct bytes piece;
		ensure(blob_read(reader, &piece, &err)); /* who reads it may end */
		assert_int_equal(piece.length, BLOB_PIECE_SIZE);
		blob_reader_close(reader);
		sweep(&scene, wall_add(end, duration_s(BLOB_READERS_S + 1)));
		assert_int_equal(places(&scene), 0);

		/* An upload that no txn names, and one that is named too late. */
		ensure(blob_make(&scene.context, large, &again, &err));
		assert_int_equal(places(&scene), 1);
		sweep(&scene, later(&scene, BLOB_UNREFERENCED_S - 60));
		assert_int_equal(places(&scene), 1);
		sweep(&scene, later(&scene, BLOB_UNREFERENCED_S + 1));
		assert_int_equal(places(&scene), 0);
		assert_false(add(&scene, &again, &err));
		assert_int_equal(err.code, ERROR_CONFLICT);
		assert_int_equal(total(&scene, BLOBS), 0);
		scene_close(&scene);
	}
}

/* ---- faults ---- */

/* A new content each time. */
static bool store_it(void *arg, struct error *err)
{
	struct scene *scene = arg;
	struct blob blob;
	unsigned char *data = arena_memdup(scene->arena, scene->content.data,
					   scene->content.length);

	random_bytes(data, 16);
	scene->content.data = data;
	return blob_make(&scene->context, scene->content, &blob, err) && add(scene, &blob, err);
}

static bool read_it(void *arg, struct error *err)
{
	struct scene *scene = arg;
	struct bytes ignored;

	return blob_read_all(&scene->context, scene->kept.address, &ignored, err);
}

static void a_store_that_fails_leaves_nothing_half_done(void **state)
{
	EACH_ENGINE(engine)
	{
		struct scene scene;
		scene_open(&scene, engine);
		scene.content = content_make(&scene, 600000, 5);
		scene.kept = stored(&scene, scene.content);
		fault_plug(scene.store);
		fault_each(scene.store, engine, "a large blob", store_it, &scene);
		fault_each(scene.store, engine, "a large blob that is read", read_it, &scene);
		scene.content = content_make(&scene, 100, 6);
		fault_each(scene.store, engine, "a small blob", store_it, &scene);
		sweep(&scene, later(&scene, BLOB_UNREFERENCED_S + 1));
		/* All that failed uploads have left is gone. */
		assert_int_equal(places(&scene), total(&scene, PLACED));
		assert_int_equal(total(&scene, LOOSE), 0);
		scene_close(&scene);
	}
}

/* The path of the only file. */
static void file_find(const struct scene *scene, char ret_path[512])
{
	char command[256];

	(void)snprintf(command, sizeof(command), "find %s/blobs -type f", scene->store->directory);
	FILE *found = popen(command, "r");
	ensure(found && fgets(ret_path, 512, found));
	ret_path[strcspn(ret_path, "\n")] = '\0';
	pclose(found);
}

static void files_that_fail_are_told(void **state)
{
	const struct rlimit none = {RLIM_INFINITY, RLIM_INFINITY},
			    little = {8000000, RLIM_INFINITY};
	struct scene scene;
	struct error err = {0};
	struct bytes read;
	struct blob blob, ignored;
	struct stat facts;
	char path[512], folder[128];

	scene_open(&scene, TEST_SQLITE);
	(void)snprintf(folder, sizeof(folder), "%s/blobs", scene.store->directory);
	int fd = open(folder, O_WRONLY | O_CREAT, 0600); /* no folder can be made there */
	ensure(fd >= 0 && close(fd) == 0);
	struct bytes large = content_make(&scene, 600000, 7);
	assert_false(blob_make(&scene.context, large, &ignored, &err));
	assert_int_equal(err.code, ERROR_STORE_UNAVAILABLE);
	ensure(unlink(folder) == 0);

	signal(SIGXFSZ, SIG_IGN);
	ensure(setrlimit(RLIMIT_FSIZE, &little) == 0);
	assert_false(blob_make(&scene.context, content_make(&scene, 9000000, 7), &ignored, &err));
	assert_int_equal(err.code, ERROR_STORE_FULL);
	assert_non_null(strstr(err.technical, "cannot write the document"));
	ensure(setrlimit(RLIMIT_FSIZE, &none) == 0);
	sweep(&scene, later(&scene, BLOB_UNREFERENCED_S + 1));
	assert_int_equal(places(&scene), 0);

	blob = stored(&scene, large);
	file_find(&scene, path);
	ensure(stat(path, &facts) == 0 && stat(folder, &facts) == 0);
	assert_int_equal(facts.st_mode & 0777, 0700);
	/* A flipped bit, a file that ends early, a file that is gone. */
	unsigned char byte = 0;
	fd = open(path, O_RDWR);
	ensure(fd >= 0 && pread(fd, &byte, 1, 400000) == 1);
	byte ^= 4;
	ensure(pwrite(fd, &byte, 1, 400000) == 1);
	assert_false(blob_read_all(&scene.context, blob.address, &read, &err));
	assert_int_equal(err.code, ERROR_UNEXPECTED);
	byte ^= 4;
	ensure(pwrite(fd, &byte, 1, 400000) == 1);
	assert_holds(&scene, &blob, large);
	ensure(ftruncate(fd, 500000) == 0 && close(fd) == 0);
	assert_false(blob_read_all(&scene.context, blob.address, &read, &err));
	assert_int_equal(err.code, ERROR_UNEXPECTED);
	ensure(unlink(path) == 0);
	assert_false(blob_read_all(&scene.context, blob.address, &read, &err));
	assert_int_equal(err.code, ERROR_UNEXPECTED);
	scene_close(&scene);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_size_comes_back),
		cmocka_unit_test(equal_contents_of_an_account_are_one),
		cmocka_unit_test(a_version_is_its_base_and_what_follows),
		cmocka_unit_test(what_nobody_refers_to_goes_in_time),
		cmocka_unit_test(a_store_that_fails_leaves_nothing_half_done),
		cmocka_unit_test(files_that_fail_are_told),
	};

	crypto_start();
	return cmocka_run_group_tests_name("store/blob", tests, NULL, NULL);
}
