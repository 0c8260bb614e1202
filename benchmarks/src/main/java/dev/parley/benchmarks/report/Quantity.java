package dev.parley.benchmarks.report;

import java.util.Locale;

/** Values as people read them: three digits or so, and a unit that fits. */
final class Quantity {
  private static final String[] DECIMAL = {"", "k", "M", "G"};
  private static final String[] BINARY = {"B", "KiB", "MiB", "GiB"};
  private static final String[] TIMES = {"ns", "us", "ms", "s"};

  private Quantity() {}

  /** A value with its unit, {@code 4.83 us}. */
  static String text(double value, String unit) {
    if (Double.isNaN(value)) {
      return "";
    }
    return switch (unit) {
      case "ns" -> scaled(value, 1000, TIMES);
      case "B" -> scaled(value, 1024, BINARY);
      case "B/s" -> scaled(value, 1024, BINARY) + "/s";
      case "1/s" -> scaled(value, 1000, DECIMAL) + "/s";
      case "1" -> digits(value);
      default -> digits(value) + " " + unit;
    };
  }

  /** A ratio; empty if there is none. */
  static String ratio(double ratio) {
    return Double.isNaN(ratio) ? "" : digits(ratio);
  }

  /** A number of bytes that is round, {@code 64 KiB}. */
  static String size(int bytes) {
    return text(bytes, "B");
  }

  private static String scaled(double value, double step, String[] names) {
    int scale = 0;
    double left = value;
    // What would be shown as 1000 is shown as 1 of the next unit.
    while (Math.abs(left) >= step * 0.9995 && scale < names.length - 1) {
      left /= step;
      scale++;
    }
    return (digits(left) + " " + names[scale]).trim();
  }

  private static String digits(double value) {
    double size = Math.abs(value);
    if (value == Math.rint(value) && size < 1e6) {
      return String.format(Locale.ROOT, "%.0f", value);
    }
    String format = size >= 100 ? "%.0f" : size >= 10 ? "%.1f" : size >= 0.1 ? "%.2f" : "%.4f";
    return String.format(Locale.ROOT, format, value);
  }
}
