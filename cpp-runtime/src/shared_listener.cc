#include "parley/shared_listener.h"

namespace parley {

std::unique_ptr<SharedListener> SharedListener::Claim(const Address& address,
                                                      const Access& access) {
  return std::unique_ptr<SharedListener>(
      new SharedListener(Listener::Open(address.endpoint(), Listener::kDefaultBacklog, access)));
}

}  // namespace parley
