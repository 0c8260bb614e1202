package dev.parley.conformance.runner;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.conformance.v1.Case;
import dev.parley.conformance.v1.Case.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The cases as a whole, against the specification that they prove. */
final class CasesTest {
  private static final Path CASES = Path.of("cases");
  private static final Path SPECIFICATION = Path.of("../spec/PROTOCOL.md");

  /** A rule where it is stated, at the beginning of its paragraph. */
  private static final Pattern RULE = Pattern.compile("(?m)^\\*\\*([A-Z]-[0-9]+)\\*\\*");

  private static final Map<String, String> WITHOUT_A_CASE =
      Map.ofEntries(
          entry(
              "G-6",
              "speaks of clients that connect again, for which peer programs have no command"),
          entry("T-4", "speaks of clients that connect again, as G-6 does"),
          entry("E-4", "speaks of datagrams, which no peer program offers"),
          entry("D-1", "is of level 3, which no peer program announces"),
          entry("D-2", "is of level 3, which no peer program announces"),
          entry("D-3", "is of level 3, which no peer program announces"),
          entry("D-4", "is of level 3, which no peer program announces"),
          entry("N-9", "speaks of sockets for other users, which peer programs do not offer"),
          entry("N-10", "speaks of children, which peer programs do not start"),
          entry(
              "N-11", "speaks of servers that are started on demand, which no runtime offers yet"),
          entry("N-13", "speaks of what a server tells its own program"),
          entry(
              "N-12", "speaks of listeners that are inherited, which peer programs do not offer"));

  @Test
  void everyRuleIsProvedByACaseOrSaysWhyNot() throws IOException {
    Set<String> stated = rulesStated();
    Set<String> cited = new TreeSet<>();
    CaseFiles.read(CASES).forEach(one -> cited.addAll(one.getRulesList()));

    Set<String> missing = new TreeSet<>(stated);
    missing.removeAll(cited);
    missing.removeAll(WITHOUT_A_CASE.keySet());
    assertThat(stated).hasSizeGreaterThan(40);
    assertThat(missing).isEmpty();
  }

  @Test
  void everyRuleThatACaseCitesIsStated() throws IOException {
    Set<String> stated = rulesStated();
    for (Case one : CaseFiles.read(CASES)) {
      assertThat(stated).as(one.getName()).containsAll(one.getRulesList());
    }
  }

  @Test
  void theListOfRulesWithoutACaseIsTrue() throws IOException {
    for (Case one : CaseFiles.read(CASES)) {
      assertThat(WITHOUT_A_CASE.keySet())
          .as(one.getName())
          .doesNotContainAnyElementsOf(one.getRulesList());
    }
  }

  @Test
  void thereAreEnoughCases() throws IOException {
    List<Case> cases = CaseFiles.read(CASES);
    assertThat(cases).filteredOn(one -> one.getKind() == Kind.PAIR).hasSizeGreaterThan(250);
    assertThat(cases).filteredOn(one -> one.getKind() == Kind.SERVER).hasSizeGreaterThan(80);
    assertThat(cases).filteredOn(one -> one.getKind() == Kind.CLIENT).hasSizeGreaterThan(60);
  }

  private static Set<String> rulesStated() throws IOException {
    return RULE.matcher(Files.readString(SPECIFICATION))
        .results()
        .map((MatchResult found) -> found.group(1))
        .collect(TreeSet::new, Set::add, Set::addAll);
  }
}
