package dev.parley.connection;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import dev.parley.test.v1.Text;
import dev.parley.transport.MemoryLink;
import dev.parley.v1.Envelope;
import dev.parley.v1.Envelope.Type;
import dev.parley.v1.GoAway;
import dev.parley.v1.Hello;
import dev.parley.v1.Metadata;
import dev.parley.v1.Status;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One connection under test and its peer, whom the test plays: frames in, frames out, no socket, no
 * clock but the one it turns. Frames are coded by protobuf's own classes, not by the runtime's.
 */
final class ScriptedPeer {
  final HandTurnedClock clock = new HandTurnedClock();
  final MemoryLink link;
  final Connection connection;
  final Recorder receiver = new Recorder();
  final boolean peerConnects;
  boolean wantsToWrite;
  boolean done;
  private final ArrayDeque<Envelope> arrived = new ArrayDeque<>();
  private ByteString bytes = ByteString.EMPTY;
  private boolean ended;

  /** What the rung above was told. */
  static final class Recorder implements Receiver {
    final List<RecordedIncoming> calls = new ArrayList<>();
    final List<String> payloads = new ArrayList<>();
    final List<Long> costs = new ArrayList<>();
    final List<String> events = new ArrayList<>();
    @Nullable String openedBy;
    @Nullable Status closed;
    @Nullable Status refusal;

    /** Why the connection ended, which it must have. */
    Status end() {
      assertThat(closed).as("closed").isNotNull();
      return Objects.requireNonNull(closed);
    }

    @Override
    public @Nullable Refusal admit(String name, ByteString payload) {
      return refusal == null ? null : new Refusal(refusal, false);
    }

    @Override
    public void opened(String name, ByteString payload) {
      openedBy = name;
    }

    @Override
    public IncomingCall incoming(dev.parley.wire.Envelope request) {
      return new RecordedIncoming(this, request);
    }

    @Override
    public void event(dev.parley.wire.Envelope envelope) {
      events.add(envelope.name());
    }

    @Override
    public void closed(Status why) {
      assertThat(closed).as("closed once").isNull();
      closed = why;
    }
  }

  /** A call of the peer, and what it was told. */
  static final class RecordedIncoming extends IncomingCall {
    private final Recorder recorder;
    final List<String> told = new ArrayList<>();

    RecordedIncoming(Recorder recorder, dev.parley.wire.Envelope request) {
      super(request);
      this.recorder = recorder;
    }

    @Override
    protected void arrived(dev.parley.wire.Envelope request) {
      recorder.calls.add(this);
      recorder.payloads.add(payloadOf(request));
    }

    @Override
    protected void message(dev.parley.wire.Envelope message, long cost) {
      recorder.payloads.add(payloadOf(message));
      recorder.costs.add(cost);
    }

    @Override
    protected void halfClosed() {
      recorder.payloads.add("END");
    }

    @Override
    protected void sendable() {
      told.add("sendable");
    }

    @Override
    protected void stopped() {
      told.add("stopped");
    }
  }

  /** A call of the connection under test, and how it ended. */
  static final class RecordedCall extends OutgoingCall {
    final List<String> ends = new ArrayList<>();
    final List<String> messages = new ArrayList<>();
    final List<Long> costs = new ArrayList<>();
    int timesSendable;
    @Nullable Status status;

    /** A call that streams. */
    RecordedCall(String method, @Nullable MessageLite request, boolean serverStreams) {
      super(method, request, serverStreams, List.of(), false, NEVER);
    }

    RecordedCall(String method, String text, boolean limited, long deadline) {
      super(method, Text.newBuilder().setText(text).build(), List.of(), limited, deadline);
    }

    /** Why the call failed, which it must have. */
    Status why() {
      assertThat(status).as("failed").isNotNull();
      return Objects.requireNonNull(status);
    }

    @Override
    protected void message(dev.parley.wire.Envelope message, long cost) {
      messages.add(payloadOf(message));
      costs.add(cost);
    }

    @Override
    protected void sendable() {
      timesSendable++;
    }

