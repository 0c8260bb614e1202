package dev.parley;

import dev.parley.rpc.Status;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What an {@link Admission} has decided. Immutable, but for what is attached. */
public final class Verdict {
  private static final Verdict ACCEPTED = new Verdict(null, null, false);

  private final @Nullable Object attachment;
  private final @Nullable Status refusal;
  private final boolean forGood;

  private Verdict(@Nullable Object attachment, @Nullable Status refusal, boolean forGood) {
    this.attachment = attachment;
    this.refusal = refusal;
    this.forGood = forGood;
  }

  /** Lets the client in. */
  public static Verdict accept() {
    return ACCEPTED;
  }

  /** Lets the client in, with something attached to its {@link dev.parley.rpc.Peer}. */
  public static Verdict accept(Object attachment) {
    return new Verdict(Objects.requireNonNull(attachment, "attachment"), null, false);
  }

  /** Refuses the client, which may try again. */
  public static Verdict refuse(Status why) {
    return new Verdict(null, Objects.requireNonNull(why, "why"), false);
  }

  /** Refuses the client, and tells it not to try again by itself. */
  public static Verdict refuseForGood(Status why) {
    return new Verdict(null, Objects.requireNonNull(why, "why"), true);
  }

  @Nullable Object attachment() {
    return attachment;
  }

  /** Null: it is let in. */
  @Nullable Status refusal() {
    return refusal;
  }

  boolean isForGood() {
    return forGood;
  }
}
