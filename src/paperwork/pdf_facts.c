/* pdf_facts.c – qpdf's C interface, silenced. Walks the page tree itself: qpdf_get_num_pages clones
 * each page that is named twice, and drops pages that are missing. */
#include "paperwork/pdf_facts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <qpdf/qpdf-c.h>

#include "base/ensure.h"
#include "paperwork/pdf_mend.h"

/* What a page has that does not say: ISO 32000-1 requires the size, generators forget it. */
#define DEFAULT_WIDTH 612
#define DEFAULT_HEIGHT 792
#define HEADER_WITHIN 1024  /* bytes; where Acrobat looks for %PDF- */
#define TREE_DEPTH_MAX 500  /* levels; each costs a C stack frame */
#define TREE_NODES_MAX 8000 /* inner nodes; without pages they could repeat endlessly */

struct box {
	double left, bottom, right, top;
};

/* The attributes that pages inherit (ISO 32000-1 table 30). */
struct inherited {
	struct box media, crop;
	bool has_media, has_crop;
	int rotate;
};

struct walk {
	qpdf_data qpdf;
	struct pdf_facts *facts;
	struct error *err;
	unsigned nodes;
	unsigned missing;  /* the first kid that is not there would be this page; 0: none */
	bool mended, lost; /* lost: a stream's data were not found */
	bool hopeless;	   /* what was refused would be refused however it is mended */
};

static bool refuse(struct error *err, const char *why)
{
	return error_set(err, ERROR_INVALID_DOCUMENT, "%s", why);
}

static bool number_read(qpdf_data qpdf, qpdf_oh number, double *ret_value)
{
	const bool is_number = qpdf_oh_is_number(qpdf, number);

	if (is_number)
		*ret_value = qpdf_oh_get_numeric_value(qpdf, number);
	qpdf_oh_release(qpdf, number);
	return is_number && isfinite(*ret_value);
}

static double smaller(double a, double b)
{
	return a < b ? a : b;
}

static double larger(double a, double b)
{
	return a > b ? a : b;
}

static bool box_is_usable(const struct box *box)
{
	const double width = box->right - box->left, height = box->top - box->bottom;

	return width > 0 && width <= PDF_SIDE_MAX && height > 0 && height <= PDF_SIDE_MAX;
}

/* Any two opposite corners, in any order (ISO 32000-1 section 7.9.5). */
static bool box_read(qpdf_data qpdf, qpdf_oh node, const char *key, struct box *ret_box)
{
	qpdf_oh list = qpdf_oh_get_key(qpdf, node, key);
	bool is_box = qpdf_oh_is_array(qpdf, list) && qpdf_oh_get_array_n_items(qpdf, list) == 4;
	double at[4] = {0};

	for (int i = 0; is_box && i < 4; i++)
		is_box = number_read(qpdf, qpdf_oh_get_array_item(qpdf, list, i), &at[i]);
	qpdf_oh_release(qpdf, list);
	const struct box box = {smaller(at[0], at[2]), smaller(at[1], at[3]), larger(at[0], at[2]),
				larger(at[1], at[3])};
	if (!is_box || !box_is_usable(&box))
		return false;
	*ret_box = box;
	return true;
}

/* Quarter turns clockwise, 0 to 3. What is no multiple of 90 degrees is not turned, as viewers do.
 */
static int turns_of(double degrees)
{
	const double turns = fmod(degrees / 90, 4);

	if (turns != floor(turns))
		return 0;
	return ((int)turns + 4) % 4;
}

static struct inherited inherited_read(qpdf_data qpdf, qpdf_oh node, struct inherited inherited)
{
	double degrees;

	if (box_read(qpdf, node, "/MediaBox", &inherited.media))
		inherited.has_media = true;
	if (box_read(qpdf, node, "/CropBox", &inherited.crop))
		inherited.has_crop = true;
	if (number_read(qpdf, qpdf_oh_get_key(qpdf, node, "/Rotate"), &degrees))
		inherited.rotate = turns_of(degrees);
	return inherited;
}

/* The crop box counts as far as it lies in the media box (ISO 32000-1 section 14.11.2). */
static struct box visible_box(const struct inherited *inherited)
{
	const struct box media = inherited->has_media
					 ? inherited->media
					 : (struct box){0, 0, DEFAULT_WIDTH, DEFAULT_HEIGHT};
	const struct box *crop = &inherited->crop;
	const struct box seen = {larger(media.left, crop->left), larger(media.bottom, crop->bottom),
				 smaller(media.right, crop->right), smaller(media.top, crop->top)};

	return inherited->has_crop && box_is_usable(&seen) ? seen : media;
}

static struct pdf_page page_measure(qpdf_data qpdf, qpdf_oh page, const struct inherited *inherited)
{
	const struct box box = visible_box(inherited);
	double unit;

