package dev.parley.connection;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Calls by id, without boxing: a hash table with open addressing, whose entries stand in the order
 * of their home slots (Robin Hood hashing). So an entry that stands at home ends every search, and
 * removing one of many calls with ids in sequence moves none. Not safe for use by many threads; it
 * stands under the connection's lock.
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
    int slot = find(id);
    return slot < 0 ? null : at(slot);
  }

  /** Adds a call under an id that is not in the table. */
  void put(long id, C call) {
    if (size * 2 >= ids.length) {
      grow();
    }
    insert(id, call);
    size++;
  }

  /** Removes and gives the call with that id. */
  @Nullable C remove(long id) {
    int slot = find(id);
    if (slot < 0) {
      return null;
    }
    C call = at(slot);
    size--;
    close(slot);
    return call;
  }

  /** Gives every call to {@code action}, which must not change the table. */
  void forEach(Consumer<C> action) {
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

  /** The slot that holds {@code id}; negative if none does. */
  private int find(long id) {
    int mask = ids.length - 1;
    int slot = home(id);
    for (int away = 0; calls[slot] != null && away(slot) >= away; away++) {
      if (ids[slot] == id) {
        return slot;
      }
      slot = (slot + 1) & mask;
    }
    return -1;
  }

  /** Ids of one side are two apart, so their halves fill the table evenly. */
  private int home(long id) {
    return (int) (id >>> 1) & (ids.length - 1);
  }

  /** How far an entry stands from its home. */
  private int away(int slot) {
    return (slot - home(ids[slot])) & (ids.length - 1);
  }

  /** Puts an entry behind those whose homes come before its own; what was there moves up. */
  private void insert(long id, Object call) {
    int slot = home(id);
    int away = 0;
    Object moving = call;
    for (Object there = calls[slot]; there != null; there = calls[slot]) {
      int thereAway = away(slot);
      if (thereAway < away) {
        long thereId = ids[slot];
        ids[slot] = id;
        calls[slot] = moving;
        id = thereId;
        moving = there;
        away = thereAway;
      }
      slot = (slot + 1) & (ids.length - 1);
      away++;
    }
    ids[slot] = id;
    calls[slot] = moving;
  }

  /** Empties a slot and moves up whatever stood behind it only because it was taken. */
  private void close(int empty) {
    int mask = ids.length - 1;
    for (int next = (empty + 1) & mask;
        calls[next] != null && away(next) > 0;
        next = (next + 1) & mask) {
      ids[empty] = ids[next];
      calls[empty] = calls[next];
      empty = next;
    }
    calls[empty] = null;
  }

  private void grow() {
    long[] oldIds = ids;
    @Nullable Object[] oldCalls = calls;
    ids = new long[oldIds.length * 2];
    calls = new @Nullable Object[ids.length];
    for (int slot = 0; slot < oldIds.length; slot++) {
      Object call = oldCalls[slot];
      if (call != null) {
        insert(oldIds[slot], call);
      }
    }
  }
}
