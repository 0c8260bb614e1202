#include "words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct buffer input;
static struct buffer line;  // the words of the command in hand, each ended by NUL

bool words_read(void) {
  ssize_t got = read(STDIN_FILENO, buffer_reserve(&input, 65536), 65536);
  if (got > 0) input.size += (size_t)got;
  return got != 0;
}

bool words_take(void) {
  uint8_t* end = input.size == 0 ? NULL : memchr(input.data, '\n', input.size);
  if (end == NULL) return false;
  size_t size = (size_t)(end - input.data);
  buffer_set(&line, (struct bytes){input.data, size + 1});
  line.data[size] = '\0';
  for (size_t i = 0; i < size; i++) {
    if (line.data[i] == ' ') line.data[i] = '\0';
  }
  memmove(input.data, end + 1, input.size - size - 1);
  input.size -= size + 1;
  return true;
}

const char* words_verb(void) { return (const char*)line.data; }

const char* argument(const char* key) {
  size_t size = strlen(key);
  const char* end = (const char*)line.data + line.size;
  for (const char* word = (const char*)line.data; word < end; word += strlen(word) + 1) {
    if (strncmp(word, key, size) == 0 && word[size] == '=') return word + size + 1;
  }
  return NULL;
}

const char* word_argument(const char* key) {
  const char* word = argument(key);
  return word == NULL ? "" : word;
}

uint64_t number_argument(const char* key) { return strtoull(word_argument(key), NULL, 10); }

static void hex_append(struct buffer* out, const char* text, size_t size) {
  for (size_t i = 0; i + 1 < size; i += 2) {
    int value = 0;
    for (size_t j = i; j < i + 2; j++) {
      value = value * 16 + (text[j] <= '9' ? text[j] - '0' : (text[j] | 0x20) - 'a' + 10);
    }
    uint8_t byte = (uint8_t)value;
    buffer_append(out, &byte, 1);
  }
}

struct buffer hex_argument(const char* key) {
  struct buffer out = {NULL, 0, 0};
  hex_append(&out, word_argument(key), strlen(word_argument(key)));
  return out;
}

struct buffer metadata_argument(void) {
  struct buffer out = {NULL, 0, 0};
  const char* at = word_argument("metadata");
  while (*at != '\0') {
    struct buffer key = {NULL, 0, 0};
    struct buffer value = {NULL, 0, 0};
    size_t key_size = strcspn(at, ":,");
    const char* rest = at + key_size + (at[key_size] == ':');
    size_t value_size = strcspn(rest, ",");
    hex_append(&key, at, key_size);
    hex_append(&value, rest, value_size);
    list_add(&out, 11, buffer_view(&key), buffer_view(&value));
    buffer_free(&key);
    buffer_free(&value);
    at = rest + value_size + (rest[value_size] == ',');
  }
  return out;
}

void print_hex(struct bytes bytes) {
  static const char kDigits[] = "0123456789abcdef";
  for (size_t i = 0; i < bytes.size; i++) {
    putchar(kDigits[bytes.data[i] >> 4]);
    putchar(kDigits[bytes.data[i] & 15]);
  }
}

void print_pairs(const char* key, const struct buffer* list) {
  struct bytes rest = buffer_view(list);
  struct field field;
  const char* comma = "";
  printf(" %s=", key);
  while (field_next(&rest, &field)) {
    struct bytes first, second;
    pair_decode(field.bytes, &first, &second);
    fputs(comma, stdout);
    print_hex(first);
    putchar(':');
    print_hex(second);
    comma = ",";
  }
}

bool answer(const char* text) {
  puts(text);
  return true;
}

bool answer_failed(enum code code, const char* message) {
  printf("failed code=%s outcome=NOT_SENT message=", code_name(code));
  print_hex(bytes_of(message));
  putchar('\n');
  return true;
}

void words_free(void) {
  buffer_free(&input);
  buffer_free(&line);
}
