package dev.parley;

import dev.parley.rpc.Code;
import dev.parley.rpc.Outcome;
import dev.parley.rpc.RpcException;
import dev.parley.rpc.Status;
import dev.parley.transport.TransportException;

/** A server that could not be started. */
final class StartFailure extends Exception {
  private static final long serialVersionUID = 1L;

  private final String address;

  StartFailure(Address address, Exception cause) {
    super(cause);
    this.address = address.toString();
  }

  /** Whether another server is at the address, which has not ended quite or was quicker. */
  boolean isInUse() {
    return getCause() instanceof TransportException cause
        && cause.reason() == TransportException.Reason.IN_USE;
  }

  /** What the client is told. */
  RpcException failure() {
    return new RpcException(
        Status.of(
            Code.UNAVAILABLE, "N-11: the server " + address + " cannot be started: " + getCause()),
        Outcome.NOT_SENT,
        this);
  }
}
