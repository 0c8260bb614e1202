package dev.parley.conformance.peer;

import com.google.protobuf.ByteString;
import com.google.protobuf.Empty;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import dev.parley.conformance.v1.Conformance;
import dev.parley.conformance.v1.Note;
import dev.parley.conformance.v1.NothingRequest;
import dev.parley.conformance.v1.Pair;
import dev.parley.conformance.v1.Saw;
import dev.parley.conformance.v1.StreamReply;
import dev.parley.conformance.v1.StreamRequest;
import dev.parley.conformance.v1.UnaryReply;
import dev.parley.conformance.v1.UnaryRequest;
import dev.parley.rpc.Call;
import dev.parley.rpc.CallContext;
import dev.parley.rpc.CallOptions;
import dev.parley.rpc.Caller;
import dev.parley.rpc.Metadata;
import dev.parley.rpc.Method;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Between bytes, as lines and requests hold them, and the runtime's types. */
final class Messages {
  /** What {@code Unary} is called without a schema. */
  static final String PLAIN = "plain";

  private Messages() {}

  static Metadata metadata(List<Pair> pairs) {
    Metadata metadata = Metadata.EMPTY;
    for (Pair pair : pairs) {
      metadata = metadata.with(pair.getKey(), pair.getValue());
    }
    return metadata;
  }

  static List<Pair> pairs(Metadata metadata) {
    return metadata.entries().stream()
        .map(entry -> Pair.newBuilder().setKey(entry.key()).setValue(entry.value()).build())
        .toList();
  }

  /** The message of an event of that name. */
  static MessageLite of(String event, ByteString payload) {
    return parse(
        event.equals("note") ? Note.getDefaultInstance() : UnaryRequest.getDefaultInstance(),
        payload);
  }

  @SuppressWarnings("unchecked") // A message's builder builds such messages.
  static <M extends MessageLite> M parse(M prototype, ByteString payload) {
    try {
      return (M) prototype.getParserForType().parseFrom(payload);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException("the payload does not parse: " + e.getMessage(), e);
    }
  }

  static ByteString bytes(Object message) {
    return ((MessageLite) message).toByteString();
  }

  /** Starts a unary call of any method, one that the service does not have included. */
  static Call<?, ?> start(Caller caller, String method, ByteString payload, CallOptions options) {
    if (method.equals(Conformance.NOTHING.fullName())) {
      return caller.start(
          Conformance.NOTHING, parse(NothingRequest.getDefaultInstance(), payload), options);
    }
    return caller.start(unary(method), parse(UnaryRequest.getDefaultInstance(), payload), options);
  }

  /** Sends a note by a one-way method, one that the service does not have included. */
  static void sendOneWay(Caller caller, String method, ByteString payload, CallOptions options) {
    Note note = parse(Note.getDefaultInstance(), payload);
    if (method.equals(Conformance.TELL.fullName())) {
      new Conformance.Client(caller, options).tell(note);
      return;
    }
    int slash = method.lastIndexOf('/');
    caller.send(
        Method.oneWay(
            method.substring(0, Math.max(0, slash)),
            method.substring(slash + 1),
            Note.getDefaultInstance(),
            Empty.getDefaultInstance()),
        note,
        options);
  }

  /** The method of that name and shape, with the types of the service's own of that shape. */
  static Method<StreamRequest, ? extends MessageLite> streaming(String name, String shape) {
    StreamRequest request = StreamRequest.getDefaultInstance();
    StreamReply reply = StreamReply.getDefaultInstance();
    int slash = name.lastIndexOf('/');
    String service = name.substring(0, Math.max(0, slash));
    String method = name.substring(slash + 1);
    return switch (shape) {
      case "server" -> Method.serverStreaming(service, method, request, reply);
      case "client" ->
          Method.clientStreaming(service, method, request, UnaryReply.getDefaultInstance());
      case "bidi" -> Method.bidiStreaming(service, method, request, reply);
      default -> throw new IllegalArgumentException("no shape: " + shape);
    };
  }

  /** The method of that name, with the types of the service's main one. */
  private static Method<UnaryRequest, UnaryReply> unary(String name) {
    if (name.equals(Conformance.UNARY.fullName())) {
      return Conformance.UNARY;
    }
    if (name.equals(PLAIN)) {
      return Method.untyped(
          PLAIN, UnaryRequest.getDefaultInstance(), UnaryReply.getDefaultInstance());
    }
    int slash = name.lastIndexOf('/');
    return Method.unary(
        name.substring(0, Math.max(0, slash)),
        name.substring(slash + 1),
        UnaryRequest.getDefaultInstance(),
        UnaryReply.getDefaultInstance());
  }

  /** What a handler saw of its call. */
  static Saw saw(int paddingSize, CallContext context) {
    Optional<Duration> remaining = context.remaining();
    List<Pair> pairs =
        pairs(context.metadata()).stream()
            .filter(pair -> !pair.getKey().equals(Acts.SCRIPT))
            .toList();
    return Saw.newBuilder()
        .addAllMetadata(pairs)
        .setTimeout(remaining.isPresent())
        .setRemainingUs(TimeUnit.NANOSECONDS.toMicros(remaining.orElse(Duration.ZERO).toNanos()))
        .setPeerName(context.peer().name())
        .setPeerUid((int) context.peer().credentials().uid().orElse(-1))
        .setPaddingSize(paddingSize)
        .setCancelled(context.isCancelled())
        .build();
  }

  /** So many bytes, of which number i is i modulo 251. */
  static ByteString pattern(int size) {
    byte[] bytes = new byte[size];
    for (int i = 0; i < size; i++) {
      bytes[i] = (byte) (i % 251);
    }
    return ByteString.copyFrom(bytes);
  }
}
