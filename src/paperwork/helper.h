/* helper.h – the helper process: `greffier paperwork JOB MEMORY SECONDS`, which only a server starts.
 *
 * It confines itself, says so, and then answers documents until the server closes the socket (descriptor 3). */
#ifndef GREFFIER_PAPERWORK_HELPER_H
#define GREFFIER_PAPERWORK_HELPER_H

#define HELPER_COMMAND "paperwork" /* the first argument; not shown by --help */
#define HELPER_SOCKET 3

/* The exit status. `arguments` begin after the command: the job's name, MiB of memory, seconds of processor time. */
int helper_main(int argument_count, char **arguments);

#endif