    @Override
    protected void succeeded(dev.parley.wire.Envelope reply) {
      ends.add("succeeded");
    }

    @Override
    protected void replied(Status why, List<Metadata> metadata) {
      end("replied", why);
    }

    @Override
    protected void notSent(Status why) {
      end("not sent", why);
    }

    @Override
    protected void rejected(Status why, List<Metadata> metadata) {
      end("rejected", why);
    }

    @Override
    protected void unknown(Status why) {
      end("unknown", why);
    }

    private void end(String how, Status why) {
      ends.add(how);
      status = why;
    }
  }

  private static String payloadOf(dev.parley.wire.Envelope envelope) {
    return envelope.copyPayload().toStringUtf8();
  }

  private ScriptedPeer(boolean peerConnects, Settings settings) {
    this.peerConnects = peerConnects;
    MemoryLink.Pair pair = MemoryLink.open("scripted");
    link = pair.first();
    Driver driver =
        new Driver() {
          @Override
          public void wantsToWrite(boolean wants) {
            wantsToWrite = wants;
          }

          @Override
          public void done() {
            done = true;
          }
        };
    connection =
        new Connection(pair.second(), "scripted", !peerConnects, settings, clock, receiver, driver);
  }

  /** The connection under test has accepted; the test plays the client. Nothing is said yet. */
  static ScriptedPeer client(Settings settings) {
    ScriptedPeer peer = new ScriptedPeer(true, settings);
    peer.connection.start();
    return peer;
  }

  static ScriptedPeer client() {
    return client(Settings.ofAccepting("under-test"));
  }

  /** As {@link #client()}, after the handshake. */
  static ScriptedPeer openClient() {
    return openClient(Settings.ofAccepting("under-test"));
  }

  static ScriptedPeer openClient(Settings settings) {
    ScriptedPeer peer = client(settings);
    peer.play(hello());
    assertThat(peer.next().getType()).isEqualTo(Type.HELLO);
    return peer;
  }

  /** As {@link #openClient(Settings)}, at level 2, with that window of the client's. */
  static ScriptedPeer openStreamingClient(Settings settings, long window) {
    ScriptedPeer peer = client(settings);
    peer.play(hello(streaming(window)));
    assertThat(peer.next().getType()).isEqualTo(Type.HELLO);
    return peer;
  }

  /** A HELLO of level 2. */
  static Hello streaming(long window) {
    return Hello.newBuilder().setVersion(1).setMinVersion(1).setLevel(2).setWindow(window).build();
  }

  /** The connection under test has connected; the test plays the server, after the handshake. */
  static ScriptedPeer openServer() {
    return openServer(Hello.newBuilder().setVersion(1).setMinVersion(1).setLevel(1).build());
  }

  static ScriptedPeer openServer(Hello answer) {
    ScriptedPeer peer = new ScriptedPeer(false, Settings.ofConnecting("under-test"));
    peer.connection.start();
    assertThat(peer.next().getType()).isEqualTo(Type.HELLO);
    peer.play(hello(answer));
    return peer;
  }

  static ScriptedPeer server() {
    ScriptedPeer peer = new ScriptedPeer(false, Settings.ofConnecting("under-test"));
    peer.connection.start();
    return peer;
  }

  static Envelope.Builder hello() {
    return hello(Hello.newBuilder().setVersion(1).setMinVersion(1).setLevel(1).build());
  }

  static Envelope.Builder hello(Hello hello) {
    return Envelope.newBuilder()
        .setType(Type.HELLO)
        .setSentBy("scripted")
        .setPayload(hello.toByteString());
  }

  static Envelope.Builder frame(Type type, long id) {
    return Envelope.newBuilder().setType(type).setId(id);
  }

  static Envelope.Builder request(long id, String method) {
    return frame(Type.REQUEST, id)
        .setName(method)
        .setPayload(Text.newBuilder().setText("hi").build().toByteString());
  }

  static Envelope.Builder response(long id, MessageLite payload) {
    return frame(Type.RESPONSE, id)
        .setSuccess(!(payload instanceof Status))
        .setPayload(payload.toByteString());
  }

