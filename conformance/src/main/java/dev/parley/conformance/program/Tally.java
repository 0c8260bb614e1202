package dev.parley.conformance.program;

import com.google.protobuf.ByteString;
import dev.parley.conformance.v1.Taken;

/**
 * What has come of a stream, in short: how many messages, their bytes, and a digest of these
 * (FNV-1a of 64 bits) that tells another order or content. For one thread.
 */
public final class Tally {
  private static final long OFFSET = 0xcbf29ce484222325L;
  private static final long PRIME = 0x100000001b3L;

  private long count;
  private long bytes;
  private long digest = OFFSET;

  public void add(ByteString payload) {
    count++;
    bytes += payload.size();
    long mixed = digest;
    for (int i = 0; i < payload.size(); i++) {
      mixed = (mixed ^ (payload.byteAt(i) & 0xff)) * PRIME;
    }
    digest = mixed;
  }

  public long count() {
    return count;
  }

  public long bytes() {
    return bytes;
  }

  /** The digest in the form of a line: 16 digits. */
  public String digest() {
    return String.format("%016x", digest);
  }

  public Taken taken() {
    return Taken.newBuilder().setCount(count).setBytes(bytes).setDigest(digest).build();
  }
}
