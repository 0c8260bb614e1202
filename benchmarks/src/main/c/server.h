#ifndef PARLEY_BENCHMARKS_SERVER_H_
#define PARLEY_BENCHMARKS_SERVER_H_

// Serves one connection after the other at a path, until standard input ends.
void serve(const char* path);

#endif  // PARLEY_BENCHMARKS_SERVER_H_
