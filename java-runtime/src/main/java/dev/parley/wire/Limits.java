package dev.parley.wire;

import com.google.protobuf.ByteString;
import dev.parley.v1.Metadata;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The numbers that the protocol fixes, each with its rule, and the sender's checks against them.
 * Sizes are bytes, times are nanoseconds unless the name says otherwise.
 */
public final class Limits {
  private Limits() {}

  /** The largest frame that is read, unless HELLO says otherwise (H-2, {@code max_frame}). */
  public static final int MAX_FRAME = 4 << 20;

  /** The least {@code max_frame} that a HELLO may say (H-2). */
  public static final int LEAST_MAX_FRAME = 16 << 10;

  /** The largest frame that is read before the peer's HELLO (F-2). */
  public static final int HELLO_FRAME = 16_384;

  /** The largest message that is put together, unless HELLO says otherwise (H-2, C-11). */
  public static final long MAX_MESSAGE = 64L << 20;

  /** The bytes of messages that a connection holds at once (C-11). */
  public static final long MAX_HELD = 256L << 20;

  /** What a sender may send on a call before the first CREDIT (H-2, W-1). */
  public static final long WINDOW = 256L << 10;

  /** A window from here on is never used up (H-2). */
  public static final long UNLIMITED_WINDOW = 1L << 62;

  /** What a MESSAGE or EVENT frame costs of a window beside its payload (W-1). */
  public static final int FRAME_COST = 64;

  /** The calls of a peer that may be in flight at once (H-2, C-4). */
  public static final int MAX_CALLS = 1024;

  /** The longest {@code name}, in bytes of UTF-8 (F-7). */
  public static final int NAME = 255;

  /** The longest {@code sent_by}, in bytes of UTF-8 (F-7). */
  public static final int SENT_BY = 64;

  /** The most entries of metadata (F-7). */
  public static final int METADATA_ENTRIES = 32;

  /** The longest key of metadata, in bytes of UTF-8 (F-7). */
  public static final int METADATA_KEY = 64;

  /** The most bytes of metadata: keys and values, summed (F-7). */
  public static final int METADATA_BYTES = 8 << 10;

  /** The longest payload of the application in a HELLO (H-2). */
  public static final int HELLO_PAYLOAD = 8 << 10;

  /** The largest frame that a sender should write to a peer of level 2 (F-10). */
  public static final int FRAGMENT = 64 << 10;

  /** The most descriptors that ride on one frame (D-1). */
  public static final int FDS = 16;

  /** A {@code timeout_us} from here on is no limit, like 0 (C-7). */
  public static final long NO_TIMEOUT_MICROS = 1L << 53;

  /** From accept to the peer's HELLO (H-5). */
  public static final long HELLO_NANOS = 5_000_000_000L;

  /** From connect to the peer's HELLO (H-5). */
  public static final long HELLO_ANSWER_NANOS = 10_000_000_000L;

  /** From a frame's first byte to its last, while there is nothing to read (F-4). */
  public static final long FRAME_NANOS = 30_000_000_000L;

  /** How long a side that has said goodbye reads and discards before it closes (G-5). */
  public static final long GOODBYE_NANOS = 1_000_000_000L;

  /** What is wrong with the name of a method or event that is to be sent; null when nothing is. */
  public static @Nullable String nameFault(String name) {
    if (name.isEmpty()) {
      return "F-7: name is empty";
    }
    return tooLong("name", name, NAME);
  }

  /** What is wrong with a peer's own name that is to be sent; null when nothing is. */
  public static @Nullable String sentByFault(String sentBy) {
    return tooLong("sent_by", sentBy, SENT_BY);
  }

  /** What is wrong with metadata that is to be sent; null when nothing is. */
  public static @Nullable String metadataFault(List<Metadata> metadata) {
    if (metadata.size() > METADATA_ENTRIES) {
      return overEntries(metadata.size());
    }
    long total = 0;
    for (int i = 0; i < metadata.size(); i++) {
      String key = metadata.get(i).getKey();
      ByteString value = metadata.get(i).getValue();
      int size = Utf8.size(key);
      if (size == 0) {
        return "F-7: metadata key is empty";
      }
      if (size > METADATA_KEY) {
        return overLength("metadata key", size, METADATA_KEY);
      }
      total += size + value.size();
    }
    return total > METADATA_BYTES ? overLength("metadata", total, METADATA_BYTES) : null;
  }

  static String overEntries(int entries) {
    return "F-7: metadata of " + entries + " entries is over the limit of " + METADATA_ENTRIES;
  }

  static String overLength(String what, long size, int limit) {
    return "F-7: " + what + " of " + size + " bytes is over the limit of " + limit;
  }

  private static @Nullable String tooLong(String what, String text, int limit) {
    int size = Utf8.size(text);
    return size > limit ? overLength(what, size, limit) : null;
  }
}
