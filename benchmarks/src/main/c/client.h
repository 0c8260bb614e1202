#ifndef PARLEY_BENCHMARKS_CLIENT_H_
#define PARLEY_BENCHMARKS_CLIENT_H_

// Answers the commands of standard input, until that ends.
void run_client(const char* path);

#endif  // PARLEY_BENCHMARKS_CLIENT_H_
