package dev.parley.benchmarks.report;

import java.util.Map;

/** {@code report.html}: the targets and the plots on one page that needs no other file. */
public final class HtmlReport {
  private HtmlReport() {}

  /**
   * The page.
   *
   * @param plots SVG by the names of their files
   */
  public static String of(Report report, Map<String, String> plots) {
    StringBuilder out = new StringBuilder();
    out.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    out.append("<title>Parley benchmarks</title>\n<style>\n");
    out.append("body { font-family: sans-serif; max-width: 60em; margin: 2em auto; }\n");
    out.append("td, th { padding: 0.1em 0.8em; text-align: left; }\n");
    out.append("td.number { text-align: right; }\n.no { color: #b00; }\n</style>\n</head>\n");
    out.append("<body>\n<h1>Parley benchmarks</h1>\n<p><code>");
    out.append(escaped(report.command())).append("</code></p>\n<ul>\n");
    report
        .machine()
        .forEach((name, fact) -> out.append("<li>" + escaped(name + ": " + fact) + "</li>\n"));
    report
        .notes()
        .forEach(note -> out.append("<li>" + escaped("not measured: " + note) + "</li>\n"));
    out.append("</ul>\n<h2>Targets</h2>\n<table>\n");
    out.append("<tr><th></th><th>measured</th><th>target</th><th>unit</th><th>met</th></tr>\n");
    report.verdicts().forEach(verdict -> out.append(line(verdict)));
    out.append("</table>\n<h2>Plots</h2>\n");
    plots.forEach(
        (file, svg) ->
            out.append("<figure id=\"" + file + "\">\n" + inline(svg)).append("\n</figure>\n"));
    out.append("<h2>Who is who</h2>\n<dl>\n");
    report
        .contestants()
        .forEach(
            (name, about) ->
                out.append("<dt>" + escaped(name) + "</dt><dd>" + escaped(about) + "</dd>\n"));
    return out.append("</dl>\n</body>\n</html>\n").toString();
  }

  private static String line(Target.Verdict verdict) {
    Target target = verdict.target();
    String met = verdict.isMet().map(is -> is ? "yes" : "no").orElse("-");
    String unit = target.unit().endsWith("/s") ? "1/s" : "1";
    return String.format(
        "<tr class=\"%s\"><td>%s</td><td class=\"number\">%s</td><td class=\"number\">%s %s</td>"
            + "<td>%s</td><td>%s</td></tr>%n",
        met,
        escaped(target.name()),
        Quantity.text(verdict.value(), unit),
        target.isCeiling() ? "&le;" : "&ge;",
        Quantity.text(target.bound(), unit),
        escaped(target.unit()),
        met);
  }

  /** An SVG file has a head of its own, which has no place inside a page. */
  private static String inline(String svg) {
    return svg.substring(svg.indexOf("<svg"));
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
