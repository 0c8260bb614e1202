#include "names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool path_fits(const char* path, struct fault* fault) {
  size_t size = strlen(path);
  const char* slash = strrchr(path, '/');
  const char* last = slash == NULL ? path : slash + 1;
  if (size > LONGEST_PATH) {
    return fault_set(fault, CODE_INVALID_ARGUMENT, "N-1: path of %zu bytes is over the limit of %d",
                     size, LONGEST_PATH);
  }
  if (last[0] != '\0' && strcmp(last, ".") != 0 && strcmp(last, "..") != 0) return true;
  return fault_set(fault, CODE_INVALID_ARGUMENT, "N-1: \"%s\" names no file", path);
}

static bool word_fits(struct bytes word) {
  static const char kLetters[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.";
  for (size_t i = 0; i < word.size; i++) {
    if (word.data[i] == '\0' || strchr(kLetters, word.data[i]) == NULL) return false;
  }
  return word.size >= 1 && word.size <= 64 && word.data[0] != '.';
}

static bool owned_here(const char* directory, unsigned user) {
  struct stat found;
  return stat(directory, &found) == 0 && S_ISDIR(found.st_mode) && found.st_uid == user;
}

struct places places_here(void) {
  return (struct places){geteuid(), getenv("PARLEY_ROOT"), getenv("XDG_RUNTIME_DIR"), owned_here};
}

// A variable without the slashes at its end.
static int trimmed(const char* text) {
  size_t size = strlen(text);
  while (size > 0 && text[size - 1] == '/') size--;
  return (int)size;
}

static bool root_path(const struct places* places, char root[4096], struct fault* fault) {
  const char* wanted = places->parley_root;
  const char* runtime = places->xdg_runtime_dir;
  if (wanted != NULL && wanted[0] != '\0') {
    snprintf(root, 4096, "%.*s", trimmed(wanted), wanted);
    return wanted[0] == '/' ||
           fault_set(fault, CODE_INVALID_ARGUMENT,
                     "N-1: PARLEY_ROOT must be an absolute path, not \"%.100s\"", wanted);
  }
  char own[64];
  snprintf(own, sizeof own, "/run/user/%u", places->user);
  if (runtime != NULL && runtime[0] == '/' && places->owned(runtime, places->user)) {
    snprintf(root, 4096, "%.*s/parley", trimmed(runtime), runtime);
  } else if (places->owned(own, places->user)) {
    snprintf(root, 4096, "%s/parley", own);
  } else {
    snprintf(root, 4096, "/tmp/parley-%u", places->user);
  }
  return true;
}

bool name_path(const struct places* places, struct bytes space, struct bytes name,
               char path[LONGEST_PATH + 1], struct fault* fault) {
  char root[4096];
  char whole[4096 + 160];
  if (!word_fits(space) || !word_fits(name)) {
    char text[QUOTED];
    return fault_set(fault, CODE_INVALID_ARGUMENT, "N-2: \"%s\" is no name, or no space",
                     quote(name, text));
  }
  if (!root_path(places, root, fault)) return false;
  snprintf(whole, sizeof whole, "%s/%.*s/%.*s.sock", root, (int)space.size, space.data,
           (int)name.size, name.data);
  if (!path_fits(whole, fault)) return false;
  memcpy(path, whole, strlen(whole) + 1);
  return true;
}

void lock_path(const char* path, char lock[LONGEST_PATH + 6]) {
  size_t size = strlen(path);
  if (size >= 5 && strcmp(path + size - 5, ".sock") == 0) size -= 5;
  snprintf(lock, LONGEST_PATH + 6, "%.*s.lock", (int)size, path);
}
