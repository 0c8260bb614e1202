package dev.parley.transport;

import java.nio.ByteBuffer;

/** A bounded queue of bytes. Not safe for many threads: its owner guards it. */
final class ByteQueue {
  private final byte[] bytes;
  private int start;
  private int size;

  ByteQueue(int capacity) {
    this.bytes = new byte[capacity];
  }

  int size() {
    return size;
  }

  int room() {
    return bytes.length - size;
  }

  /** Takes as much of the buffer as there is room for, and returns how much. */
  int put(ByteBuffer source) {
    int count = Math.min(source.remaining(), room());
    int end = (start + size) % bytes.length;
    int first = Math.min(count, bytes.length - end);
    source.get(bytes, end, first);
    source.get(bytes, 0, count - first);
    size += count;
    return count;
  }

  /** Moves as much into the buffer as it has room for, and returns how much. */
  int take(ByteBuffer target) {
    int count = Math.min(target.remaining(), size);
    int first = Math.min(count, bytes.length - start);
    target.put(bytes, start, first);
    target.put(bytes, 0, count - first);
    start = (start + count) % bytes.length;
    size -= count;
    return count;
  }
}
