#ifndef PARLEY_CLIENT_WAY_H_
#define PARLEY_CLIENT_WAY_H_

#include <memory>
#include <string>
#include <utility>

#include "connection/settings.h"
#include "parley/transport/link.h"

namespace parley {

/// The way to a peer that is there already: a link, and which side of it this is.
struct ClientWay {
  ClientWay(Side side, std::unique_ptr<Link> link, std::string label)
      : side(side), link(std::move(link)), label(std::move(label)) {}

  const Side side;
  /// Taken once.
  std::unique_ptr<Link> link;
  /// What logs and errors call the peer.
  const std::string label;
};

}  // namespace parley

#endif  // PARLEY_CLIENT_WAY_H_
