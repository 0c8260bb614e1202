package dev.parley.benchmarks.report;

import dev.parley.benchmarks.report.Plot.Ticks;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Dimension;
import java.awt.Font;
import java.awt.Rectangle;
import java.io.IOException;
import java.io.StringWriter;
import java.text.FieldPosition;
import java.text.NumberFormat;
import java.text.ParsePosition;
import java.util.Locale;
import java.util.function.DoubleFunction;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.apache.batik.svggen.SVGGraphics2D;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.axis.LogAxis;
import org.jfree.chart.axis.NumberTickUnit;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.XYLineAndShapeRenderer;
import org.jfree.chart.title.LegendTitle;
import org.jfree.chart.ui.RectangleEdge;
import org.jfree.data.xy.XYSeries;
import org.jfree.data.xy.XYSeriesCollection;
import org.w3c.dom.Document;

/** A plot as SVG: drawn by JFreeChart, written by Batik, with its text as text. */
final class SvgChart {
  private static final Dimension SIZE = new Dimension(880, 460);
  private static final Font TITLE = new Font(Font.SANS_SERIF, Font.BOLD, 15);

  private SvgChart() {}

  static String of(Plot plot) throws IOException {
    System.setProperty("java.awt.headless", "true");
    SVGGraphics2D canvas = new SVGGraphics2D(document());
    canvas.setSVGCanvasSize(SIZE);
    chart(plot).draw(canvas, new Rectangle(SIZE));
    StringWriter out = new StringWriter();
    canvas.stream(out, true);
    return out.toString();
  }

  private static Document document() {
    try {
      return DocumentBuilderFactory.newInstance()
          .newDocumentBuilder()
          .getDOMImplementation()
          .createDocument("http://www.w3.org/2000/svg", "svg", null);
    } catch (ParserConfigurationException e) {
      throw new IllegalStateException(e);
    }
  }

  private static JFreeChart chart(Plot plot) {
    XYSeriesCollection lines = new XYSeriesCollection();
    XYLineAndShapeRenderer renderer = new XYLineAndShapeRenderer();
    Palette palette = new Palette();
    for (Plot.Line line : plot.lines()) {
      boolean isOurs = line.name().startsWith("parley-");
      int index = lines.getSeriesCount();
      renderer.setSeriesStroke(index, new BasicStroke(isOurs ? 3 : 1.2f));
      renderer.setSeriesPaint(index, palette.next(line.name()));
      lines.addSeries(series(line));
    }
    Ticks ticks = plot.ticks();
    LogAxis across = axis(plot.across(), ticks.base(), at -> label(ticks, at));
    LogAxis up = axis(plot.up(), 10, SvgChart::number);
    XYPlot area = new XYPlot(lines, across, up, renderer);
    area.setBackgroundPaint(Color.WHITE);
    area.setDomainGridlinePaint(Color.LIGHT_GRAY);
    area.setRangeGridlinePaint(Color.LIGHT_GRAY);
    JFreeChart chart = new JFreeChart(plot.title(), TITLE, area, false);
    chart.setBackgroundPaint(Color.WHITE);
    LegendTitle legend = new LegendTitle(area);
    legend.setPosition(RectangleEdge.RIGHT);
    chart.addSubtitle(legend);
    return chart;
  }

  private static XYSeries series(Plot.Line line) {
    XYSeries series = new XYSeries(line.name());
    for (int i = 0; i < line.across().size(); i++) {
      series.add(line.across().get(i), line.up().get(i));
    }
    return series;
  }

  /** A logarithmic axis with a tick at each power of the base. */
  private static LogAxis axis(String title, int base, DoubleFunction<String> label) {
    LogAxis axis = new LogAxis(title);
    axis.setBase(base);
    axis.setTickUnit(new NumberTickUnit(1));
    axis.setNumberFormatOverride(new Labels(label));
    axis.setAutoRange(true);
    return axis;
  }

  private static String label(Ticks ticks, double at) {
    return switch (ticks) {
      case FOURFOLD, TENFOLD -> String.format(Locale.ROOT, "%.0f", at);
      case SIZES -> Quantity.size((int) at);
      case PERCENTILES -> String.format(Locale.ROOT, "%s %%", Quantity.ratio(100 - 100 / at));
    };
  }

  private static String number(double at) {
    return Quantity.text(at, "1/s").replace("/s", "");
  }

  /** Labels for the ticks of an axis, in the form that JFreeChart takes. */
  private static final class Labels extends NumberFormat {
    private static final long serialVersionUID = 1;

    private final transient DoubleFunction<String> label;

    Labels(DoubleFunction<String> label) {
      this.label = label;
    }

    @Override
    public StringBuffer format(double at, StringBuffer to, FieldPosition position) {
      return to.append(label.apply(at));
    }

    @Override
    public StringBuffer format(long at, StringBuffer to, FieldPosition position) {
      return format((double) at, to, position);
    }

    @Override
    public Number parse(String text, ParsePosition position) {
      throw new UnsupportedOperationException("labels are written only");
    }
  }
}
