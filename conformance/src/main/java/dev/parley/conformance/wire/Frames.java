package dev.parley.conformance.wire;

import dev.parley.v1.Hello;
import java.nio.ByteBuffer;

/** Frames as the runner writes them: four bytes of length, most significant first, and a body. */
public final class Frames {
  /** What the runner says of itself where a case does not say it. */
  public static final Hello HELLO =
      Hello.newBuilder().setVersion(1).setMinVersion(1).setLevel(1).build();

  private Frames() {}

  public static ByteBuffer encode(byte[] body) {
    return ByteBuffer.allocate(4 + body.length).putInt(body.length).put(body).flip();
  }
}
