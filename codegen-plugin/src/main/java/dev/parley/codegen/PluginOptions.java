package dev.parley.codegen;

import dev.parley.codegen.printing.Target;
import java.util.List;

/** What follows {@code --parley_opt=}: options as {@code key=value}, with commas between. */
record PluginOptions(Target target) {
  static PluginOptions parse(String parameter, List<Target> targets) throws UsageException {
    Target chosen = null;
    for (String option : parameter.split(",", -1)) {
      if (option.isBlank()) {
        continue;
      }
      int equals = option.indexOf('=');
      String key = (equals < 0 ? option : option.substring(0, equals)).strip();
      if (!key.equals("target")) {
        throw new UsageException("option " + key + " is unknown; " + known(targets));
      }
      if (chosen != null) {
        throw new UsageException(
            "option target is given twice: run the plugin once for each target");
      }
      chosen = find(equals < 0 ? "" : option.substring(equals + 1).strip(), targets);
    }
    if (chosen == null) {
      throw new UsageException("option target is missing; " + known(targets));
    }
    return new PluginOptions(chosen);
  }

  private static Target find(String name, List<Target> targets) throws UsageException {
    for (Target target : targets) {
      if (target.name().equals(name)) {
        return target;
      }
    }
    throw new UsageException("target \"" + name + "\" is unknown; " + known(targets));
  }

  private static String known(List<Target> targets) {
    return "there is "
        + String.join(" or ", targets.stream().map(t -> "target=" + t.name()).toList());
  }
}
