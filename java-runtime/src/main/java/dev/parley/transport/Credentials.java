package dev.parley.transport;

import java.util.OptionalInt;
import java.util.OptionalLong;

/** Who a peer is, by the kernel's word at the moment it connected or began to listen. Immutable. */
public final class Credentials {
  private final OptionalLong uid;
  private final OptionalLong gid;
  private final OptionalInt pid;

  public Credentials(OptionalLong uid, OptionalLong gid, OptionalInt pid) {
    this.uid = uid;
    this.gid = gid;
    this.pid = pid;
  }

  public OptionalLong uid() {
    return uid;
  }

  public OptionalLong gid() {
    return gid;
  }

  public OptionalInt pid() {
    return pid;
  }
}
