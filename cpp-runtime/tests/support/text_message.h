#ifndef PARLEY_TESTS_SUPPORT_TEXT_MESSAGE_H_
#define PARLEY_TESTS_SUPPORT_TEXT_MESSAGE_H_

#include <cstddef>
#include <cstring>
#include <new>
#include <string>
#include <string_view>
#include <utility>

#include "parley/rpc/method.h"

namespace parley {

/// A message as the runtime sees one, without protobuf: its text is its bytes. The text `!bad`
/// does not parse, and for `!huge` there is no memory.
struct Text {
  std::string text;

  Text() = default;
  explicit Text(std::string content) : text(std::move(content)) {}

  std::size_t ByteSizeLong() const { return text.size(); }

  static const char* GetTypeName() { return "test.v1.Text"; }

  bool SerializeToArray(void* out, int size) const {
    if (static_cast<std::size_t>(size) < text.size()) return false;
    std::memcpy(out, text.data(), text.size());
    return true;
  }

  bool ParseFromArray(const void* bytes, int size) {
    if (std::string_view(static_cast<const char*>(bytes), static_cast<std::size_t>(size)) ==
        "!huge") {
      throw std::bad_alloc();
    }
    text.assign(static_cast<const char*>(bytes), static_cast<std::size_t>(size));
    return text != "!bad";
  }
};

using TextMethod = Method<Text, Text>;

inline constexpr TextMethod kEcho{"test.v1.Text/Echo", Shape::kUnary};
inline constexpr TextMethod kBack{"test.v1.Text/Back", Shape::kUnary};
inline constexpr TextMethod kFail{"test.v1.Text/Fail", Shape::kUnary};
inline constexpr TextMethod kHold{"test.v1.Text/Hold", Shape::kUnary};
inline constexpr TextMethod kStream{"test.v1.Text/Stream", Shape::kServerStreaming};
inline constexpr TextMethod kUnknown{"test.v1.Text/Unknown", Shape::kUnary};

}  // namespace parley

#endif  // PARLEY_TESTS_SUPPORT_TEXT_MESSAGE_H_
