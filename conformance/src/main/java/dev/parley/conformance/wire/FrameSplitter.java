package dev.parley.conformance.wire;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.parley.v1.Envelope;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/** Cuts one direction of a connection into frames as the bytes come. For one thread. */
final class FrameSplitter {
  /** No frame of a case is longer; a longer one is told once, and the rest is not cut any more. */
  private static final int LONGEST = 80 * 1024 * 1024;

  private final Consumer<Received> frames;
  private final ByteBuffer header = ByteBuffer.allocate(4);
  private final ByteArrayOutputStream body = new ByteArrayOutputStream();
  private int missing;
  private boolean broken;

  FrameSplitter(Consumer<Received> frames) {
    this.frames = frames;
  }

  void feed(ByteBuffer bytes) {
    while (bytes.hasRemaining() && !broken) {
      if (header.hasRemaining()) {
        header.put(bytes.get());
        if (!header.hasRemaining()) {
          begin(header.getInt(0));
        }
      } else {
        int taken = Math.min(missing, bytes.remaining());
        byte[] part = new byte[taken];
        bytes.get(part);
        body.writeBytes(part);
        missing -= taken;
        if (missing == 0) {
          end();
        }
      }
    }
  }

  /** Tells what is left of a frame that the end of the connection cut. */
  void finish() {
    if (!broken && header.position() > 0) {
      frames.accept(
          Received.oddity(
              "the end came inside a frame, after "
                  + (header.position() + body.size())
                  + " bytes of it"));
      broken = true;
    }
  }

  private void begin(int length) {
    if (length <= 0 || length > LONGEST) {
      broken = true;
      frames.accept(Received.oddity("a length of " + Integer.toUnsignedString(length)));
      return;
    }
    missing = length;
  }

  private void end() {
    byte[] whole = body.toByteArray();
    body.reset();
    header.clear();
    try {
      frames.accept(Received.frame(Envelope.parseFrom(whole), whole.length));
    } catch (InvalidProtocolBufferException e) {
      frames.accept(
          Received.oddity("a frame of " + whole.length + " bytes that is no envelope: " + e));
    }
  }
}
