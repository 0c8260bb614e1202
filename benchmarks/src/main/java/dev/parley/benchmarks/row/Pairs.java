package dev.parley.benchmarks.row;

import dev.parley.benchmarks.contestant.Contestant;
import dev.parley.benchmarks.contestant.Contestants;
import dev.parley.benchmarks.contestant.ParleyPair;
import dev.parley.benchmarks.contestant.ParleyPair.Language;
import dev.parley.benchmarks.run.Site;
import java.util.List;
import java.util.Set;

/** Which contestants a row is about. */
final class Pairs {
  static final String JAVA_JAVA = ParleyPair.name(Language.JAVA, Language.JAVA);
  static final String JAVA_CPP = ParleyPair.name(Language.JAVA, Language.CPP);
  static final String CPP_CPP = ParleyPair.name(Language.CPP, Language.CPP);

  /**
   * Parley where both sides speak one language, which is enough where no other side is measured.
   */
  private static final Set<String> OF_ONE_LANGUAGE = Set.of(JAVA_JAVA, CPP_CPP);

  private Pairs() {}

  /**
   * The name of Parley's pair where both sides speak this language: {@code java} or {@code cpp}.
   */
  static String ofOneLanguage(String language) {
    return "parley-" + language + "-" + language;
  }

  /** Parley in one language. */
  static boolean isParley(Contestant contestant) {
    return OF_ONE_LANGUAGE.contains(contestant.name());
  }

  /** The floor, and Parley in one language. */
  static boolean isParleyOrFloor(Contestant contestant) {
    return isParley(contestant) || contestant.name().equals(Contestants.FLOOR);
  }

  /**
   * Who is compared along an axis: the floor, Parley in one language, and the rivals; in a quick
   * run, for want of time, of these only {@code needed}, by name.
   */
  static List<Contestant> compared(Site site, String... needed) {
    Set<String> rivals = Set.of(needed);
    return site.contestants(
        site.plan().quick()
            ? contestant -> isParleyOrFloor(contestant) || rivals.contains(contestant.name())
            : Pairs::isCompared);
  }

  private static boolean isCompared(Contestant contestant) {
    String name = contestant.name();
    boolean isOtherFloor = name.startsWith("floor-") && !name.equals(Contestants.FLOOR);
    boolean isMixed = name.startsWith("parley-") && !OF_ONE_LANGUAGE.contains(name);
    return !isOtherFloor && !isMixed && !name.startsWith("raw-");
  }
}
