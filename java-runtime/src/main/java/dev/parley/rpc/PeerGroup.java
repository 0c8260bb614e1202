package dev.parley.rpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Value;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Peers that are told or asked something all at once: those that are connected when it happens.
 *
 * <p>Safe for use by many threads.
 */
public final class PeerGroup {
  private final Supplier<List<Peer>> members;

  /**
   * @param members gives those who are connected just now
   */
  public PeerGroup(Supplier<List<Peer>> members) {
    this.members = Objects.requireNonNull(members, "members");
  }

  /** Those of the group who pass. */
  public PeerGroup matching(Predicate<? super Peer> condition) {
    return new PeerGroup(() -> peers().stream().filter(condition).toList());
  }

  /** Who is in it just now. */
  public List<Peer> peers() {
    return members.get();
  }

  /**
   * Sends an event to each; never waits. One peer that cannot take it keeps none of the others from
   * it.
   *
   * @return an answer of each to whom it could not be sent, with the failure; empty if all is well
   */
  public List<Answer<Void>> sendEvent(String name, MessageLite event) {
    List<Answer<Void>> failures = new ArrayList<>();
    for (Peer peer : peers()) {
      try {
        peer.sendEvent(name, event);
      } catch (RpcException e) {
        failures.add(new Answer<>(peer, null, e));
      }
    }
    return failures;
  }

  /** The same with an event that is nothing but bytes. */
  public List<Answer<Void>> sendEvent(String name, ByteString event) {
    return sendEvent(name, MessageBytes.of(event));
  }

  /** The same with an event of data like JSON's. */
  public List<Answer<Void>> sendJsonEvent(String name, @Nullable Object event) {
    return sendEvent(name, Json.toValue(event));
  }

  /**
   * Asks each peer the same, waits, and gives what they answer, in the order of {@link #peers}: all
   * replies and failures that come within the time; who has not answered by then has failed
   * DEADLINE_EXCEEDED.
   */
  public <Q extends MessageLite, R extends MessageLite> List<Answer<R>> survey(
      Method<Q, R> method, Q request, Duration within) {
    return ask(method, request, within).await(reply -> reply);
  }

  /** The same in the background. */
  public <Q extends MessageLite, R extends MessageLite>
      CompletableFuture<List<Answer<R>>> surveyAsync(
          Method<Q, R> method, Q request, Duration within) {
    return ask(method, request, within).gather(reply -> reply);
  }

  /** Asks each peer for a method without a schema, of bytes. */
  public List<Answer<ByteString>> survey(String method, ByteString request, Duration within) {
    return ask(ofBytes(method), MessageBytes.of(request), within).await(MessageBytes::bytes);
  }

  /** The same in the background. */
  public CompletableFuture<List<Answer<ByteString>>> surveyAsync(
      String method, ByteString request, Duration within) {
    return ask(ofBytes(method), MessageBytes.of(request), within).gather(MessageBytes::bytes);
  }

  /** Asks each peer for a method of data like JSON's. */
  public List<Answer<Object>> surveyJson(String method, @Nullable Object request, Duration within) {
    return ask(ofJson(method), Json.toValue(request), within).await(Json::fromValue);
  }

  /** The same in the background. */
  public CompletableFuture<List<Answer<Object>>> surveyJsonAsync(
      String method, @Nullable Object request, Duration within) {
    return ask(ofJson(method), Json.toValue(request), within).gather(Json::fromValue);
  }

  private static Method<MessageBytes, MessageBytes> ofBytes(String method) {
    return Method.untyped(method, MessageBytes.EMPTY, MessageBytes.EMPTY);
  }

  private static Method<Value, Value> ofJson(String method) {
    return Method.untyped(method, Value.getDefaultInstance(), Value.getDefaultInstance());
  }

  private <Q extends MessageLite, R extends MessageLite> Survey<R> ask(
      Method<Q, R> method, Q request, Duration within) {
    CallOptions options = CallOptions.DEFAULT.withTimeout(within);
    List<Asked<R>> asked = new ArrayList<>();
    for (Peer peer : peers()) {
      asked.add(new Asked<>(peer, peer.start(method, request, options)));
    }
    return new Survey<>(asked);
  }

  /** One peer, and its call. */
  private record Asked<R>(Peer peer, Call<?, R> call) {}

  /** What a reply is on the outside. */
  private interface Outside<R, T> {
    @Nullable T of(R reply);
  }

  /** Calls to several peers. Each has its time-out, so that to wait for all has an end. */
  private record Survey<R>(List<Asked<R>> asked) {
    <T> List<Answer<T>> await(Outside<R, T> outside) {
      List<Answer<T>> answers = new ArrayList<>();
      for (Asked<R> one : asked) {
        try {
          answers.add(new Answer<>(one.peer, outside.of(one.call.await()), null));
        } catch (RpcException e) {
          answers.add(new Answer<>(one.peer, null, e));
        }
      }
      return answers;
    }

    <T> CompletableFuture<List<Answer<T>>> gather(Outside<R, T> outside) {
      List<CompletableFuture<Answer<T>>> answers = new ArrayList<>();
      for (Asked<R> one : asked) {
        answers.add(
            one.call
                .reply()
                .handle(
                    (reply, thrown) ->
                        thrown == null
                            ? new Answer<>(one.peer, outside.of(reply), null)
                            : new Answer<>(one.peer, null, failure(thrown))));
      }
      return CompletableFuture.allOf(answers.toArray(CompletableFuture<?>[]::new))
          .thenApply(nothing -> answers.stream().map(CompletableFuture::join).toList());
    }
  }

  private static RpcException failure(Throwable thrown) {
    Throwable why =
        thrown instanceof CompletionException && thrown.getCause() != null
            ? thrown.getCause()
            : thrown;
    return why instanceof RpcException failure
        ? failure
        : new RpcException(
            Status.of(Code.INTERNAL, String.valueOf(why.getMessage())), Outcome.UNKNOWN, why);
  }
}
