/* main.c – the program. Everything it can do is a command of cli/. */
#include "cli/command.h"

int main(int argc, char **argv)
{
	return cli_main(argc, argv);
}
