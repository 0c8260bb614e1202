package dev.parley.conformance.runner;

import com.google.protobuf.TextFormat;
import dev.parley.conformance.v1.Case;
import dev.parley.conformance.v1.CaseFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The cases of a folder, one textproto file a subject. */
final class CaseFiles {
  private CaseFiles() {}

  /** All cases, by file and in the order in which they stand there. */
  static List<Case> read(Path folder) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.list(folder)) {
      files = all.filter(file -> file.toString().endsWith(".textproto")).sorted().toList();
    }
    List<Case> cases = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (Path file : files) {
      for (Case read : parse(file).getCasesList()) {
        check(file, read, names);
        cases.add(read);
      }
    }
    return cases;
  }

  private static CaseFile parse(Path file) throws IOException {
    try {
      return TextFormat.parse(Files.readString(file), CaseFile.class);
    } catch (TextFormat.ParseException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
  }

  private static void check(Path file, Case read, Set<String> names) throws IOException {
    String name = read.getName();
    if (!name.matches("[a-z0-9-]+(/[a-z0-9-]+)+")) {
      throw new IOException(file + ": a name is a path of words, not '" + name + "'");
    }
    if (!names.add(name)) {
      throw new IOException(file + ": there are two cases named " + name);
    }
    if (read.getRulesCount() == 0 || read.getAbout().isEmpty() || read.getStepsCount() == 0) {
      throw new IOException(file + ": " + name + " lacks its rules, its sentence or its steps");
    }
  }
}
