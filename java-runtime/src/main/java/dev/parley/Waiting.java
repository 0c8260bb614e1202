package dev.parley;

import dev.parley.rpc.Caller;
import dev.parley.rpc.RpcException;

/** Something that waits for a client to be connected. Told under no lock. */
interface Waiting {
  /** There is a connection; any thread. It has nothing to wait for any more. */
  void start(Caller ready);

  /** There will be none; without effect once it is started. */
  void fail(RpcException failure);
}
