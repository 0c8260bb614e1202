package dev.parley;

import dev.parley.connection.Refusal;
import dev.parley.rpc.Code;
import dev.parley.rpc.Status;
import dev.parley.rpc.runtime.ConnectedPeer;
import dev.parley.transport.Credentials;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Lets clients in: by their user before they have said a word (H-4), then by the application's
 * {@link Admission}, and no more than may be. Safe for use by many threads.
 */
final class Doorkeeper {
  private static final Logger LOG = System.getLogger("dev.parley");

  private final Address address;
  private final Admission admission;
  private final boolean anyUser;
  private final Set<Long> users;
  private final int maxConnections;

  /** Guarded by this. */
  private final Set<ConnectedPeer> admitted = new HashSet<>();

  Doorkeeper(
      Address address, Admission admission, boolean anyUser, Set<Long> users, int maxConnections) {
    this.address = address;
    this.admission = admission;
    this.anyUser = anyUser;
    this.users = users;
    this.maxConnections = maxConnections;
  }

  /** Whether a client of that user may say HELLO. */
  boolean wants(Credentials credentials) {
    return anyUser
        || credentials.isSameUser()
        || credentials.isRoot()
        || (credentials.uid().isPresent() && users.contains(credentials.uid().getAsLong()));
  }

  /** Decides on a client that has said HELLO; null lets it in. */
  @Nullable Refusal admit(ConnectedPeer peer, Applicant applicant) {
    Verdict verdict;
    try {
      verdict = admission.admit(applicant);
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "the admission of " + address + " threw", e);
      return refusal(Code.INTERNAL, "the admission failed");
    }
    Status why = verdict.refusal();
    if (why != null) {
      return ConnectedPeer.refusal(why, verdict.isForGood());
    }
    synchronized (this) {
      if (admitted.size() >= maxConnections) {
        return refusal(
            Code.RESOURCE_EXHAUSTED,
            maxConnections + " clients are connected to " + address + ", as many as may be");
      }
      admitted.add(peer);
    }
    peer.attach(verdict.attachment());
    return null;
  }

  /** A client has gone, admitted or not. */
  synchronized void gone(ConnectedPeer peer) {
    admitted.remove(peer);
  }

  private static Refusal refusal(Code code, String text) {
    return ConnectedPeer.refusal(Status.of(code, text), false);
  }
}
