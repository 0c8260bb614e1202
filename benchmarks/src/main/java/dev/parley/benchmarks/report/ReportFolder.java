package dev.parley.benchmarks.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Where a report is written, in all its forms. */
public final class ReportFolder {
  private ReportFolder() {}

  /** Writes all files; those of an earlier run are replaced. */
  public static void write(Report report, Path folder) throws IOException {
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("report.json"), JsonReport.of(report));
    Files.writeString(folder.resolve("report.md"), MarkdownReport.of(report));
    Files.writeString(folder.resolve("readme.md"), MainTable.of(report));
    Map<String, String> plots = new LinkedHashMap<>();
    for (Plot plot : Plots.of(report.results())) {
      String svg = SvgChart.of(plot);
      plots.put(plot.file(), svg);
      Files.writeString(folder.resolve(plot.file() + ".svg"), svg);
    }
    Files.writeString(folder.resolve("report.html"), HtmlReport.of(report, plots));
  }
}
