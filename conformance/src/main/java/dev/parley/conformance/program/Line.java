package dev.parley.conformance.program;

import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One line of talk with a peer program: a verb and its keys with their values. PEERS.md has the
 * form. For one thread.
 */
public final class Line {
  private final String verb;
  private final Map<String, String> values = new LinkedHashMap<>();

  public Line(String verb) {
    this.verb = verb;
  }

  public static Line parse(String text) {
    String[] words = text.strip().split(" +", -1);
    Line line = new Line(words[0]);
    for (int i = 1; i < words.length; i++) {
      int equals = words[i].indexOf('=');
      if (equals < 0) {
        throw new IllegalArgumentException("no key=value: " + words[i]);
      }
      line.values.put(words[i].substring(0, equals), words[i].substring(equals + 1));
    }
    return line;
  }

  public String verb() {
    return verb;
  }

  public Line with(String key, String value) {
    values.put(key, value);
    return this;
  }

  public Line with(String key, long value) {
    return with(key, Long.toUnsignedString(value));
  }

  public Line withBytes(String key, ByteString value) {
    return with(key, hex(value));
  }

  public Line withText(String key, String value) {
    return withBytes(key, ByteString.copyFromUtf8(value));
  }

  public boolean has(String key) {
    return values.containsKey(key);
  }

  /** The value; empty where the key is absent. */
  public String word(String key) {
    return values.getOrDefault(key, "");
  }

  public long number(String key) {
    return Long.parseUnsignedLong(values.getOrDefault(key, "0"));
  }

  public ByteString bytes(String key) {
    return bytesOf(word(key));
  }

  /** Bytes that are text in UTF-8. */
  public String text(String key) {
    return new String(bytes(key).toByteArray(), StandardCharsets.UTF_8);
  }

  public static String hex(ByteString bytes) {
    return HexFormat.of().formatHex(bytes.toByteArray());
  }

  public static ByteString bytesOf(String hex) {
    return ByteString.copyFrom(HexFormat.of().parseHex(hex));
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(verb);
    values.forEach((key, value) -> text.append(' ').append(key).append('=').append(value));
    return text.toString();
  }
}
