// Holds the codec against the vectors of the specification (spec/vectors/README.md).
#include <dirent.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "envelope.h"
#include "names.h"

static int checked;
static int failed;

static struct buffer read_file(const char* path) {
  struct buffer out = {NULL, 0, 0};
  FILE* file = fopen(path, "rb");
  size_t got;
  while (file != NULL && (got = fread(buffer_reserve(&out, 65536), 1, 65536, file)) > 0) {
    out.size += got;
  }
  if (file != NULL) fclose(file);
  *buffer_reserve(&out, 1) = '\0';
  return out;
}

static struct buffer read_hex(const char* path) {
  struct buffer text = read_file(path);
  struct buffer out = {NULL, 0, 0};
  bool comment = false;
  int digits = 0;
  int value = 0;
  for (size_t i = 0; i < text.size; i++) {
    char c = (char)text.data[i];
    if (c == '#') comment = true;
    if (c == '\n') comment = false;
    const char* digit = comment || c == '\0' ? NULL : strchr("0123456789abcdef", c);
    if (digit == NULL) continue;
    value = value * 16 + (int)(digit - "0123456789abcdef");
    if (++digits % 2 == 0) {
      uint8_t byte = (uint8_t)value;
      buffer_append(&out, &byte, 1);
      value = 0;
    }
  }
  buffer_free(&text);
  return out;
}

// Appends a line, with each \xHH as the byte that it stands for.
static void append_unescaped(struct buffer* out, const char* line) {
  while (*line != '\0') {
    unsigned byte = (unsigned char)*line;
    bool escaped = line[0] == '\\' && sscanf(line + 1, "x%2x", &byte) == 1;
    buffer_append(out, &(uint8_t){(uint8_t)byte}, 1);
    line += escaped ? 4 : 1;
  }
  buffer_append(out, "\n", 1);
}

// Leaves the comments and empty lines of a vector's text out.
static void normalize(struct buffer* text, bool unescape) {
  struct buffer out = {NULL, 0, 0};
  char* rest = (char*)text->data;
  for (char* line = strtok(rest, "\n"); line != NULL; line = strtok(NULL, "\n")) {
    line += strspn(line, " ");
    if (line[0] == '#' || line[0] == '\0') continue;
    if (unescape) {
      append_unescaped(&out, line);
    } else {
      buffer_append(&out, line, strlen(line));
      buffer_append(&out, "\n", 1);
    }
  }
  *buffer_reserve(&out, 1) = '\0';
  buffer_free(text);
  *text = out;
}

// The value of a line `key: value`, in a buffer of its own; false: there is none.
static bool value_of(const struct buffer* text, const char* key, char value[1024]) {
  const char* at = (const char*)text->data;
  size_t size = strlen(key);
  for (; *at != '\0'; at += strcspn(at, "\n") + 1) {
    if (strncmp(at, key, size) != 0 || at[size] != ':') continue;
    at += size + 1 + (at[size + 1] == ' ');
    snprintf(value, 1024, "%.*s", (int)strcspn(at, "\n"), at);
    return true;
  }
  return false;
}

static void expect(bool good, const char* vector, const char* what, const char* got) {
  checked++;
  if (good) return;
  failed++;
  printf("%s: wanted %s, got %s\n", vector, what, got);
}

// ---- Printing in the vectors' form of textproto

__attribute__((format(printf, 2, 3))) static void print(struct buffer* out, const char* format,
                                                        ...) {
  char text[256];
  va_list arguments;
  va_start(arguments, format);
  int size = vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  buffer_append(out, text, (size_t)size);
}

static void print_string(struct buffer* out, const char* key, struct bytes value, const char* end) {
  print(out, "%s: \"", key);
  buffer_append(out, value.data, value.size);
  print(out, "\"%s", end);
}

static void print_number(struct buffer* out, const char* key, uint64_t value) {
  if (value != 0) print(out, "%s: %" PRIu64 "\n", key, value);
}

static void print_flag(struct buffer* out, const char* key, bool value) {
  if (value) print(out, "%s: true\n", key);
}

static void print_envelope(struct buffer* out, const struct envelope* e) {
  static const char* const kTypes[] = {"UNSPECIFIED", "HELLO",    "REQUEST", "MESSAGE",
                                       "END",         "RESPONSE", "CANCEL",  "CREDIT",
                                       "EVENT",       "PING",     "PONG",    "GOAWAY"};
  print_number(out, "id", e->id);
  if (e->sent_by.size > 0) print_string(out, "sent_by", e->sent_by, "\n");
  if (e->type > 0 && e->type <= TYPE_GOAWAY) {
    print(out, "type: %s\n", kTypes[e->type]);
  } else {
    print(out, "type: %d\n", (int)e->type);
  }
  print_flag(out, "success", e->success);
  if (e->name.size > 0) print_string(out, "name", e->name, "\n");
  print_number(out, "timeout_us", e->timeout_us);
  print_flag(out, "open", e->open);
  print_flag(out, "more", e->more);
  struct bytes rest = e->metadata;
  struct field field;
  while (field_next(&rest, &field)) {
    if (field.number != 11 || field.wire_type != WIRE_BYTES) continue;
    struct bytes key, value;
    pair_decode(field.bytes, &key, &value);
    print(out, "metadata {");
    if (key.size > 0) print_string(out, " key", key, "");
    if (value.size > 0) print_string(out, " value", value, "");
    print(out, " }\n");
  }
  if (e->payload.size > 0) print_string(out, "payload", e->payload, "\n");
}

