/* helper.h – the helper process `greffier paperwork JOB MEMORY SECONDS`, started by servers
 * only.
 *
 * It confines itself, reports that, and then answers documents until the server closes the
 * socket (descriptor 3). */
#ifndef GREFFIER_PAPERWORK_HELPER_H
#define GREFFIER_PAPERWORK_HELPER_H

#define HELPER_COMMAND "paperwork" /* the first argument; not shown by --help */
#define HELPER_SOCKET 3

/* Runs the helper and returns its exit status. `arguments` follow the command: name of the job,
 * MiB of memory, seconds of processor time. */
int helper_main(int argument_count, char **arguments);

#endif
