package dev.parley;

import dev.parley.rpc.Peer;
import dev.parley.rpc.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Remembers what a lifecycle listener is told, and lets a test wait for it. */
final class RecordedLife implements LifecycleListener {
  private final List<String> events = new ArrayList<>();

  private synchronized void add(String event) {
    events.add(event);
    notifyAll();
  }

  /** What was told so far, failures without their texts. */
  synchronized List<String> events() {
    return List.copyOf(events);
  }

  synchronized void await(Predicate<List<String>> seen) throws InterruptedException {
    while (!seen.test(events)) {
      wait();
    }
  }

  /** Waits until {@code event} was told so many times. */
  void await(String event, int times) throws InterruptedException {
    await(told -> told.stream().filter(event::equals).count() >= times);
  }

  @Override
  public void started() {
    add("started");
  }

  @Override
  public void connected(Peer peer) {
    add("connected");
  }

  @Override
  public void disconnected(Peer peer, Status reason, boolean willRetry) {
    add(willRetry ? "disconnected, will retry" : "disconnected");
  }

  @Override
  public void failed(Throwable error) {
    add("failed");
  }

  @Override
  public void stopped() {
    add("stopped");
  }
}