  /** Starts a call of the connection under test. */
  RecordedCall call(String text) {
    return call(text, false, OutgoingCall.NEVER);
  }

  RecordedCall call(String text, boolean limited, long deadline) {
    RecordedCall call = new RecordedCall("test.v1.Service/Method", text, limited, deadline);
    connection.call(call);
    return call;
  }

  /** Sends frames in one write, and lets the connection read them. */
  void play(Envelope.Builder... frames) {
    playBytes(bytes(frames));
  }

  /** Frames as they travel. */
  static byte[] bytes(Envelope.Builder... frames) {
    ByteString all = ByteString.EMPTY;
    for (Envelope.Builder frame : frames) {
      ByteString encoded = frame.build().toByteString();
      ByteBuffer length = ByteBuffer.allocate(4).putInt(encoded.size()).flip();
      all = all.concat(ByteString.copyFrom(length)).concat(encoded);
    }
    return all.toByteArray();
  }

  void playBytes(byte... raw) {
    ByteBuffer buffer = ByteBuffer.wrap(raw);
    try {
      while (buffer.hasRemaining() && !done) {
        if (link.write(buffer) == 0 && done) {
          break;
        }
        connection.readable();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Ends this side's stream. */
  void end() {
    link.shutdownOutput();
    if (!done) {
      connection.readable();
    }
  }

  /** The next frame from the connection under test, which must have been sent. */
  Envelope next() {
    Envelope frame = poll();
    assertThat(frame).as("a frame").isNotNull();
    return Objects.requireNonNull(frame);
  }

  /** The next frame, or null if none was sent. */
  @Nullable Envelope poll() {
    receive();
    return arrived.poll();
  }

  /** Whether the connection under test has ended its stream. */
  boolean sawEnd() {
    receive();
    return ended;
  }

  /** Reads whatever the connection under test has sent, letting it write on. */
  private void receive() {
    ByteBuffer buffer = ByteBuffer.allocate(8192);
    try {
      while (!ended) {
        int read = link.read(buffer.clear());
        if (read < 0) {
          ended = true;
        } else if (read == 0) {
          break;
        } else {
          bytes = bytes.concat(ByteString.copyFrom(buffer.flip()));
          if (wantsToWrite && !done) {
            connection.writable();
          }
        }
      }
      while (bytes.size() >= 4 && bytes.size() >= 4 + bytes.asReadOnlyByteBuffer().getInt()) {
        int length = bytes.asReadOnlyByteBuffer().getInt();
        arrived.add(Envelope.parseFrom(bytes.substring(4, 4 + length)));
        bytes = bytes.substring(4 + length);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Expects a GOAWAY whose status begins with a rule, and then the end. */
  void expectClose(dev.parley.v1.Code code, String rule) {
    Envelope frame = next();
    assertThat(frame.getType()).isEqualTo(Type.GOAWAY);
    Status status = status(frame);
    assertThat(status.getMessage()).startsWith(rule + ":");
    assertThat(status.getCode()).isEqualTo(code.getNumber());
    assertThat(poll()).isNull();
    assertThat(sawEnd()).isTrue();
    assertThat(receiver.closed).isNotNull();
    end();
    assertThat(done).as("link released").isTrue();
    assertThat(clock.isIdle()).as("no timer left").isTrue();
  }

  /** Expects that the connection took no notice: it still answers a ping, and nothing else. */
  void expectUndisturbed() {
    play(frame(Type.PING, 77));
    Envelope pong = next();
    assertThat(pong.getType()).isEqualTo(Type.PONG);
    assertThat(pong.getId()).isEqualTo(77);
    assertThat(poll()).isNull();
  }

  static Status status(Envelope frame) {
    try {
      return frame.getType() == Type.GOAWAY
          ? GoAway.parseFrom(frame.getPayload()).getStatus()
          : Status.parseFrom(frame.getPayload());
    } catch (InvalidProtocolBufferException e) {
      throw new UncheckedIOException(e);
    }
  }
}
