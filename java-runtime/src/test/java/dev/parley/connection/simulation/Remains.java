package dev.parley.connection.simulation;

import dev.parley.connection.Connection;
import dev.parley.connection.IncomingCall;
import dev.parley.connection.OutgoingCall;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a connection still holds, found by following its fields: so nothing that may be added to it
 * later is forgotten here.
 */
final class Remains {
  private static final String CONNECTION = Connection.class.getPackageName() + ".";
  private static final String HERE = Remains.class.getPackageName() + ".";
  private static final Map<Class<?>, List<Field>> FIELDS = new HashMap<>();

  private Remains() {}

  /** Holds a connection to calling out without its lock. */
  static void checkUnlocked(World world, Connection connection) {
    for (Field field : fieldsOf(Connection.class)) {
      Object value = field.getName().equals("lock") ? read(field, connection) : null;
      world.check(value == null || !Thread.holdsLock(value), "a call out under the lock");
    }
  }

  /** Holds a connection that nothing happens on to keeping no call, of either direction. */
  static void checkNoCalls(World world, Connection connection) {
    Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    ArrayDeque<Object> left = new ArrayDeque<>();
    left.add(connection);
    while (!left.isEmpty()) {
      Object object = left.remove();
      if (!seen.add(object)) {
        continue;
      }
      world.check(
          !(object instanceof OutgoingCall) && !(object instanceof IncomingCall),
          "a connection without calls keeps %s",
          object);
      follow(object, left);
    }
  }

  private static void follow(Object object, ArrayDeque<Object> left) {
    Class<?> type = object.getClass();
    if (object instanceof Object[] array) {
      for (Object element : array) {
        add(element, left);
      }
    } else if (object instanceof Collection<?> collection) {
      collection.forEach(element -> add(element, left));
    } else if (object instanceof Map<?, ?> map) {
      map.values().forEach(element -> add(element, left));
    } else if (isOfConnection(type)) {
      for (Field field : fieldsOf(type)) {
        add(read(field, object), left);
      }
    }
  }

  private static boolean isOfConnection(@Nullable Class<?> type) {
    return type != null
        && type.getName().startsWith(CONNECTION)
        && !type.getName().startsWith(HERE);
  }

  private static void add(@Nullable Object object, ArrayDeque<Object> left) {
    if (object != null) {
      left.add(object);
    }
  }

  private static @Nullable Object read(Field field, Object object) {
    try {
      return field.get(object);
    } catch (IllegalAccessException e) {
      throw new AssertionError(e);
    }
  }

  private static List<Field> fieldsOf(Class<?> type) {
    return FIELDS.computeIfAbsent(
        type,
        key -> {
          List<Field> fields = new ArrayList<>();
          for (Class<?> at = key; isOfConnection(at); at = at.getSuperclass()) {
            for (Field field : at.getDeclaredFields()) {
              if (!Modifier.isStatic(field.getModifiers()) && !field.getType().isPrimitive()) {
                field.setAccessible(true);
                fields.add(field);
              }
            }
          }
          return fields;
        });
  }
}
