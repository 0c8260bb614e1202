// What is said with the conformance runner (PEERS.md): the words of its commands, and answers.
#ifndef PARLEY_PEER_WORDS_H_
#define PARLEY_PEER_WORDS_H_

#include <stdbool.h>
#include <stdint.h>

#include "bytes.h"
#include "envelope.h"

// Reads what there is of standard input; false once that has ended.
bool words_read(void);

// Takes the next whole line off the input and cuts it into words.
bool words_take(void);

// The first word of that line.
const char* words_verb(void);

// The value of the word `key=value`; NULL, empty or 0 if it is not there.
const char* argument(const char* key);
const char* word_argument(const char* key);
uint64_t number_argument(const char* key);

// The same, written as hexadecimal digits; the caller frees it.
struct buffer hex_argument(const char* key);
struct buffer metadata_argument(void);

void print_hex(struct bytes bytes);
void print_pairs(const char* key, const struct buffer* list);

// Each answer ends the command, which is why these return true.
bool answer(const char* text);
bool answer_failed(enum code code, const char* message);

void words_free(void);

#endif
