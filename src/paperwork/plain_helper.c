/* plain_helper.c – the helper process alone, built without sanitizers: helper_test.c needs one
 * whose memory can be limited. */
#include "paperwork/helper.h"

int main(int argc, char **argv)
{
	return argc < 2 ? 2 : helper_main(argc - 2, argv + 2);
}
