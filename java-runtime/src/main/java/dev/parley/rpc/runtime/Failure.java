package dev.parley.rpc.runtime;

import dev.parley.rpc.Metadata;
import dev.parley.rpc.Outcome;
import dev.parley.rpc.RpcException;
import dev.parley.rpc.Status;

/** Why a call failed; made into an exception by the thread that is told. */
record Failure(Status status, Outcome outcome, Metadata metadata) {
  RpcException exception() {
    return new RpcException(status, outcome, metadata, null);
  }
}
