/* modes.h – what the bench program can measure: one function for each word of its command line (bench.c has the list). */
#ifndef GREFFIER_BENCH_MODES_H
#define GREFFIER_BENCH_MODES_H

#include "loop/loop.h"

void tokens_mode(struct loop *loop, int argc, char **argv);
void get_mode(struct loop *loop, int argc, char **argv);
void apps_mode(struct loop *loop, int argc, char **argv);

void accept_mode(struct loop *loop, int argc, char **argv);
void deliver_mode(struct loop *loop, int argc, char **argv);
void latency_mode(struct loop *loop, int argc, char **argv);
void fill_mode(struct loop *loop, int argc, char **argv);
void drain_mode(struct loop *loop, int argc, char **argv);
void holes_mode(struct loop *loop, int argc, char **argv);
void port_mode(struct loop *loop, int argc, char **argv);
void clock_mode(struct loop *loop, int argc, char **argv);

#endif
