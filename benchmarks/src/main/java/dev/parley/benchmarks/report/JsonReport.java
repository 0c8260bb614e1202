package dev.parley.benchmarks.report;

import dev.parley.benchmarks.report.Target.Verdict;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * {@code report.json}: {@code targets}, an object from a target's name to {@code {value, unit,
 * target, bound, met}}, null where nothing was measured; and {@code results}, each with its
 * contestant and its figures, each of which has its unit, its ratio to the floor and those to
 * others.
 */
public final class JsonReport {
  private JsonReport() {}

  public static String of(Report report) {
    Map<String, String> parts = new LinkedHashMap<>();
    parts.put("command", Json.text(report.command()));
    parts.put("machine", Json.texts(report.machine()));
    parts.put("targets", targets(report));
    parts.put(
        "not_measured",
        report.notes().stream().map(Json::text).collect(Collectors.joining(", ", "[", "]")));
    parts.put("contestants", Json.texts(report.contestants()));
    parts.put("rows", Json.texts(report.rows()));
    parts.put(
        "results",
        report.results().all().stream()
            .map(JsonReport::result)
            .collect(Collectors.joining(",\n    ", "[\n    ", "\n  ]")));
    return parts.entrySet().stream()
        .map(part -> Json.text(part.getKey()) + ": " + part.getValue())
        .collect(Collectors.joining(",\n  ", "{\n  ", "\n}\n"));
  }

  private static String targets(Report report) {
    return report.verdicts().stream()
        .map(verdict -> Json.text(verdict.target().name()) + ": " + verdict(verdict))
        .collect(Collectors.joining(",\n    ", "{\n    ", "\n  }"));
  }

  private static String verdict(Verdict verdict) {
    Map<String, String> members = new LinkedHashMap<>();
    members.put("value", Json.number(verdict.value()));
    members.put("unit", Json.text(verdict.target().unit()));
    members.put("target", Json.number(verdict.target().bound()));
    members.put("bound", Json.text(verdict.target().isCeiling() ? "at most" : "at least"));
    members.put("met", verdict.isMet().map(String::valueOf).orElse("null"));
    return Json.object(members);
  }

  private static String result(Result result) {
    Map<String, String> axes = new LinkedHashMap<>();
    result.axes().forEach((axis, point) -> axes.put(axis, point.toString()));
    Map<String, String> members = new LinkedHashMap<>();
    members.put("row", Json.text(result.row()));
    members.put("contestant", Json.text(result.contestant()));
    members.put("placement", Json.text(result.placement()));
    members.put("axes", Json.object(axes));
    members.put(
        "figures",
        result.figures().stream()
            .map(JsonReport::figure)
            .collect(Collectors.joining(", ", "[", "]")));
    return Json.object(members);
  }

  private static String figure(Figure figure) {
    Map<String, String> ratios = new LinkedHashMap<>();
    figure.ratios().forEach((base, ratio) -> ratios.put(base, Json.number(ratio)));
    Map<String, String> members = new LinkedHashMap<>();
    members.put("name", Json.text(figure.name()));
    members.put("value", Json.number(figure.value()));
    members.put("unit", Json.text(figure.unit()));
    members.put("ratio", Json.number(figure.ratio(Report.FLOOR)));
    members.put("ratios", Json.object(ratios));
    return Json.object(members);
  }
}
