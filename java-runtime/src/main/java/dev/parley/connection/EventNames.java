package dev.parley.connection;

import dev.parley.wire.Limits;
import org.jspecify.annotations.Nullable;

/**
 * Which names an event of an application may have (E-1). One with a slash is a one-way method's,
 * and methods may be of the protocol's own services.
 */
public final class EventNames {
  private static final String RESERVED = "parley.";

  private EventNames() {}

  /** Why an event cannot have that name; null if it can. */
  public static @Nullable String fault(String name) {
    if (name.isEmpty() || (name.startsWith(RESERVED) && name.indexOf('/') < 0)) {
      return "E-1: an event needs a name that does not begin with " + RESERVED;
    }
    return Limits.nameFault(name);
  }
}
