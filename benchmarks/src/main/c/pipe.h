// A connected socket, and the way to wait for its bytes that is measured.
#ifndef PARLEY_BENCHMARKS_PIPE_H_
#define PARLEY_BENCHMARKS_PIPE_H_

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum reading { READ_BLOCKING, READ_SPIN, READ_YIELD };

// How this program reads; set once, before anything is connected.
extern enum reading reading;

// What a connection begins with, in the machine's byte order: the client and its server share it.
struct greeting {
  uint64_t size;  // bytes of a message
  uint64_t flow;  // 0: the server echoes; 1: it sends messages until the client closes
};

// Says what has failed, with errno's text, and ends the program.
void fail(const char* what);

// The socket's listener at a path, or a connection to it; ends the program if there is none.
int listen_at(const char* path);
int connect_to(const char* path);

// Prepares a connection for the way to read.
void set_reading(int fd);

// Reads some bytes. 0: the other end has closed.
size_t read_some(int fd, void* to, size_t room);

// Reads so many bytes; false if the other end has closed before.
bool read_all(int fd, void* to, size_t size);

// Writes all; false if the other end has closed.
bool write_all(int fd, const void* from, size_t size);

#endif  // PARLEY_BENCHMARKS_PIPE_H_
