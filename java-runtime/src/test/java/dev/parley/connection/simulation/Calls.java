package dev.parley.connection.simulation;

import java.util.ArrayList;
import java.util.List;

/** All calls of a world, by nonce. */
final class Calls {
  private final World world;
  private final int largest;
  private final List<SimulatedCall> all = new ArrayList<>();
  private int drawn;

  Calls(World world, int largest) {
    this.world = world;
    this.largest = largest;
  }

  /** A call as chance wants it. */
  CallScript draw() {
    return CallScript.draw(world, drawn++, largest);
  }

  /** A small call that ends well. */
  CallScript plain() {
    return CallScript.plain(drawn++);
  }

  void add(SimulatedCall call) {
    world.check(call.script().nonce() == all.size(), "calls start in the order they are drawn");
    all.add(call);
  }

  /** The call whose REQUEST has this name. */
  SimulatedCall find(String method) {
    return all.get(Integer.parseInt(method.substring(method.indexOf('/') + 1)));
  }

  List<SimulatedCall> all() {
    return all;
  }
}
