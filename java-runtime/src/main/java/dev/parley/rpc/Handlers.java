package dev.parley.rpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.BytesValue;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Value;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Handlers of methods and events without a schema, which come and go at run time (U-1).
 *
 * <p>Safe for use by many threads. One object may serve many servers and clients; what it has
 * counts for each request and event that is read from then on. A name is 1 to 255 bytes without a
 * slash; names that begin with {@code parley.} are the protocol's.
 */
public final class Handlers {
  private static final int LONGEST_NAME = 255;

  private final Map<String, ServiceDefinition.Binding<?, ?>> methods = new ConcurrentHashMap<>();
  private final Map<String, OfEvent<?>> events = new ConcurrentHashMap<>();

  /** No handlers yet. */
  public Handlers() {}

  /** What takes an event of one name. */
  public record OfEvent<E extends MessageLite>(
      String name, E eventDefault, EventHandler<E> handler) {}

  /** Answers with bytes to bytes. */
  @FunctionalInterface
  public interface OfBytes {
    /** As {@link UnaryHandler#handle}. A failure may carry bytes: {@link Handlers#failure}. */
    ByteString handle(ByteString request, CallContext context) throws Exception;
  }

  /** Answers with data like JSON's to such data; see {@link Json}. */
  @FunctionalInterface
  public interface OfJson {
    /** As {@link UnaryHandler#handle}. A failure may carry data: {@link Handlers#failure}. */
    @Nullable Object handle(@Nullable Object request, CallContext context) throws Exception;
  }

  /**
   * Answers requests of that name.
   *
   * @param requestDefault the default instance of the request's type
   * @throws IllegalStateException if the name has a handler
   */
  public <Q extends MessageLite, R extends MessageLite> void respond(
      String name, Q requestDefault, UnaryHandler<Q, R> handler) {
    // The type of the reply is the handler's affair: whatever it gives is written.
    add(name, Method.untyped(name, requestDefault, MessageBytes.EMPTY), handler);
  }

  /** Answers requests of that name with bytes to bytes. */
  public void respond(String name, OfBytes handler) {
    UnaryHandler<MessageBytes, MessageBytes> raw =
        (request, context) -> MessageBytes.of(handler.handle(request.bytes(), context));
    add(name, Method.untyped(name, MessageBytes.EMPTY, MessageBytes.EMPTY), raw);
  }

  /** Answers requests of that name with data like JSON's to such data. */
  public void respondJson(String name, OfJson handler) {
    UnaryHandler<Value, Value> json =
        (request, context) -> Json.toValue(handler.handle(Json.fromValue(request), context));
    add(name, Method.untyped(name, Value.getDefaultInstance(), Value.getDefaultInstance()), json);
  }

  private void add(String name, Method<?, ?> method, UnaryHandler<?, ?> handler) {
    Objects.requireNonNull(handler, "handler");
    check(name);
    if (methods.putIfAbsent(name, new ServiceDefinition.Binding<>(method, handler)) != null) {
      throw new IllegalStateException("U-1: the method " + name + " has a handler");
    }
  }

  /** Takes the handler of that method away; whether there was one. Calls that it serves go on. */
  public boolean unrespond(String name) {
    return methods.remove(name) != null;
  }

  /**
   * Takes the events of that name.
   *
   * @throws IllegalStateException if the name has a handler
   */
  public <E extends MessageLite> void onEvent(
      String name, E eventDefault, EventHandler<E> handler) {
    Objects.requireNonNull(handler, "handler");
    check(name);
    if (events.putIfAbsent(name, new OfEvent<>(name, eventDefault, handler)) != null) {
      throw new IllegalStateException("U-1: the event " + name + " has a handler");
    }
  }

  /** Takes the events of that name as data like JSON's. */
  public void onJsonEvent(String name, JsonEvents handler) {
    onEvent(
        name,
        Value.getDefaultInstance(),
        (event, context) -> handler.handle(Json.fromValue(event), context));
  }

  /** Takes events as data like JSON's. */
  @FunctionalInterface
  public interface JsonEvents {
    /** As {@link EventHandler#handle}. */
    void handle(@Nullable Object event, EventContext context) throws Exception;
  }

  /** Takes the handler of that event away; whether there was one. */
  public boolean offEvent(String name) {
    return events.remove(name) != null;
  }

  /** A failure for a handler to throw that carries data like JSON's (U-2). */
  public static RpcException failure(Code code, String message, @Nullable Object data) {
    return new RpcException(Status.of(code, message).withDetail(Json.toValue(data)));
  }

  /** A failure for a handler to throw that carries bytes (U-2). */
  public static RpcException failure(Code code, String message, ByteString data) {
    return new RpcException(Status.of(code, message).withDetail(BytesValue.of(data)));
  }

  /** Whether there are none just now. */
  public boolean isEmpty() {
    return methods.isEmpty() && events.isEmpty();
  }

  /** What serves a method, or null. For the runtime. */
  public ServiceDefinition.@Nullable Binding<?, ?> method(String name) {
    return methods.get(name);
  }

  /** What takes an event, or null. For the runtime. */
  public @Nullable OfEvent<?> event(String name) {
    return events.get(name);
  }

  private static void check(String name) {
    String fault = fault(name);
    if (fault != null) {
      throw new IllegalArgumentException(fault);
    }
  }

  /** Why that is no name without a schema; null if it is one. For the runtime. */
  public static @Nullable String fault(String name) {
    if (name.isEmpty() || name.getBytes(StandardCharsets.UTF_8).length > LONGEST_NAME) {
      return "U-1: a name is 1 to " + LONGEST_NAME + " bytes, not \"" + name + "\"";
    }
    if (name.indexOf('/') >= 0 || name.startsWith("parley.")) {
      return "U-1: \"" + name + "\" has a slash or begins with parley., as no such name may";
    }
    return null;
  }
}