// ---- One function a folder. `bytes` is the vector, `text` what stands beside it.

static bool higher_level(const struct buffer* text) {
  char value[1024];  // fields of levels 2 and 3 are foreign to this peer
  return value_of(text, "credit", value) || value_of(text, "fds", value) ||
         value_of(text, "missed", value);
}

static void check_envelope(const char* vector, struct bytes bytes, const struct buffer* text) {
  struct envelope envelope;
  struct fault fault = {CODE_OK, "nothing wrong"};
  char rule[1024];
  bool good = envelope_decode(bytes, &envelope, &fault);
  if (value_of(text, "rule", rule)) {
    expect(!good && strncmp(fault.text, rule, strlen(rule)) == 0, vector, rule, fault.text);
    return;
  }
  expect(good, vector, "an envelope", fault.text);
  if (!good || higher_level(text)) return;
  struct buffer printed = {NULL, 0, 0};
  print_envelope(&printed, &envelope);
  *buffer_reserve(&printed, 1) = '\0';
  expect(bytes_equal(buffer_view(&printed), buffer_view(text)), vector, (char*)text->data,
         (char*)printed.data);
  if (strstr(vector, "/canonical/") != NULL) {
    struct buffer encoded = {NULL, 0, 0};
    envelope_encode(&encoded, &envelope);
    struct bytes body = {encoded.data + 4, encoded.size - 4};
    expect(bytes_equal(body, bytes), vector, "the same bytes", "others");
    buffer_free(&encoded);
  }
  buffer_free(&printed);
}

static void check_hello(const char* vector, struct bytes bytes, const struct buffer* text) {
  struct hello hello;
  struct fault fault = {CODE_OK, "nothing wrong"};
  char value[1024];
  bool good = hello_decode(bytes, &hello, &fault);
  if (value_of(text, "rule", value)) {
    expect(!good && strncmp(fault.text, value, strlen(value)) == 0, vector, value, fault.text);
    value_of(text, "code", value);
    expect(strcmp(value, code_name((int32_t)fault.code)) == 0, vector, value,
           code_name((int32_t)fault.code));
    return;
  }
  expect(good, vector, "a HELLO", fault.text);
  if (value_of(text, "max_frame", value)) {
    expect(hello.max_frame == strtoul(value, NULL, 10), vector, value, "another max_frame");
  }
  if (value_of(text, "max_message", value)) {
    expect(hello.max_message == strtoull(value, NULL, 10), vector, value, "another max_message");
  }
}

static void check_status(const char* vector, struct bytes bytes, const struct buffer* text) {
  struct status status;
  struct buffer merged = {NULL, 0, 0};
  char value[1024];
  bool goaway = strstr(vector, "/goaway/") != NULL;
  enum code code = goaway ? goaway_decode(bytes, &merged, &status) : status_decode(bytes, &status);
  if (value_of(text, "rule", value)) {
    expect(code == CODE_UNKNOWN && memcmp(status.message.data, value, strlen(value)) == 0, vector,
           value, code_name((int32_t)code));
  } else if (!goaway) {
    int wanted = value_of(text, "code", value) ? atoi(value) : 0;
    expect(status.code == wanted, vector, value, "another code");
    expect(status.not_run == value_of(text, "not_run", value), vector, "not_run", "another");
  }
  buffer_free(&merged);
}

static void check_frames(const char* vector, struct bytes bytes, const struct buffer* text) {
  char value[1024];
  struct buffer got = {NULL, 0, 0};
  struct fault fault;
  value_of(text, "limit", value);
  uint32_t limit = (uint32_t)strtoul(value, NULL, 10);
  print(&got, "limit: %u\n", limit);
  const char* end = "between";
  while (bytes.size > 0 && strcmp(end, "between") == 0) {
    uint32_t length;
    if (bytes.size >= 4 && !frame_length(bytes.data, limit, &length, &fault)) {
      end = "close";
    } else if (bytes.size < 4 || bytes.size - 4 < length) {
      end = "inside";
    } else {
      print(&got, "frame: %u\n", length);
      bytes.data += 4 + (size_t)length;
      bytes.size -= 4 + (size_t)length;
    }
  }
  print(&got, "end: %s\n", end);
  if (strcmp(end, "close") == 0) {
    print(&got, "rule: %.3s\ncode: %s\n", fault.text, code_name((int32_t)fault.code));
    if (strstr(fault.text, "HTTP") != NULL) print(&got, "guess: HTTP\n");
    if (strstr(fault.text, "TLS") != NULL) print(&got, "guess: TLS\n");
  }
  *buffer_reserve(&got, 1) = '\0';
  expect(bytes_equal(buffer_view(&got), buffer_view(text)), vector, (char*)text->data,
         (char*)got.data);
  buffer_free(&got);
}

