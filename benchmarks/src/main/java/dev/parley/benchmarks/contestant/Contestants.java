package dev.parley.benchmarks.contestant;

import dev.parley.benchmarks.contestant.ParleyPair.Language;
import dev.parley.benchmarks.report.Report;
import java.util.List;

/** Everybody who is measured. */
public final class Contestants {
  /** The name of the one that every ratio is taken to. */
  public static final String FLOOR = Report.FLOOR;

  /** The name of the least that a socket allows. */
  public static final String SPINNING_FLOOR = "floor-spinning";

  /** The name of the rival that some targets are relative to: gRPC-Java with directExecutor. */
  public static final String GRPC_JAVA = "grpc-java-direct";

  /** The name of that rival's client with a native server of the same kind. */
  public static final String GRPC_JAVA_NATIVE = "grpc-java-cpp";

  private Contestants() {}

  /** All of them, in the order of the report; the floor that ratios are taken to comes first. */
  public static List<Contestant> all(Installation installation) {
    RivalInstallation rivals = new RivalInstallation(installation);
    return List.of(
        new Floor(installation, Floor.Reading.BLOCKING),
        new Floor(installation, Floor.Reading.SPINNING),
        new Floor(installation, Floor.Reading.YIELDING),
        new RawChannel(installation, RawChannel.Reading.BLOCKING),
        new RawChannel(installation, RawChannel.Reading.SELECTOR),
        new RawChannel(installation, RawChannel.Reading.POLLING),
        new ParleyPair(installation, Language.JAVA, Language.JAVA),
        new ParleyPair(installation, Language.JAVA, Language.CPP),
        new ParleyPair(installation, Language.CPP, Language.JAVA),
        new ParleyPair(installation, Language.CPP, Language.CPP),
        new GrpcJava(rivals, GrpcJava.Executor.DIRECT),
        new GrpcJava(rivals, GrpcJava.Executor.DEFAULT),
        new GrpcJavaToCpp(rivals),
        new GrpcCpp(rivals),
        new CapnpCpp(rivals),
        new NodeIpc(rivals));
  }
}
