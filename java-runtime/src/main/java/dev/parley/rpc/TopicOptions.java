package dev.parley.rpc;

import java.util.Objects;

/**
 * How a server keeps its topics. Immutable.
 *
 * @param bound the bytes that may wait for one subscriber, with 64 a publication (T-3)
 * @param slow what is done over it
 * @param guard who may publish and subscribe
 */
public record TopicOptions(long bound, SlowPolicy slow, Guard guard) {
  /** 1 MiB, of which the oldest are dropped; whoever is connected may publish and subscribe. */
  public static final TopicOptions DEFAULT =
      new TopicOptions(1 << 20, SlowPolicy.DROP_OLDEST, Guard.NONE);

  /** Decides who may use a topic. Safe for use by many threads; must not block. */
  public interface Guard {
    /** Lets everybody do everything. */
    Guard NONE = new Guard() {};

    /** Whether that peer may publish there: if not, its publication is dropped, and logged. */
    default boolean mayPublish(Peer peer, String topic) {
      return true;
    }

    /** Whether that peer may subscribe: if not, it is told PERMISSION_DENIED. */
    default boolean maySubscribe(Peer peer, String topic) {
      return true;
    }
  }

  public TopicOptions {
    if (bound < 1) {
      throw new IllegalArgumentException("T-3: a bound of " + bound + " bytes");
    }
    Objects.requireNonNull(slow, "slow");
    Objects.requireNonNull(guard, "guard");
  }

  /** These options with another bound, in bytes. */
  public TopicOptions withBound(long bytes) {
    return new TopicOptions(bytes, slow, guard);
  }

  /** These options with another policy. */
  public TopicOptions withSlow(SlowPolicy policy) {
    return new TopicOptions(bound, policy, guard);
  }

  /** These options with another guard. */
  public TopicOptions withGuard(Guard guard) {
    return new TopicOptions(bound, slow, guard);
  }
}
