package dev.parley.rpc;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What travels beside a request, a reply or an event: pairs of a key and bytes, in order; keys may
 * repeat.
 *
 * <p>Immutable. Limits (rule F-7): 32 pairs, keys of 1 to 64 bytes, 8 KiB in all; going over fails
 * the call before anything is sent.
 */
public final class Metadata {
  /** No pairs at all. */
  public static final Metadata EMPTY = new Metadata(List.of());

  private final List<Entry> entries;

  private Metadata(List<Entry> entries) {
    this.entries = entries;
  }

  /** One pair. */
  public record Entry(String key, ByteString value) {
    public Entry {
      Objects.requireNonNull(key, "key");
      Objects.requireNonNull(value, "value");
    }
  }

  /** One pair, whose value is the text in UTF-8. */
  public static Metadata of(String key, String value) {
    return EMPTY.with(key, value);
  }

  /** These pairs, in their order. */
  public static Metadata of(List<Entry> entries) {
    return entries.isEmpty() ? EMPTY : new Metadata(List.copyOf(entries));
  }

  /** These pairs and one more, whose value is the text in UTF-8. */
  public Metadata with(String key, String value) {
    return with(key, ByteString.copyFromUtf8(value));
  }

  /** These pairs and one more. */
  public Metadata with(String key, ByteString value) {
    List<Entry> more = new ArrayList<>(entries);
    more.add(new Entry(key, value));
    return of(more);
  }

  /** The first value of {@code key}. */
  public Optional<ByteString> get(String key) {
    for (Entry entry : entries) {
      if (entry.key.equals(key)) {
        return Optional.of(entry.value);
      }
    }
    return Optional.empty();
  }

  /** The first value of {@code key} as text in UTF-8. */
  public Optional<String> text(String key) {
    return get(key).map(ByteString::toStringUtf8);
  }

  /** All values of {@code key}, in order. */
  public List<ByteString> all(String key) {
    return entries.stream().filter(entry -> entry.key.equals(key)).map(Entry::value).toList();
  }

  /** All pairs, in order. */
  public List<Entry> entries() {
    return entries;
  }

  /** Whether there is no pair. */
  public boolean isEmpty() {
    return entries.isEmpty();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Metadata that && entries.equals(that.entries);
  }

  @Override
  public int hashCode() {
    return entries.hashCode();
  }

  @Override
  public String toString() {
    return entries.toString();
  }
}
