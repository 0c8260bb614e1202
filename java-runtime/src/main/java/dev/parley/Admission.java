package dev.parley;

import com.google.protobuf.ByteString;
import dev.parley.rpc.Status;
import dev.parley.transport.Credentials;
import java.util.Optional;

/**
 * Decides on a client that has said HELLO and is of this user, or root.
 *
 * <p>It runs on the thread that reads for all clients, so it must be short. What it throws refuses
 * the client as INTERNAL.
 */
@FunctionalInterface
public interface Admission {
  /**
   * Whether to let a client in.
   *
   * @param name the name that the client claims
   * @param credentials who it is, by the kernel's word
   * @param payload what its HELLO carried for the application
   * @return empty to let it in, or why not
   */
  Optional<Status> admit(String name, Credentials credentials, ByteString payload);
}