	if (!number_read(qpdf, qpdf_oh_get_key(qpdf, page, "/UserUnit"), &unit) || unit <= 0 ||
	    unit > PDF_USER_UNIT_MAX)
		unit = 1;
	const double width = (box.right - box.left) * unit, height = (box.top - box.bottom) * unit;
	return inherited->rotate % 2 ? (struct pdf_page){height, width}
				     : (struct pdf_page){width, height};
}

/* In a mended file, what is named as a page's content and is no stream was one (ISO 32000-1 table
 * 30). */
static bool content_is_there(qpdf_data qpdf, qpdf_oh page)
{
	qpdf_oh content = qpdf_oh_get_key(qpdf, page, "/Contents");
	const bool is_array = qpdf_oh_is_array(qpdf, content);
	const int parts = is_array ? qpdf_oh_get_array_n_items(qpdf, content) : 0;
	const bool is_absent = qpdf_oh_is_null(qpdf, content) &&
			       !qpdf_oh_is_indirect(qpdf, content);
	bool is_there = is_absent || is_array || qpdf_oh_is_stream(qpdf, content);

	for (int i = 0; is_there && i < parts; i++) {
		qpdf_oh part = qpdf_oh_get_array_item(qpdf, content, i);
		is_there = qpdf_oh_is_stream(qpdf, part);
		qpdf_oh_release(qpdf, part);
	}
	qpdf_oh_release(qpdf, content);
	return is_there;
}

static bool page_add(struct walk *walk, qpdf_oh page, const struct inherited *inherited)
{
	struct pdf_facts *facts = walk->facts;

	if (facts->page_count == PDF_PAGES_MAX) {
		walk->hopeless = true;
		return refuse(walk->err, "a PDF of more than 2000 pages");
	}
	if (walk->mended && !content_is_there(walk->qpdf, page))
		return error_set(walk->err, ERROR_INVALID_DOCUMENT,
				 "the PDF is damaged: the content of page %u is lost",
				 facts->page_count + 1);
	facts->pages[facts->page_count++] = page_measure(walk->qpdf, page, inherited);
	return true;
}

static bool node_walk(struct walk *walk, qpdf_oh node, struct inherited inherited, unsigned depth);

/* A direct null stands for nothing. Any other kid that is no dictionary was a page once. */
static bool kid_walk(struct walk *walk, qpdf_oh kid, const struct inherited *inherited,
		     unsigned depth)
{
	if (qpdf_oh_is_dictionary(walk->qpdf, kid))
		return node_walk(walk, kid, *inherited, depth);
	if (!walk->missing &&
	    (qpdf_oh_is_indirect(walk->qpdf, kid) || !qpdf_oh_is_null(walk->qpdf, kid)))
		walk->missing = walk->facts->page_count + 1;
	return true;
}

static bool kids_walk(struct walk *walk, qpdf_oh kids, const struct inherited *inherited,
		      unsigned depth)
{
	const int count = qpdf_oh_get_array_n_items(walk->qpdf, kids);
	bool ok = true;

	for (int i = 0; ok && i < count; i++) {
		qpdf_oh kid = qpdf_oh_get_array_item(walk->qpdf, kids, i);
		ok = kid_walk(walk, kid, inherited, depth + 1);
		qpdf_oh_release(walk->qpdf, kid);
	}
	return ok;
}

/* A node with kids, or a page. A loop is caught as a tree too deep or too large. */
static bool node_walk(struct walk *walk, qpdf_oh node, struct inherited inherited, unsigned depth)
{
	qpdf_data qpdf = walk->qpdf;

	inherited = inherited_read(qpdf, node, inherited);
	qpdf_oh kids = qpdf_oh_get_key(qpdf, node, "/Kids");
	bool is_inner = qpdf_oh_is_array(qpdf, kids), ok;
	if (!is_inner)
		ok = page_add(walk, node, &inherited);
	else if (depth == TREE_DEPTH_MAX || ++walk->nodes > TREE_NODES_MAX)
		ok = refuse(walk->err, "the PDF's tree of pages is endless");
	else
		ok = kids_walk(walk, kids, &inherited, depth);
	qpdf_oh_release(qpdf, kids);
	return ok;
}

/* Forgets the warnings, and remembers what they mean for the pages. */
static void warnings_drain(struct walk *walk)
{
	while (qpdf_more_warnings(walk->qpdf)) {
		qpdf_error warning = qpdf_next_warning(walk->qpdf);
		const char *text = qpdf_get_error_message_detail(walk->qpdf, warning);
		if (qpdf_get_error_code(walk->qpdf, warning) == qpdf_e_damaged_pdf)
			walk->mended = true;
		if (text && strstr(text, "unable to recover stream data"))
			walk->lost = true;
	}
}

/* What the root of the tree says; -1: nothing. */
static long long count_read(qpdf_data qpdf, qpdf_oh pages)
{
	double count;

	return number_read(qpdf, qpdf_oh_get_key(qpdf, pages, "/Count"), &count) && count >= 0 &&
			       count <= PDF_PAGES_MAX
		       ? (long long)count
		       : -1;
}

