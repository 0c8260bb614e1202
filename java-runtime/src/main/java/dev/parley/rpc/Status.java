package dev.parley.rpc;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Why a call failed, as it crosses the wire: a code, a text, and details of any type.
 *
 * <p>Immutable. The text is for people and reaches the peer: write nothing into it that the peer
 * should not know.
 */
public final class Status {
  private final int number;
  private final String message;
  private final List<Any> details;

  private Status(int number, String message, List<Any> details) {
    this.number = number;
    this.message = Objects.requireNonNull(message, "message");
    this.details = List.copyOf(details);
  }

  /** A status without details. */
  public static Status of(Code code, String message) {
    return new Status(code.number(), message, List.of());
  }

  /** A status as it came over the wire, its number kept even where it names no {@link Code}. */
  public static Status ofNumber(int number, String message, List<Any> details) {
    return new Status(number, message, details);
  }

  /** This status with {@code details} in place of its own. */
  public Status withDetails(List<Any> details) {
    return new Status(number, message, details);
  }

  /** This status and one detail more. */
  public Status withDetail(Message detail) {
    List<Any> more = new ArrayList<>(details);
    more.add(Any.pack(detail));
    return withDetails(more);
  }

  /**
   * The first detail of a type that can be read; the others are passed over.
   *
   * @param prototype the default instance of that type
   */
  public <M extends Message> Optional<M> detail(M prototype) {
    return details(prototype).stream().findFirst();
  }

  /**
   * The details of a type that can be read, in order.
   *
   * @param prototype the default instance of that type
   */
  public <M extends Message> List<M> details(M prototype) {
    String name = "/" + prototype.getDescriptorForType().getFullName();
    return details.stream()
        .filter(detail -> detail.getTypeUrl().endsWith(name))
        .flatMap(detail -> read(prototype, detail).stream())
        .toList();
  }

  @SuppressWarnings("unchecked") // A message's parser gives messages of its own type.
  private static <M extends Message> Optional<M> read(M prototype, Any detail) {
    try {
      return Optional.of((M) prototype.getParserForType().parseFrom(detail.getValue()));
    } catch (InvalidProtocolBufferException e) {
      return Optional.empty(); // It stays in details(), as it came.
    }
  }

  /** The code; UNKNOWN for a number that names none. */
  public Code code() {
    return Code.of(number);
  }

  /**
   * The number on the wire: that of {@link #code()}, unless the peer sent one that names no code.
   */
  public int number() {
    return number;
  }

  /** The text, for people. */
  public String message() {
    return message;
  }

  /** Messages of any type that say more; immutable. */
  public List<Any> details() {
    return details;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Status that
        && number == that.number
        && message.equals(that.message)
        && details.equals(that.details);
  }

  @Override
  public int hashCode() {
    return Objects.hash(number, message, details);
  }

  @Override
  public String toString() {
    return code() + (code().number() == number ? "" : "(" + number + ")") + ": " + message;
  }
}
