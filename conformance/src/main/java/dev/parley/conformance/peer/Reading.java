package dev.parley.conformance.peer;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import dev.parley.conformance.program.Line;
import dev.parley.conformance.program.Tally;
import dev.parley.rpc.MessageStream;
import dev.parley.rpc.RpcException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** A part of a stream that is being read, and what came. Its end tells other threads. */
final class Reading {
  private final long most;
  private final boolean whole;
  private final Tally tally = new Tally();
  private final List<ByteString> payloads = new ArrayList<>();
  private final CompletableFuture<Void> done = new CompletableFuture<>();
  private String end = "more";
  private @Nullable RpcException failure;

  /**
   * @param most after so many messages it stops; 0: at the end of the stream
   * @param whole the payloads are told as well, not their digest alone
   */
  Reading(long most, boolean whole) {
    this.most = most;
    this.whole = whole;
  }

  CompletableFuture<Void> done() {
    return done;
  }

  /** Reads and waits. */
  void block(MessageStream<? extends MessageLite> stream) {
    try {
      if (most == 0) {
        for (MessageLite message : stream) {
          take(message);
        }
        end = "end";
      } else {
        while (tally.count() < most && taken(stream.next())) {
          // Each one has been taken.
        }
      }
      over(null);
    } catch (RpcException e) {
      over(e);
    }
  }

  /** Reads and does not wait; completes when that is over, whatever comes of it. */
  CompletableFuture<Void> start(MessageStream<? extends MessageLite> stream) {
    CompletableFuture<Void> read =
        most == 0 ? stream.forEachAsync(this::take).thenRun(() -> end = "end") : step(stream);
    return read.handle(
        (nothing, thrown) -> {
          over(thrown);
          return null;
        });
  }

  /** The next message, and then those behind it: not for more of them than a stack bears. */
  private <M extends MessageLite> CompletableFuture<Void> step(MessageStream<M> stream) {
    return stream
        .nextAsync()
        .thenCompose(
            message ->
                taken(message) && tally.count() < most
                    ? step(stream)
                    : CompletableFuture.completedFuture(null));
  }

  /** Takes the message, or notes the end. */
  private boolean taken(Optional<? extends MessageLite> message) {
    message.ifPresentOrElse(this::take, () -> end = "end");
    return message.isPresent();
  }

  private void take(MessageLite message) {
    ByteString payload = message.toByteString();
    tally.add(payload);
    if (whole) {
      payloads.add(payload);
    }
  }

  private void over(@Nullable Throwable thrown) {
    Throwable why = thrown instanceof CompletionException e ? e.getCause() : thrown;
    if (why instanceof RpcException e) {
      end = "failed";
      failure = e;
    } else if (why != null) {
      done.completeExceptionally(why);
      return;
    }
    done.complete(null);
  }

  /** What came. Once it is done. */
  Line line() {
    Line line =
        new Line("messages")
            .with("count", tally.count())
            .with("bytes", tally.bytes())
            .with("digest", tally.digest())
            .with("end", end);
    if (whole) {
      line.with("payloads", String.join(",", payloads.stream().map(Line::hex).toList()));
    }
    RpcException failed = failure;
    if (failed != null) {
      line.with("code", failed.code().name())
          .with("outcome", failed.outcome().name())
          .withText("message", failed.status().message());
    }
    return line;
  }
}
