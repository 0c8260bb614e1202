package dev.parley.rpc.runtime;

import dev.parley.connection.IncomingCall;
import dev.parley.rpc.Code;
import dev.parley.wire.Envelope;

/** A call of a method that nobody serves here: it is rejected when it is there. */
final class UnservedCall extends IncomingCall {
  UnservedCall(Envelope request) {
    super(request);
  }

  @Override
  protected void arrived(Envelope request) {
    reject(Statuses.toWire(Code.UNIMPLEMENTED, "C-6: no method " + method() + " here"));
  }

  @Override
  protected void message(Envelope message, long cost) {
    // Sent before the rejection could be read.
  }
}
