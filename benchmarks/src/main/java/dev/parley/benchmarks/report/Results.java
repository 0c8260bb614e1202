package dev.parley.benchmarks.report;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** All results of a run, to be searched. Immutable. */
public final class Results {
  private final List<Result> all;

  public Results(List<Result> all) {
    this.all = List.copyOf(all);
  }

  /** In the order in which they were measured. */
  public List<Result> all() {
    return all;
  }

  /** Those of one row. */
  public List<Result> of(String row) {
    return all.stream().filter(result -> result.row().equals(row)).toList();
  }

  /** Looks for what one contestant came to in a row, at whatever place and point. */
  public Search of(String row, String contestant) {
    return new Search(row, contestant, "", Map.of());
  }

  /** A search that may be narrowed; what it finds is NaN if nothing was measured. Immutable. */
  public final class Search {
    private final String row;
    private final String contestant;
    private final String placement;
    private final Map<String, Integer> axes;

    private Search(String row, String contestant, String placement, Map<String, Integer> axes) {
      this.row = row;
      this.contestant = contestant;
      this.placement = placement;
      this.axes = axes;
    }

    /** In this placement only. */
    public Search in(Object wanted) {
      return new Search(row, contestant, wanted.toString(), axes);
    }

    /** At this point of an axis only. */
    public Search at(String axis, int point) {
      Map<String, Integer> more = new LinkedHashMap<>(axes);
      more.put(axis, point);
      return new Search(row, contestant, placement, more);
    }

    public double value(String figure) {
      return find(figure).map(Figure::value).orElse(Double.NaN);
    }

    public double ratio(String figure, String base) {
      return find(figure).map(found -> found.ratio(base)).orElse(Double.NaN);
    }

    private Optional<Figure> find(String figure) {
      return all.stream()
          .filter(this::matches)
          .flatMap(result -> result.figure(figure).stream())
          .findFirst();
    }

    private boolean matches(Result result) {
      return result.row().equals(row)
          && result.contestant().equals(contestant)
          && (placement.isEmpty() || result.placement().equals(placement))
          && result.axes().entrySet().containsAll(axes.entrySet());
    }
  }
}
