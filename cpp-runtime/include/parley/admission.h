#ifndef PARLEY_ADMISSION_H_
#define PARLEY_ADMISSION_H_

#include <any>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "parley/rpc/status.h"
#include "parley/transport/credentials.h"

namespace parley {

/// A client that wants to be let in. Its views live while it is decided on.
struct Applicant {
  /// The name that it claims.
  const std::string& name;
  /// Who it is, by the kernel's word.
  Credentials credentials;
  /// What its HELLO carried for the application.
  std::string_view payload;
};

/// What an Admission has decided.
class Verdict {
 public:
  /// Lets the client in, with something attached to its Peer.
  static Verdict Accept(std::any attachment = {}) {
    return Verdict(std::move(attachment), std::nullopt, false);
  }

  /// Refuses the client, which may try again.
  static Verdict Refuse(Status why) { return Verdict({}, std::move(why), false); }

  /// Refuses the client, and tells it not to try again by itself.
  static Verdict RefuseForGood(Status why) { return Verdict({}, std::move(why), true); }

  const std::any& attachment() const { return attachment_; }
  /// Why it is refused; empty: it is let in.
  const std::optional<Status>& refusal() const { return refusal_; }
  bool for_good() const { return for_good_; }

 private:
  Verdict(std::any attachment, std::optional<Status> refusal, bool for_good)
      : attachment_(std::move(attachment)), refusal_(std::move(refusal)), for_good_(for_good) {}

  std::any attachment_;
  std::optional<Status> refusal_;
  bool for_good_;
};

/// Decides on a client that has said HELLO.
///
/// It is asked about clients of this user and of root; about others only where
/// Server::Builder::ClientUser or AnyClientUser lets them come so far. It runs on the thread that
/// reads for all clients, so it must be short. What it throws refuses the client as INTERNAL.
using Admission = std::function<Verdict(const Applicant& applicant)>;

}  // namespace parley

#endif  // PARLEY_ADMISSION_H_
