package dev.parley.connection.simulation;

import dev.parley.connection.simulation.Scenario.Ending;
import dev.parley.v1.Status;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One seed, played from the handshake until nothing of the connection is left. */
final class Simulation {
  private static final Pattern RULE = Pattern.compile("\\b([A-Z]-\\d+):");

  private final World world;
  private final Scenario scenario;
  private final Calls calls;
  private final Pipe there;
  private final Pipe back;
  private final Side connecting;
  private final Side accepting;

  private Simulation(long seed, boolean writesJournal) {
    world = new World(seed, writesJournal);
    scenario = Scenario.draw(world);
    world.tell("%s", scenario);
    world.interleaving(scenario.interleaving());
    calls = new Calls(world, scenario.largest());
    WireCalls wireCalls = new WireCalls(world);
    WireTap tapThere = new WireTap(world, ">>", true, wireCalls);
    WireTap tapBack = new WireTap(world, "<<", false, wireCalls);
    tapThere.back(tapBack);
    tapBack.back(tapThere);
    there = new Pipe(world, scenario.there(), tapThere);
    back = new Pipe(world, scenario.back(), tapBack);
    connecting =
        new Side(
            world,
            "connecting",
            true,
            scenario.connecting(),
            calls,
            new SimulatedLink(world, back, there),
            tapThere);
    accepting =
        new Side(
            world,
            "accepting",
            false,
            scenario.accepting(),
            calls,
            new SimulatedLink(world, there, back),
            tapBack);
    connecting.meet(accepting);
    accepting.meet(connecting);
    there.tell(accepting::mayRead, connecting::mayWrite);
    back.tell(connecting::mayRead, accepting::mayWrite);
  }

  /**
   * Plays a seed.
   *
   * @return what it came to, the same for a seed each time
   * @throws AssertionError with the seed and the log of the wire if an invariant does not hold
   */
  static String play(long seed) {
    try {
      return new Simulation(seed, false).play();
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError(replay(seed, e), e);
    }
  }

  /** The same seed once more, to tell what led to {@code failure}. */
  private static String replay(long seed, Throwable failure) {
    Simulation again = new Simulation(seed, true);
    String second = "none";
    try {
      again.play();
    } catch (AssertionError | RuntimeException e) {
      second = String.valueOf(e.getMessage());
    }
    String first = String.valueOf(failure.getMessage());
    return String.format(
        "seed %d: %s%n%splay it alone with -Dparley.simulation.seed=%d%n%s",
        seed,
        first,
        first.equals(second) ? "" : "played again it failed otherwise: " + second + "\n",
        seed,
        String.join("\n", again.world.journal()));
  }

  private String play() {
    accepting.connection().start();
    connecting.connection().start();
    plan();
    world.rest();
    if (scenario.ending() == Ending.AT_REST && areOpen()) {
      connecting.checkIdle();
      accepting.checkIdle();
      callOnceMore(connecting, scenario.accepting().maxCalls());
      if (areOpen()) {
        callOnceMore(accepting, scenario.connecting().maxCalls());
      }
      part();
      world.rest();
    }
    if (!connecting.isDone() || !accepting.isDone()) {
      // The end that was planned never came, as the bytes it waited for were never written.
      part();
      world.rest();
    }
    connecting.checkEnded();
    accepting.checkEnded();
    checkReason(connecting.closed());
    checkReason(accepting.closed());
    calls.all().forEach(call -> checkReason(call.why()));
    return String.format("%d ns, %s", world.now(), calls.all());
  }

  private boolean areOpen() {
    return connecting.closed() == null && accepting.closed() == null;
  }

  // --- What happens -------------------------------------------------------------------------

  private void plan() {
    long span = world.pick(0, 1_000_000, 100_000_000, 2_000_000_000);
    for (int i = 0; i < scenario.actions(); i++) {
      Side side = world.chance(60) ? connecting : accepting;
      Runnable action =
          switch (world.between(0, 9)) {
            case 0 -> side::ping;
            case 1, 2 -> () -> side.event((int) world.skewed(scenario.largest()));
            default -> side::call;
          };
      if (world.chance(5)) {
        world.after(world.skewed(100_000), action);
      } else {
        side.plan(world.skewed(span), action);
      }
    }
    long whenever = world.skewed(span * 2);
    switch (scenario.ending()) {
      case AT_REST -> {}
      case CLOSE_MIDWAY -> world.after(whenever, this::part);
      case ABORT_MIDWAY ->
          world.after(whenever, (world.chance(50) ? connecting : accepting)::abort);
      case CUT -> {
        Pipe cut = world.chance(50) ? there : back;
        cut.cutAfter(world.skewed(world.pick(100, 10_000, 1_000_000)), this::cut);
      }
    }
  }

  private void cut() {
    world.tell("the connection is cut");
    there.cut();
    back.cut();
  }

  /** Closes, by one side, or by both at about the same time. */
  private void part() {
    int who = world.between(0, 2);
    if (who != 0) {
      connecting.close();
    }
    if (who != 1) {
      world.after(world.skewed(100_000), accepting::close);
    }
  }

  /** An idle connection has every slot free: as many calls as the peer takes all end well. */
  private void callOnceMore(Side side, int slots) {
    List<SimulatedCall> all =
        java.util.stream.Stream.generate(() -> side.call(calls.plain()))
            .limit(Math.min(slots, 5))
            .toList();
    side.ping();
    world.rest();
    if (!scenario.timely() && !areOpen()) {
      return;
    }
    connecting.checkIdle();
    accepting.checkIdle();
    all.forEach(call -> world.check(call.succeeded(), "%s fails on an idle connection", call));
  }

  // --- What has to be true ------------------------------------------------------------------

  /** Between two correct peers no rule is ever broken, but for those of time. */
  private void checkReason(@Nullable Status why) {
    if (why == null) {
      return;
    }
    Set<String> allowed = new TreeSet<>(Set.of("C-5", "C-7", "C-11", "F-2", "G-3"));
    if (!scenario.timely()) {
      allowed.addAll(Set.of("F-4", "H-5"));
    }
    for (Matcher rule = RULE.matcher(why.getMessage()); rule.find(); ) {
      world.check(allowed.contains(rule.group(1)), "a rule is broken: %s", why.getMessage());
    }
  }
}