static const struct buffer* owners;  // the text whose lines `owner` tell what there is

static bool owned(const char* directory, unsigned user) {
  char line[2048];
  snprintf(line, sizeof line, "owner: %s %u\n", directory, user);
  return strstr((const char*)owners->data, line) != NULL;
}

// Whether there is such a line; its value with each escape undone, and a NUL behind it.
static bool unescaped(const struct buffer* text, const char* key, struct buffer* out) {
  char value[1024];
  if (!value_of(text, key, value)) return false;
  append_unescaped(out, value);
  out->data[--out->size] = '\0';
  return true;
}

static void check_name(const char* vector, struct bytes bytes, const struct buffer* text) {
  struct buffer root = {NULL, 0, 0}, runtime = root, name = root, space = root;
  char value[1024];
  char path[LONGEST_PATH + 1] = "";
  char lock[LONGEST_PATH + 6];
  struct fault fault = {CODE_OK, "nothing wrong"};
  (void)bytes;
  owners = text;
  value_of(text, "euid", value);
  struct places places = {.user = (unsigned)strtoul(value, NULL, 10), .owned = owned};
  if (unescaped(text, "PARLEY_ROOT", &root)) places.parley_root = (char*)root.data;
  if (unescaped(text, "XDG_RUNTIME_DIR", &runtime)) places.xdg_runtime_dir = (char*)runtime.data;
  if (!unescaped(text, "space", &space)) buffer_set(&space, bytes_of("app"));
  bool good;
  if (unescaped(text, "explicit", &name)) {
    good = path_fits((char*)name.data, &fault);
    if (good) memcpy(path, name.data, name.size + 1);
  } else {
    unescaped(text, "name", &name);
    good = name_path(&places, buffer_view(&space), buffer_view(&name), path, &fault);
  }
  if (value_of(text, "rule", value)) {
    expect(!good && strncmp(fault.text, value, strlen(value)) == 0, vector, value, fault.text);
  } else {
    value_of(text, "path", value);
    expect(good && strcmp(path, value) == 0, vector, value, good ? path : fault.text);
    lock_path(path, lock);
    value_of(text, "lock", value);
    expect(strcmp(lock, value) == 0, vector, value, lock);
  }
  buffer_free(&root);
  buffer_free(&runtime);
  buffer_free(&name);
  buffer_free(&space);
}

typedef void check(const char* vector, struct bytes bytes, const struct buffer* text);

static void check_folder(const char* root, const char* folder, check* run) {
  char directory[2048];
  snprintf(directory, sizeof directory, "%s/%s", root, folder);
  DIR* listing = opendir(directory);
  if (listing == NULL) {
    expect(false, directory, "a folder of vectors", "none");
    return;
  }
  const char* ending = run == check_name ? ".txt" : ".hex";  // names have no bytes
  for (struct dirent* entry; (entry = readdir(listing)) != NULL;) {
    size_t size = strlen(entry->d_name);
    if (size < 4 || strcmp(entry->d_name + size - 4, ending) != 0) continue;
    char path[4096];
    char text_path[4096];
    snprintf(path, sizeof path, "%s/%s", directory, entry->d_name);
    snprintf(text_path, sizeof text_path, "%.*s.txt", (int)strlen(path) - 4, path);
    struct buffer text = read_file(text_path);
    if (text.size == 0) {
      buffer_free(&text);
      snprintf(text_path, sizeof text_path, "%.*s.textproto", (int)strlen(path) - 4, path);
      text = read_file(text_path);
    }
    normalize(&text, run != check_name);
    struct buffer bytes = run == check_name ? (struct buffer){NULL, 0, 0} : read_hex(path);
    run(path, buffer_view(&bytes), &text);
    buffer_free(&bytes);
    buffer_free(&text);
  }
  closedir(listing);
}

int main(int count, char** arguments) {
  static const struct {
    const char* folder;
    check* run;
  } kFolders[] = {
      {"envelope/canonical", check_envelope},
      {"envelope/valid", check_envelope},
      {"envelope/malformed", check_envelope},
      {"hello/canonical", check_hello},
      {"hello/valid", check_hello},
      {"hello/malformed", check_hello},
      {"status/canonical", check_status},
      {"status/valid", check_status},
      {"status/malformed", check_status},
      {"goaway/canonical", check_status},
      {"goaway/valid", check_status},
      {"goaway/malformed", check_status},
      {"frame", check_frames},
      {"names", check_name},
  };
  if (count != 2) {
    fprintf(stderr, "usage: %s FOLDER_OF_VECTORS\n", arguments[0]);
    return 2;
  }
  for (size_t i = 0; i < sizeof kFolders / sizeof kFolders[0]; i++) {
    check_folder(arguments[1], kFolders[i].folder, kFolders[i].run);
  }
  printf("%d checks, %d failed\n", checked, failed);
  return failed == 0 && checked > 0 ? 0 : 1;
}
