package dev.parley.rpc;

import com.google.protobuf.MessageLite;
import java.util.Objects;

/**
 * A method of a service: its full name, its {@link Shape}, and the types it takes and gives.
 *
 * <p>Generated code holds one constant a method; a program without a {@code .proto} service makes
 * its own. Immutable and safe for use by many threads.
 */
public final class Method<Q extends MessageLite, R extends MessageLite> {
  private final String service;
  private final String fullName;
  private final Shape shape;
  private final Q requestDefault;
  private final R replyDefault;
  private final Idempotency idempotency;

  private Method(String service, String name, Shape shape, Q requestDefault, R replyDefault) {
    this(
        Objects.requireNonNull(service, "service"),
        service + "/" + Objects.requireNonNull(name, "name"),
        shape,
        Objects.requireNonNull(requestDefault, "requestDefault"),
        Objects.requireNonNull(replyDefault, "replyDefault"),
        Idempotency.UNKNOWN);
  }

  private Method(
      String service,
      String fullName,
      Shape shape,
      Q requestDefault,
      R replyDefault,
      Idempotency idempotency) {
    this.service = service;
    this.fullName = fullName;
    this.shape = shape;
    this.requestDefault = requestDefault;
    this.replyDefault = replyDefault;
    this.idempotency = Objects.requireNonNull(idempotency, "idempotency");
  }

  /** A method that takes one message and gives one. */
  public static <Q extends MessageLite, R extends MessageLite> Method<Q, R> unary(
      String service, String name, Q requestDefault, R replyDefault) {
    return new Method<>(service, name, Shape.UNARY, requestDefault, replyDefault);
  }

  /** A method that takes one message and gives a stream. */
  public static <Q extends MessageLite, R extends MessageLite> Method<Q, R> serverStreaming(
      String service, String name, Q requestDefault, R replyDefault) {
    return new Method<>(service, name, Shape.SERVER_STREAMING, requestDefault, replyDefault);
  }

  /** A method that takes a stream and gives one message. */
  public static <Q extends MessageLite, R extends MessageLite> Method<Q, R> clientStreaming(
      String service, String name, Q requestDefault, R replyDefault) {
    return new Method<>(service, name, Shape.CLIENT_STREAMING, requestDefault, replyDefault);
  }

  /** A method that takes a stream and gives a stream. */
  public static <Q extends MessageLite, R extends MessageLite> Method<Q, R> bidiStreaming(
      String service, String name, Q requestDefault, R replyDefault) {
    return new Method<>(service, name, Shape.BIDI_STREAMING, requestDefault, replyDefault);
  }

  /**
   * A method that takes one message and answers nothing: it is sent as an event, and nobody waits.
   *
   * @param replyDefault of a message without content, {@code google.protobuf.Empty} in generated
   *     code; it never travels
   */
  public static <Q extends MessageLite, R extends MessageLite> Method<Q, R> oneWay(
      String service, String name, Q requestDefault, R replyDefault) {
    return new Method<>(service, name, Shape.ONE_WAY, requestDefault, replyDefault);
  }

  /**
   * A method without a schema: unary, known by a name without a slash (U-1).
   *
   * @throws IllegalArgumentException if it is no such name
   */
  public static <Q extends MessageLite, R extends MessageLite> Method<Q, R> untyped(
      String name, Q requestDefault, R replyDefault) {
    String fault = Handlers.fault(name);
    if (fault != null) {
      throw new IllegalArgumentException(fault);
    }
    return new Method<>(
        "",
        name,
        Shape.UNARY,
        Objects.requireNonNull(requestDefault, "requestDefault"),
        Objects.requireNonNull(replyDefault, "replyDefault"),
        Idempotency.UNKNOWN);
  }

  /** This method, declared to be idempotent as {@code idempotency} says. */
  public Method<Q, R> withIdempotency(Idempotency idempotency) {
    return new Method<>(service, fullName, shape, requestDefault, replyDefault, idempotency);
  }

  /** What running it twice does; UNKNOWN unless its {@code .proto} says. */
  public Idempotency idempotency() {
    return idempotency;
  }

  /** The service's full name, {@code demo.v1.Greeter}. */
  public String service() {
    return service;
  }

  /** The name on the wire, {@code demo.v1.Greeter/Hello}. */
  public String fullName() {
    return fullName;
  }

  /** Which side streams. */
  public Shape shape() {
    return shape;
  }

  /** The default instance of the request's type. */
  public Q requestDefault() {
    return requestDefault;
  }

  /** The default instance of the reply's type. */
  public R replyDefault() {
    return replyDefault;
  }

  @Override
  public String toString() {
    return fullName;
  }
}
