package dev.parley.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Text in the wire's encoding. Nearly all of it is ASCII, which is copied without a detour. */
final class Utf8 {
  private Utf8() {}

  /** How many bytes {@code text} takes. An unpaired surrogate counts as the one "?" it becomes. */
  static int size(String text) {
    int length = text.length();
    int size = length;
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      if (c >= 0x80) {
        if (c < 0x800) {
          size += 1;
        } else if (!Character.isSurrogate(c)) {
          size += 2;
        } else if (Character.isHighSurrogate(c)
            && i + 1 < length
            && Character.isLowSurrogate(text.charAt(i + 1))) {
          size += 2; // two chars, four bytes
          i++;
        }
      }
    }
    return size;
  }

  /** Writes {@code text}, which takes {@code size} bytes, and returns the position behind it. */
  @SuppressWarnings("deprecation") // The old getBytes is a plain copy: all that ASCII needs.
  static int write(String text, int size, byte[] out, int at) {
    if (size == text.length()) {
      text.getBytes(0, size, out, at);
      for (int i = 0; i < size; i++) {
        // Only an unpaired surrogate takes as many bytes as chars and is no ASCII.
        if (text.charAt(i) >= 0x80) {
          out[at + i] = '?';
        }
      }
      return at + size;
    }
    byte[] bytes = text.getBytes(UTF_8);
    System.arraycopy(bytes, 0, out, at, bytes.length);
    return at + bytes.length;
  }

  /** The text in these bytes; null when they are no UTF-8 (surrogates and overlong forms too). */
  static @Nullable String read(byte[] in, int at, int size) {
    String text = new String(in, at, size, UTF_8);
    // The decoder puts U+FFFD for what it cannot read. Bytes that did say U+FFFD come out again.
    if (text.indexOf('\uFFFD') >= 0) {
      byte[] again = text.getBytes(UTF_8);
      if (!Arrays.equals(again, 0, again.length, in, at, at + size)) {
        return null;
      }
    }
    return text;
  }
}
