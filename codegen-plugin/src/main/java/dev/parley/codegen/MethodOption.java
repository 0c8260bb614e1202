package dev.parley.codegen;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.UnknownFieldSet;
import java.util.List;

/**
 * An option of ours that a method may have, {@code parley.v1.one_way} or {@code parley.v1.topic}.
 * It is read from among the fields that descriptor.proto does not know, so that the generator needs
 * no schema of ours.
 */
final class MethodOption {
  private static final String SCHEMA = "parley/v1/options.proto";

  /** The numbers that our schema gives its options. */
  static final int ONE_WAY = 51215;

  static final int TOPIC = 51216;

  private final int number;
  private final boolean visible;

  private MethodOption(int number, boolean visible) {
    this.number = number;
    this.visible = visible;
  }

  /**
   * The option as {@code file} may use it. Where our schema is not imported, its number may be an
   * option of somebody else.
   */
  static MethodOption visibleIn(FileDescriptor file, FileDescriptorProto proto, int number) {
    return new MethodOption(
        number,
        proto.getOptionDependencyList().contains(SCHEMA) || imported(file.getDependencies()));
  }

  private static boolean imported(List<FileDescriptor> files) {
    return files.stream()
        .anyMatch(file -> file.getName().equals(SCHEMA) || imported(file.getPublicDependencies()));
  }

  boolean isSetOn(MethodDescriptor method) {
    UnknownFieldSet options = method.getOptions().getUnknownFields();
    if (!visible || !options.hasField(number)) {
      return false;
    }
    // As any field that is there more than once: the last one counts.
    List<Long> values = options.getField(number).getVarintList();
    return !values.isEmpty() && values.get(values.size() - 1) != 0;
  }
}
