/* pdf_facts.c – qpdf's C interface, silenced. Walks the page tree itself: qpdf_get_num_pages clones
 * each page that is named twice, and drops pages that are missing. */
#include "paperwork/pdf_facts.h"

#include <math.h>
#include <string.h>

#include <qpdf/qpdf-c.h>

#include "base/ensure.h"

/* What a page has that does not say: ISO 32000-1 requires the size, generators forget it. */
#define DEFAULT_WIDTH 612
#define DEFAULT_HEIGHT 792
#define HEADER_WITHIN 1024  /* bytes; where Acrobat looks for %PDF- */
#define TREE_DEPTH_MAX 500  /* levels; each costs a C stack frame */
#define TREE_NODES_MAX 8000 /* inner nodes; without pages under them they could repeat for ever */

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
	bool mended;
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

/* A reference to nothing. In a mended file that is a content that was lost; else it means nothing
 * (ISO 32000-1 section 7.3.10). */
static bool is_dangling(qpdf_data qpdf, qpdf_oh object)
{
	return qpdf_oh_is_indirect(qpdf, object) && qpdf_oh_is_null(qpdf, object);
}

static bool content_is_there(qpdf_data qpdf, qpdf_oh page)
{
	qpdf_oh content = qpdf_oh_get_key(qpdf, page, "/Contents");
	const int parts = qpdf_oh_is_array(qpdf, content) ? qpdf_oh_get_array_n_items(qpdf, content)
							  : 0;
	bool is_there = !is_dangling(qpdf, content);

	for (int i = 0; is_there && i < parts; i++) {
		qpdf_oh part = qpdf_oh_get_array_item(qpdf, content, i);
		is_there = !is_dangling(qpdf, part);
		qpdf_oh_release(qpdf, part);
	}
	qpdf_oh_release(qpdf, content);
	return is_there;
}

static bool page_add(struct walk *walk, qpdf_oh page, const struct inherited *inherited)
{
	struct pdf_facts *facts = walk->facts;

	if (facts->page_count == PDF_PAGES_MAX)
		return refuse(walk->err, "a PDF of more than 2000 pages");
	if (walk->mended && !content_is_there(walk->qpdf, page))
		return error_set(walk->err, ERROR_INVALID_DOCUMENT,
				 "the PDF is damaged: the content of page %u is lost",
				 facts->page_count + 1);
	facts->pages[facts->page_count++] = page_measure(walk->qpdf, page, inherited);
	return true;
}

static bool node_walk(struct walk *walk, qpdf_oh node, struct inherited inherited, unsigned depth);

static bool kids_walk(struct walk *walk, qpdf_oh kids, const struct inherited *inherited,
		      unsigned depth)
{
	const int count = qpdf_oh_get_array_n_items(walk->qpdf, kids);
	bool ok = true;

	for (int i = 0; ok && i < count; i++) {
		qpdf_oh kid = qpdf_oh_get_array_item(walk->qpdf, kids, i);
		ok = qpdf_oh_is_dictionary(walk->qpdf, kid)
			     ? node_walk(walk, kid, *inherited, depth + 1)
			     : error_set(walk->err, ERROR_INVALID_DOCUMENT,
					 "the PDF is damaged: what should be page %u is missing",
					 walk->facts->page_count + 1);
		qpdf_oh_release(walk->qpdf, kid);
	}
	return ok;
}

/* A node with kids, or a page. A loop is caught as a tree too deep or too large. */
static bool node_walk(struct walk *walk, qpdf_oh node, struct inherited inherited, unsigned depth)
{
	const qpdf_data qpdf = walk->qpdf;

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

/* Forgets the warnings; true when one says that the file had to be mended. */
static bool warnings_drain(qpdf_data qpdf)
{
	bool mended = false;

	while (qpdf_more_warnings(qpdf)) {
		qpdf_error warning = qpdf_next_warning(qpdf);
		mended = mended || qpdf_get_error_code(qpdf, warning) == qpdf_e_damaged_pdf;
	}
	return mended;
}

static bool pages_read(struct walk *walk)
{
	const qpdf_data qpdf = walk->qpdf;
	qpdf_oh root = qpdf_get_root(qpdf);
	bool ok = false;

	if (qpdf_oh_is_dictionary(qpdf, root)) {
		qpdf_oh pages = qpdf_oh_get_key(qpdf, root, "/Pages");
		ok = qpdf_oh_is_dictionary(qpdf, pages);
		if (ok && !node_walk(walk, pages, (struct inherited){0}, 0))
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

static bool opened_judge(struct walk *walk, QPDF_ERROR_CODE read)
{
	const qpdf_data qpdf = walk->qpdf;
	const enum qpdf_error_code_e code = qpdf_has_error(qpdf)
						    ? qpdf_get_error_code(qpdf,
									  qpdf_get_error(qpdf))
						    : qpdf_e_success;

	if (code == qpdf_e_password)
		return refuse(walk->err, "the PDF is protected by a password");
	if (code == qpdf_e_unsupported)
		return refuse(walk->err, "the PDF is encrypted in a way that is not supported");
	if (read & QPDF_ERRORS)
		return refuse(walk->err, "the PDF is damaged");
	if (!may_be_signed(qpdf))
		return refuse(walk->err, "the PDF is encrypted, and its permissions do not allow "
					 "changing, annotating and filling it");
	walk->mended = warnings_drain(qpdf);
	return pages_read(walk);
}

bool pdf_judge(struct bytes pdf, struct pdf_facts *ret_facts, struct error *err)
{
	const size_t head = pdf.length < HEADER_WITHIN ? pdf.length : HEADER_WITHIN;

	if (head < 8 || !memmem(pdf.data, head, "%PDF-", 5))
		return refuse(err, "only PDF documents are accepted");
	qpdf_data qpdf = qpdf_init();
	ensure(qpdf);
	qpdf_silence_errors(qpdf);
	qpdf_set_suppress_warnings(qpdf, QPDF_TRUE);
	struct walk walk = {.qpdf = qpdf, .facts = ret_facts, .err = err};
	ret_facts->page_count = 0;
	const bool ok = opened_judge(
		&walk,
		qpdf_read_memory(qpdf, "document", (const char *)pdf.data, pdf.length, NULL));
	(void)warnings_drain(qpdf);
	while (qpdf_has_error(qpdf)) /* unread ones are printed on standard error */
		(void)qpdf_get_error(qpdf);
	qpdf_cleanup(&qpdf);
	return ok;
}
