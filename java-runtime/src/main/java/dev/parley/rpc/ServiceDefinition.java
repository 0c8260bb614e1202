package dev.parley.rpc;

import com.google.protobuf.MessageLite;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * A service as a value: its methods, each with its handler. Generated code binds one from an
 * implementation. Immutable.
 */
public final class ServiceDefinition {
  private final String name;
  private final Map<String, Binding<?, ?>> methods;

  private ServiceDefinition(String name, Map<String, Binding<?, ?>> methods) {
    this.name = name;
    this.methods = Map.copyOf(methods);
  }

  /**
   * A method and what serves it.
   *
   * @param handler a {@link UnaryHandler}, {@link ServerStreamingHandler}, {@link
   *     ClientStreamingHandler}, {@link BidiStreamingHandler}, of a one-way method {@link
   *     EventHandler}, of a topic {@link TopicSource}, as the method's shape says
   */
  public record Binding<Q extends MessageLite, R extends MessageLite>(
      Method<Q, R> method, Object handler) {}

  /** A service to be, of that full name, {@code demo.v1.Greeter}. */
  public static Builder builder(String name) {
    return new Builder(name);
  }

  /** The service's full name, {@code demo.v1.Greeter}. */
  public String name() {
    return name;
  }

  /** The methods by their names on the wire. */
  public Map<String, Binding<?, ?>> methods() {
    return methods;
  }

  /** Gathers the methods of a service. For one thread. */
  public static final class Builder {
    private final String name;
    private final Map<String, Binding<?, ?>> methods = new LinkedHashMap<>();

    private Builder(String name) {
      this.name = Objects.requireNonNull(name, "name");
    }

    /** A method with one request and one reply. */
    public <Q extends MessageLite, R extends MessageLite> Builder unary(
        Method<Q, R> method, UnaryHandler<Q, R> handler) {
      return add(method, Shape.UNARY, handler);
    }

    /** A method whose server streams. */
    public <Q extends MessageLite, R extends MessageLite> Builder serverStreaming(
        Method<Q, R> method, ServerStreamingHandler<Q, R> handler) {
      return add(method, Shape.SERVER_STREAMING, handler);
    }

    /** A method whose client streams. */
    public <Q extends MessageLite, R extends MessageLite> Builder clientStreaming(
        Method<Q, R> method, ClientStreamingHandler<Q, R> handler) {
      return add(method, Shape.CLIENT_STREAMING, handler);
    }

    /** A method both of whose sides stream. */
    public <Q extends MessageLite, R extends MessageLite> Builder bidiStreaming(
        Method<Q, R> method, BidiStreamingHandler<Q, R> handler) {
      return add(method, Shape.BIDI_STREAMING, handler);
    }

    /** A method whose requests arrive as events: nobody waits for an answer. */
    public <Q extends MessageLite, R extends MessageLite> Builder oneWay(
        Method<Q, R> method, EventHandler<Q> handler) {
      return add(method, Shape.ONE_WAY, handler);
    }

    /** A method that is a topic: to call it is to subscribe (E-2). */
    public <Q extends MessageLite, R extends MessageLite> Builder topic(
        Method<Q, R> method, TopicSource<Q, R> source) {
      return add(method, Shape.SERVER_STREAMING, source);
    }

    private <Q extends MessageLite, R extends MessageLite> Builder add(
        Method<Q, R> method, Shape shape, Object handler) {
      Objects.requireNonNull(handler, "handler");
      if (method.shape() != shape) {
        throw new IllegalArgumentException(
            method + " is " + method.shape() + ", its handler serves " + shape);
      }
      if (!method.service().equals(name)) {
        throw new IllegalArgumentException(method + " is no method of " + name);
      }
      if (methods.putIfAbsent(method.fullName(), new Binding<>(method, handler)) != null) {
        throw new IllegalArgumentException(method + " is bound twice");
      }
      return this;
    }

    /** The service, with what has been bound so far. */
    public ServiceDefinition build() {
      return new ServiceDefinition(name, methods);
    }
  }
}
