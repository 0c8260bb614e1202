package dev.parley.connection;

import org.jspecify.annotations.Nullable;

/**
 * Calls by id, without boxing: a hash table with open addressing. Not safe for use by many threads;
 * it stands under the connection's lock.
 */
final class CallTable<C> {
  private static final int FIRST = 8;

  private long[] ids = new long[FIRST];
  private @Nullable Object[] calls = new @Nullable Object[FIRST];
  private int size;

  int size() {
    return size;
  }

  @Nullable C get(long id) {
    return at(find(id));
  }

  /** Adds a call under an id that is not in the table. */
  void put(long id, C call) {
    if (size * 2 >= ids.length) {
      grow();
    }
    int slot = find(id);
    ids[slot] = id;
    calls[slot] = call;
    size++;
  }

  /** Removes and gives the call with that id. */
  @Nullable C remove(long id) {
    int slot = find(id);
    C call = at(slot);
    if (call == null) {
      return null;
    }
    size--;
    close(slot);
    return call;
  }

  /** Gives every call to {@code action}, which must not change the table. */
  void forEach(java.util.function.Consumer<C> action) {
    for (int slot = 0; slot < calls.length; slot++) {
      C call = at(slot);
      if (call != null) {
        action.accept(call);
      }
    }
  }

  @SuppressWarnings("unchecked")
  private @Nullable C at(int slot) {
    return (C) calls[slot];
  }

  /** The slot that holds {@code id}, or the empty one where it belongs. */
  private int find(long id) {
    int slot = home(id);
    while (calls[slot] != null && ids[slot] != id) {
      slot = (slot + 1) & (ids.length - 1);
    }
    return slot;
  }

  /** Ids of one side are two apart, so their halves fill the table evenly. */
  private int home(long id) {
    return (int) (id >>> 1) & (ids.length - 1);
  }

  /** Empties a slot and moves up whatever stood behind it only because it was taken. */
  private void close(int empty) {
    int mask = ids.length - 1;
    int slot = empty;
    while (true) {
      slot = (slot + 1) & mask;
      if (calls[slot] == null) {
        break;
      }
      int home = home(ids[slot]);
      if (((slot - home) & mask) >= ((slot - empty) & mask)) {
        ids[empty] = ids[slot];
        calls[empty] = calls[slot];
        empty = slot;
      }
    }
    calls[empty] = null;
  }

  private void grow() {
    long[] oldIds = ids;
    @Nullable Object[] oldCalls = calls;
    ids = new long[oldIds.length * 2];
    calls = new @Nullable Object[ids.length];
    for (int slot = 0; slot < oldIds.length; slot++) {
      if (oldCalls[slot] != null) {
        int to = find(oldIds[slot]);
        ids[to] = oldIds[slot];
        calls[to] = oldCalls[slot];
      }
    }
  }
}
