package dev.parley;

import com.google.protobuf.MessageLite;
import dev.parley.rpc.Call;
import dev.parley.rpc.CallOptions;
import dev.parley.rpc.Caller;
import dev.parley.rpc.Method;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Has one call after the other: the next one is started when the one before it has ended. */
final class Turns implements WaitingRoom {
  private final Caller caller;

  // Guarded by this.
  private final Set<Waiting> waiting = new LinkedHashSet<>();
  private boolean isTaken;

  /**
   * @param caller starts the call whose turn it is
   */
  Turns(Caller caller) {
    this.caller = caller;
  }

  @Override
  public void carry(Waiting call) {
    synchronized (this) {
      if (isTaken) {
        waiting.add(call);
        return;
      }
      isTaken = true;
    }
    begin(call);
  }

  @Override
  public synchronized void forget(Waiting call) {
    waiting.remove(call);
  }

  @Override
  public boolean hasStopped() {
    return true;
  }

  private void begin(Waiting first) {
    for (Waiting call = first; call != null; call = next()) {
      Turn turn = new Turn();
      call.start(turn);
      if (turn.isBegun) {
        return;
      }
    }
  }

  /** The call whose turn is next; null: none waits, and the turn is free. */
  private synchronized @Nullable Waiting next() {
    for (Waiting call : waiting) {
      waiting.remove(call);
      return call;
    }
    isTaken = false;
    return null;
  }

  /** Starts one call, whose end is the turn of the next. By one thread. */
  private final class Turn implements Caller {
    boolean isBegun;

    @Override
    public <Q extends MessageLite, R extends MessageLite> Call<Q, R> start(
        Method<Q, R> method, @Nullable Q request, CallOptions options) {
      isBegun = true;
      Call<Q, R> call = caller.start(method, request, options);
      var unused =
          call.reply()
              .whenComplete(
                  (reply, failure) -> {
                    Waiting next = next();
                    if (next != null) {
                      begin(next);
                    }
                  });
      return call;
    }
  }
}
