#ifndef PARLEY_RPC_PUBLICATION_H_
#define PARLEY_RPC_PUBLICATION_H_

#include <optional>
#include <string>
#include <string_view>

namespace parley {

/// `parley.v1.Publication`: what topics without a schema carry. Views; it owns nothing.
struct Publication {
  std::string_view topic;
  std::string_view payload;

  std::string Encode() const;
  /// Nothing if it is none.
  static std::optional<Publication> Decode(std::string_view bytes);
};

/// The methods of `parley.v1.Topics`.
constexpr std::string_view kSubscribeToTopic = "parley.v1.Topics/Subscribe";
constexpr std::string_view kPublishToTopic = "parley.v1.Topics/Publish";

}  // namespace parley

#endif  // PARLEY_RPC_PUBLICATION_H_
