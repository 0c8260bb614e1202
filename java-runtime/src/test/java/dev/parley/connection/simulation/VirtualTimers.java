package dev.parley.connection.simulation;

import dev.parley.connection.Timers;

/** One side's clock and timers, in the world's time. They may be late, never early. */
final class VirtualTimers implements Timers {
  private final World world;
  private int waiting;

  VirtualTimers(World world) {
    this.world = world;
  }

  @Override
  public long now() {
    return world.now();
  }

  @Override
  public Timer at(long nanos, Runnable task) {
    waiting++;
    World.Event event =
        world.at(
            nanos + world.skewed(10_000),
            () -> {
              waiting--;
              task.run();
            });
    return () -> {
      if (event.takeBack()) {
        waiting--;
      }
    };
  }

  /** How many tasks still wait. */
  int waiting() {
    return waiting;
  }
}