/* All pages have come out: none is missing, unless the file is whole and does not count it. */
static bool all_came_out(struct walk *walk, qpdf_oh pages)
{
	const struct pdf_facts *facts = walk->facts;

	warnings_drain(walk);
	if (walk->missing &&
	    (walk->mended || count_read(walk->qpdf, pages) != (long long)facts->page_count))
		return error_set(walk->err, ERROR_INVALID_DOCUMENT,
				 "the PDF is damaged: what should be page %u is missing",
				 walk->missing);
	if (walk->mended && walk->lost)
		return refuse(walk->err, "the PDF is damaged: the content of a page is cut off");
	return true;
}

static bool pages_read(struct walk *walk)
{
	qpdf_data qpdf = walk->qpdf;
	qpdf_oh root = qpdf_get_root(qpdf);
	bool ok = false;

	if (qpdf_oh_is_dictionary(qpdf, root)) {
		qpdf_oh pages = qpdf_oh_get_key(qpdf, root, "/Pages");
		ok = qpdf_oh_is_dictionary(qpdf, pages);
		if (ok && (!node_walk(walk, pages, (struct inherited){0}, 0) ||
			   !all_came_out(walk, pages)))
			return false;
		qpdf_oh_release(qpdf, pages);
	}
	if (!ok || qpdf_has_error(qpdf) || walk->facts->page_count == 0)
		return refuse(walk->err, "a PDF without readable pages");
	return true;
}

/* It opened, so its user password is the empty one. ISO 32000-1 table 22. */
static bool may_be_signed(qpdf_data qpdf)
{
	return !qpdf_is_encrypted(qpdf) ||
	       (qpdf_allow_modify_other(qpdf) && qpdf_allow_modify_annotation(qpdf) &&
		qpdf_allow_modify_form(qpdf));
}

static bool refuse_for_good(struct walk *walk, const char *why)
{
	walk->hopeless = true;
	return refuse(walk->err, why);
}

static bool opened_judge(struct walk *walk, QPDF_ERROR_CODE read)
{
	qpdf_data qpdf = walk->qpdf;
	const enum qpdf_error_code_e code = qpdf_has_error(qpdf)
						    ? qpdf_get_error_code(qpdf,
									  qpdf_get_error(qpdf))
						    : qpdf_e_success;

	if (code == qpdf_e_password)
		return refuse_for_good(walk, "the PDF is protected by a password");
	if (code == qpdf_e_unsupported)
		return refuse_for_good(walk, "the PDF is encrypted in a way that is not supported");
	if (read & QPDF_ERRORS)
		return refuse(walk->err, "the PDF is damaged");
	if (!may_be_signed(qpdf))
		return refuse_for_good(walk, "the PDF is encrypted, and its permissions do not "
					     "allow changing, annotating and filling it");
	warnings_drain(walk);
	return pages_read(walk);
}

/* `mended`: it is a copy that pdf_mend has made. */
static bool judge_once(struct bytes pdf, bool mended, struct pdf_facts *ret_facts,
		       bool *ret_hopeless, struct error *err)
{
	qpdf_data qpdf = qpdf_init();

	ensure(qpdf);
	qpdf_silence_errors(qpdf);
	qpdf_set_suppress_warnings(qpdf, QPDF_TRUE);
	struct walk walk = {.qpdf = qpdf, .facts = ret_facts, .err = err, .mended = mended};
	ret_facts->page_count = 0;
	const bool ok = opened_judge(
		&walk,
		qpdf_read_memory(qpdf, "document", (const char *)pdf.data, pdf.length, NULL));
	warnings_drain(&walk);
	while (qpdf_has_error(qpdf)) /* unread ones are printed on standard error */
		(void)qpdf_get_error(qpdf);
	qpdf_cleanup(&qpdf);
	*ret_hopeless = walk.hopeless;
	return ok;
}

bool pdf_judge(struct bytes pdf, struct pdf_facts *ret_facts, struct error *err)
{
	const size_t head = pdf.length < HEADER_WITHIN ? pdf.length : HEADER_WITHIN;
	bool hopeless;

	if (head < 8 || !memmem(pdf.data, head, "%PDF-", 5))
		return refuse(err, "only PDF documents are accepted");
	if (judge_once(pdf, false, ret_facts, &hopeless, err))
		return true;
	for (int mending = 0; !hopeless && mending < MENDING_COUNT; mending++) {
		struct error still = {0};
		struct bytes mended;
		if (!pdf_mend((enum pdf_mending)mending, pdf, &mended))
			continue;
		const bool ok = judge_once(mended, true, ret_facts, &hopeless, &still);
		free((void *)(uintptr_t)mended.data);
		if (ok)
			return true;
		if (hopeless) /* it opened: what it says now is the better reason */
			*err = still;
	}
	return false;
}
