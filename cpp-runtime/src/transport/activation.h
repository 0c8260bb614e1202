#ifndef PARLEY_SRC_TRANSPORT_ACTIVATION_H_
#define PARLEY_SRC_TRANSPORT_ACTIVATION_H_

#include <sys/types.h>

#include <functional>
#include <string_view>

namespace parley {

/// The listening socket that systemd, or who does as it does, hands to the process that it starts:
/// LISTEN_FDS of them, from descriptor 3 on, for the process LISTEN_PID, with the names
/// LISTEN_FDNAMES (sd_listen_fds(3)); or one as standard input, as inetd does for `wait` services.
/// @param name empty: the only one there is
/// @param variable as getenv
/// @throws TransportError kNotListening if there is none, kBadAddress if it is not clear which
int FindActivated(std::string_view name, const std::function<const char*(const char*)>& variable,
                  pid_t pid);

}  // namespace parley

#endif  // PARLEY_SRC_TRANSPORT_ACTIVATION_H_
