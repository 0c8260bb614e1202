package dev.parley;

/**
 * Decides on a client that has said HELLO.
 *
 * <p>It is asked about clients of this user and of root; about others only where {@link
 * Server.Builder#clientUser} or {@link Server.Builder#anyClientUser} lets them come so far. It runs
 * on the thread that reads for all clients, so it must be short. What it throws refuses the client
 * as INTERNAL.
 */
@FunctionalInterface
public interface Admission {
  /** Lets in everybody who is asked about. */
  Admission ALL = applicant -> Verdict.accept();

  /** Whether to let a client in. */
  Verdict admit(Applicant applicant);
}
