#ifndef PARLEY_TESTS_SUPPORT_TEMP_DIRECTORY_H_
#define PARLEY_TESTS_SUPPORT_TEMP_DIRECTORY_H_

#include <stdlib.h>

#include <filesystem>
#include <stdexcept>
#include <string>

namespace parley {

/// A new directory with mode 0700 and a short path, removed with all that is in it.
class TempDirectory {
 public:
  TempDirectory() {
    char path[] = "/tmp/parley-test.XXXXXX";
    if (::mkdtemp(path) == nullptr) throw std::runtime_error("mkdtemp failed");
    path_ = path;
  }
  ~TempDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TempDirectory(const TempDirectory&) = delete;
  TempDirectory& operator=(const TempDirectory&) = delete;

  const std::string& path() const { return path_; }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

}  // namespace parley

#endif  // PARLEY_TESTS_SUPPORT_TEMP_DIRECTORY_H_
